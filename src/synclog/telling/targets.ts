/** Changes of targets, in words. */
import type { Tell } from '../told.ts';

export const targetChanges = {
  'target.created': ({ subject }) => `added the target ${subject.name}`,
  'target.changed': ({ subject }) => `changed the settings of the target ${subject.name}`,
  'target.secret_rotated': ({ subject }) => `made a new signing secret for the target ${subject.name}`,
  'target.paused': ({ subject }) => `paused the target ${subject.name}`,
  'target.resumed': ({ subject }) => `resumed the target ${subject.name}`,
  'target.replayed': ({ subject }) => `had events sent to the target ${subject.name} again`,
  'target.retried': ({ subject }) => `had what was given up tried again at the target ${subject.name}`,
  'target.repaired': ({ subject }) => `repaired differences in the target ${subject.name}`,
  'target.removed': ({ subject }) => `removed the target ${subject.name}`,
} as const satisfies Record<string, Tell>;
