/** Changes of groups and their members, in words. */
import type { Tell, Told } from '../told.ts';

function tellUpdate({ subject, before }: Told): string {
  const was = before?.displayName;
  return was === undefined || was === subject.name
    ? `changed group ${subject.name}`
    : `renamed group ${String(was)} to ${subject.name}`;
}

export const groupChanges = {
  'group.created': ({ subject }) => `created group ${subject.name}`,
  'group.updated': tellUpdate,
  'group.deleted': ({ subject }) => `deleted group ${subject.name}`,
  'membership.added': ({ subject, related }) => `added ${subject.name} to group ${related?.name ?? ''}`,
  'membership.removed': ({ subject, related }) => `removed ${subject.name} from group ${related?.name ?? ''}`,
} as const satisfies Record<string, Tell>;
