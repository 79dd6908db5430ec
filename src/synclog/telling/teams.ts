/** Changes of teams and of custom roles, in words. */
import { type ChangeState, type Tell, type Told, textIn } from '../told.ts';

/** `privacy, alerts`: what differs between two states. */
function keysOf({ before = {}, after = {} }: Told): string {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].join(', ');
}

/** What people read for one who holds nothing. */
function roleIn(state: ChangeState | undefined): string {
  return textIn(state, 'effectiveRole', 'nothing');
}

export const teamChanges = {
  'team.created': ({ subject }) => `created team ${subject.name}`,
  'team.renamed': ({ subject, before, after }) =>
    `renamed team ${textIn(before, 'name', 'unknown')} to ${textIn(after, 'name', subject.name)}`,
  'team.archived': ({ subject }) => `archived team ${subject.name}`,
  'team.restored': ({ subject }) => `restored team ${subject.name}`,
  'team.settings_changed': (told) => `changed the settings of team ${told.subject.name} (${keysOf(told)})`,
  'team.avatar_changed': ({ subject, after }) =>
    `${after?.avatar === null ? 'removed' : 'changed'} the picture of team ${subject.name}`,
  'exclusion.added': ({ subject, related, before }) =>
    `keeps ${subject.name} out of team ${related?.name ?? ''}, who held ${roleIn(before)} there`,
  'exclusion.lifted': ({ subject, related, after }) =>
    `no longer keeps ${subject.name} out of team ${related?.name ?? ''}, who holds ${roleIn(after)} there now`,
  'privacy.enforced': ({ after }) => `enforced ${textIn(after, 'switch', 'a privacy switch')} in every team`,
  'privacy.released': ({ before }) => `left ${textIn(before, 'switch', 'a privacy switch')} to the teams again`,
  'custom_role.created': ({ subject }) => `made the role ${subject.name}`,
  'custom_role.changed': (told) => `changed the role ${told.subject.name} (${keysOf(told)})`,
  'custom_role.deleted': ({ subject, after }) =>
    `deleted the role ${subject.name}; who held it holds ${textIn(after, 'heldInstead', 'less')} instead`,
} as const satisfies Record<string, Tell>;
