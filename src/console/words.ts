/**
 * What the console says about a change, an outcome, an operation, in words. Changes have their words in synclog/telling/; a new
 * outcome does not compile until there are words for it.
 */
import type { Dialect } from '../directory/connections/connection.ts';
import { type Change, type ChangeState, tellChange } from '../synclog/change.ts';
import type { Outcome } from '../synclog/exchange.ts';

/** `none` is how a person without a role reads. */
function roleIn(state: ChangeState | undefined): string {
  const role = state?.effectiveRole ?? state?.organizationRole ?? state?.role;
  if (typeof role !== 'string') return 'none';
  return role === 'viewer' ? 'View-Only' : role;
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

/** How a connection reads what comes: not the name that it was given. */
export const DIALECT_LABELS: Readonly<Record<Dialect, string>> = {
  okta: 'Okta',
  entra: 'Microsoft Entra ID',
  generic: 'SCIM, repaired',
  strict: 'SCIM, strict',
};

/** One sentence for one change, without a full stop. */
export function describeChange(change: Change): string {
  if (change.kind === 'grant.added' || change.kind === 'grant.removed') return grantWords(change);
  if (change.kind === 'user.role_changed') {
    return `${change.subject.name} in the organization: ${roleIn(change.before)} → ${roleIn(change.after)}`;
  }
  const told = tellChange(change);
  return `${told.charAt(0).toUpperCase()}${told.slice(1)}`;
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
    label: 'Signing in',
    operations: [
      ['signin.oidc', 'Sign-in: OpenID Connect'],
      ['signin.saml', 'Sign-in: SAML'],
      ['signin.ldap', 'Sign-in: LDAP'],
      ['signin.email', 'Sign-in: link by e-mail'],
      ['signin.invite', 'Sign-in: invite'],
      ['signin.setup', 'Sign-in: setup link'],
    ],
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

/** `OpenID Connect`: how somebody signed in. */
export function describeSignIn(connector: string): string {
  return describeOperation(`signin.${connector}`).replace(/^Sign-in: /, '');
}

/** Somebody signing in, rather than an identity provider asking for something. */
export function isSignIn(operation: string): boolean {
  return operation.startsWith('signin.');
}
