/** Changes of teams, in words. */
import { type Tell, textIn } from '../told.ts';

export const teamChanges = {
  'team.created': ({ subject }) => `created team ${subject.name}`,
  'team.renamed': ({ subject, before, after }) =>
    `renamed team ${textIn(before, 'name', 'unknown')} to ${textIn(after, 'name', subject.name)}`,
} as const satisfies Record<string, Tell>;
