/**
 * What the console says about a change, an outcome, an operation, in words. Every union is closed by its type: a new
 * change kind or outcome does not compile until there are words for it.
 */
import type { Change, ChangeState } from '../synclog/change.ts';
import type { Outcome } from '../synclog/exchange.ts';

/** `none` is how a person without a role reads. */
function roleIn(state: ChangeState | undefined): string {
  const role = state?.effectiveRole ?? state?.organizationRole ?? state?.role;
  if (typeof role !== 'string') return 'none';
  return role === 'viewer' ? 'View-Only' : role;
}

function textIn(state: ChangeState | undefined, key: string, otherwise: string): string {
  const value = state?.[key];
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** The place that a grant is about: `team vision`, `the organization`. */
function placeOf(change: Change): string {
  return change.related?.type === 'team' ? `team ${change.related.name}` : 'the organization';
}

function grantWords(change: Change): string {
  const [was, is] = [roleIn(change.before), roleIn(change.after)];
  const given = change.kind === 'grant.added';
  const name = change.subject.name;
  const place = placeOf(change);
  if (was === is)
    return `${name} ${given ? 'got another reason for' : 'lost one of the reasons for'} ${place}: still ${is}`;
  return `${name} in ${place}: ${was} → ${is}`;
}

/** One sentence for one change, without a full stop. */
export function describeChange(change: Change): string {
  const { kind, subject, before, after } = change;
  const related = change.related?.name ?? 'unknown';
  switch (kind) {
    case 'organization.created':
      return `Organization ${subject.name} was created`;
    case 'connection.created':
      return `Connection ${subject.name} was created`;
    case 'connection.paused':
      return `Connection ${subject.name} was paused`;
    case 'connection.resumed':
      return `Connection ${subject.name} was resumed`;
    case 'connection.rules_changed':
      return `The mapping rules of ${subject.name} were changed`;
    case 'token.created':
      return `${subject.name} got a new token ending in ${textIn(after, 'token', 'unknown')}`;
    case 'token.revoked':
      return `The token of ${subject.name} ending in ${textIn(after, 'token', 'unknown')} was given an end`;
    case 'user.created':
      return `${subject.name} was created`;
    case 'user.updated':
      return `Attributes of ${subject.name} were changed`;
    case 'user.adopted':
      return `${subject.name} is now managed by ${textIn(after, 'managedBy', related)}`;
    case 'user.adoption_approved':
      return `${related} was allowed to take over ${subject.name}`;
    case 'user.deactivated':
      return `${subject.name} was deactivated`;
    case 'user.reactivated':
      return `${subject.name} was reactivated`;
    case 'user.role_changed':
      return `${subject.name} in the organization: ${roleIn(before)} → ${roleIn(after)}`;
    case 'user.deleted':
      return `${subject.name} was deleted`;
    case 'group.created':
      return `Group ${subject.name} was created`;
    case 'group.updated':
      return `Group ${textIn(before, 'displayName', subject.name)} was changed`;
    case 'group.deleted':
      return `Group ${subject.name} was deleted`;
    case 'membership.added':
      return `${subject.name} joined group ${related}`;
    case 'membership.removed':
      return `${subject.name} left group ${related}`;
    case 'team.created':
      return `Team ${subject.name} was created`;
    case 'team.renamed':
      return `Team ${textIn(before, 'name', 'unknown')} is now called ${textIn(after, 'name', subject.name)}`;
    case 'grant.added':
    case 'grant.removed':
      return grantWords(change);
    case 'setup_link.created':
      return 'A one-time setup link was made';
    case 'setup_link.used':
      return 'A one-time setup link was used';
    default:
      return unknownKind(kind);
  }
}

function unknownKind(kind: never): string {
  return String(kind);
}

/** The sentence says it all for these; a table of attributes below it would only repeat it. */
export function saysItAll(change: Change): boolean {
  const { kind } = change;
  return (
    kind.startsWith('membership.') ||
    kind.startsWith('grant.') ||
    kind === 'user.role_changed' ||
    kind.startsWith('user.adopt')
  );
}

export interface OutcomeWords {
  readonly label: string;
  /** What it means, for the legend and the title. */
  readonly meaning: string;
  /** A shape beside the colour. */
  readonly mark: string;
}

const OUTCOME_WORDS: Readonly<Record<Outcome, OutcomeWords>> = {
  changed: { label: 'Changed', meaning: 'Something was written.', mark: '●' },
  unchanged: {
    label: 'No change',
    meaning: 'The request was right and everything was as it asked already.',
    mark: '○',
  },
  read: { label: 'Read', meaning: 'The identity provider only looked.', mark: '–' },
  refused: { label: 'Refused', meaning: 'The request was refused and nothing was written.', mark: '▲' },
  failed: { label: 'Failed', meaning: 'Drawbridge could not do it; the identity provider will try again.', mark: '✕' },
};

export const OUTCOMES = Object.keys(OUTCOME_WORDS) as readonly Outcome[];

export function describeOutcome(outcome: Outcome): OutcomeWords {
  return OUTCOME_WORDS[outcome];
}

export function isOutcome(text: string): text is Outcome {
  return Object.hasOwn(OUTCOME_WORDS, text);
}

const VERBS = {
  create: 'create',
  read: 'read',
  list: 'look up',
  replace: 'replace',
  patch: 'change',
  delete: 'delete',
};

/** Operations as they stand in the exchange, by heading, with words for people. */
export const OPERATION_GROUPS: readonly {
  readonly label: string;
  readonly operations: readonly (readonly [string, string])[];
}[] = [
  {
    label: 'Users',
    operations: Object.entries(VERBS).map(([verb, words]) => [`users.${verb}`, `User: ${words}`] as const),
  },
  {
    label: 'Groups',
    operations: Object.entries(VERBS).map(([verb, words]) => [`groups.${verb}`, `Group: ${words}`] as const),
  },
  {
    label: 'Other',
    operations: [
      ['bulk', 'Bulk'],
      ['discovery', 'Discovery'],
      ['unknown', 'Unknown'],
    ],
  },
];

const OPERATIONS: ReadonlyMap<string, string> = new Map(OPERATION_GROUPS.flatMap((group) => group.operations));

export function isOperation(text: string): boolean {
  return OPERATIONS.has(text);
}

export function describeOperation(operation: string): string {
  return OPERATIONS.get(operation) ?? operation;
}
