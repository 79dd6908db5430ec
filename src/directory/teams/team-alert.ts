/** Which events of a team mail whom: what a team may choose, and which change is which event. */
import type { Change } from '../../synclog/change.ts';

export const ALERT_EVENTS = {
  memberJoined: 'somebody became a member',
  memberLeft: 'somebody is no longer a member',
  roleChanged: "somebody's role changed",
  settingsChanged: 'name, settings or picture of the team changed, or it was archived or restored',
  noAdmin: 'the team is left without an active admin',
} as const;

export type AlertEvent = keyof typeof ALERT_EVENTS;

export const ALERT_EVENT_NAMES = Object.keys(ALERT_EVENTS) as readonly AlertEvent[];

export interface AlertRecipients {
  /** Every active admin of the team. */
  readonly admins: boolean;
  /** Further addresses, as given. */
  readonly addresses: readonly string[];
}

/** Nobody is mailed about an event that is left out. */
export type AlertChoice = Readonly<Partial<Record<AlertEvent, AlertRecipients>>>;

export const ALERT_ADDRESSES_MAX = 20;

const SETTINGS_KINDS: readonly string[] = [
  'team.renamed',
  'team.archived',
  'team.restored',
  'team.settings_changed',
  'team.avatar_changed',
];

/** The event that a change is to its team; undefined for none. */
export function alertEventOf({
  kind,
  before,
  after,
}: Pick<Change, 'kind' | 'before' | 'after'>): AlertEvent | undefined {
  if (SETTINGS_KINDS.includes(kind)) return 'settingsChanged';
  const isMembership = kind.startsWith('grant.') || kind.startsWith('exclusion.');
  const [was, is] = [before?.effectiveRole ?? null, after?.effectiveRole ?? null];
  if (!isMembership || was === is) return undefined;
  if (was === null) return 'memberJoined';
  return is === null ? 'memberLeft' : 'roleChanged';
}

/** The team that a change is about, if any. */
export function teamOf({ subject, related }: Pick<Change, 'subject' | 'related'>): string | undefined {
  if (subject.type === 'team') return subject.id;
  return related?.type === 'team' ? related.id : undefined;
}
