/**
 * Whom an identity means that has no link yet. Pure: from what the identity provider says and from the users who could be
 * meant to a decision. Rather refuses than guesses.
 */

import { foldCase } from '../people/user.ts';
import { type Candidate, type CandidateKeys, ownsAddress } from './identity-link.ts';

/** Who this is, according to a connector; what of it decides here. */
export interface VouchedIdentity {
  readonly connector: string;
  readonly issuer: string;
  readonly subject: string;
  readonly userName: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string | null;
  /** Null: the identity provider said nothing about groups. */
  readonly groups: readonly string[] | null;
  /** Value of the linking claim, compared with the externalId of provisioned users. */
  readonly externalId: string | null;
}

/** By what a user without a link may be recognised, beside the external id. */
export const LINK_WAYS = ['email', 'user_name'] as const;
export type LinkWay = (typeof LINK_WAYS)[number];

/** Codes of signin/refusals.ts that are decided here. */
export type AccountRefusal =
  | 'not_provisioned'
  | 'no_seat'
  | 'account_deactivated'
  | 'account_removed'
  | 'email_not_verified'
  | 'account_ambiguous'
  | 'account_taken';

export type Match =
  | { readonly kind: 'user'; readonly candidate: Candidate; readonly by: LinkWay | 'external_id' }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'refused'; readonly code: AccountRefusal; readonly detail: string; readonly userId?: string };

export function keysOf({ email, userName, externalId }: VouchedIdentity): CandidateKeys {
  const fold = (text: string | null): string | null => (text === null || text === '' ? null : foldCase(text));
  return { email: fold(email), userName: fold(userName), externalId: externalId === '' ? null : externalId };
}

function hasAddress({ user, emailKey }: Candidate, email: string | null): boolean {
  return email !== null && (emailKey === email || foldCase(user.userName) === email);
}

/** By what a user may be taken for this identity; undefined: by nothing that is trusted. */
function wayTo(
  candidate: Candidate,
  identity: VouchedIdentity,
  ways: ReadonlySet<LinkWay>,
): LinkWay | 'external_id' | undefined {
  const { user } = candidate;
  const keys = keysOf(identity);
  const nameKey = foldCase(user.userName);
  if (user.connectionId !== null && keys.externalId !== null && user.externalId === keys.externalId) {
    return 'external_id';
  }
  const isTheirs = hasAddress(candidate, keys.email) && ownsAddress(candidate, keys.email);
  if (ways.has('email') && identity.emailVerified && isTheirs) return 'email';
  // A user name is the identity provider's word, and in some of them people can change it: not enough for an admin,
  // nor for what somebody made for themselves under that name and signs in to.
  const isFree = user.role !== 'admin' && (user.connectionId !== null || !candidate.hasLinks);
  if (ways.has('user_name') && keys.userName === nameKey && isFree) return 'user_name';
  return undefined;
}

export function matchIdentity(
  identity: VouchedIdentity,
  candidates: readonly Candidate[],
  ways: ReadonlySet<LinkWay>,
): Match {
  const live = candidates.filter((candidate) => !candidate.isDeleted);
  const found = live.flatMap((candidate) => {
    const by = wayTo(candidate, identity, ways);
    return by === undefined ? [] : [{ candidate, by }];
  });
  // The external id is the one thing that both sides of the identity provider name alike; where it fits, nothing else counts.
  const exact = found.filter(({ by }) => by === 'external_id');
  const pool = exact.length > 0 ? exact : found;
  const active = pool.filter(({ candidate }) => candidate.user.active);
  const [only, ...others] = active;
  if (only !== undefined && others.length === 0) return { kind: 'user', ...only };
  if (only !== undefined) return { kind: 'refused', code: 'account_ambiguous', detail: nameAll(active) };
  const [inactive] = pool;
  if (inactive !== undefined) return refuse('account_deactivated', inactive.candidate, `by ${tellWay(inactive.by)}`);
  return refuseOthers(identity, candidates);
}

/** Nobody may be linked; but a name or an address that belongs to somebody must not become a second person. */
function refuseOthers(identity: VouchedIdentity, candidates: readonly Candidate[]): Match {
  const { email, userName } = keysOf(identity);
  // Whoever only says that an address is theirs does not keep out the one who has it.
  const yields = (candidate: Candidate): boolean =>
    identity.emailVerified &&
    candidate.user.active &&
    !ownsAddress(candidate, email) &&
    foldCase(candidate.user.userName) !== (userName ?? email);
  const taken = candidates.find((candidate) => !candidate.isDeleted && !yields(candidate));
  if (taken !== undefined) {
    if (hasAddress(taken, email) && !identity.emailVerified) {
      return refuse('email_not_verified', taken, `${taken.user.userName} has this address`);
    }
    return refuse(
      'account_taken',
      taken,
      `${taken.user.userName} has this name or address, and may not be linked by it`,
    );
  }
  const removed = candidates.find(({ isDeleted }) => isDeleted);
  return removed === undefined ? { kind: 'stranger' } : refuse('account_removed', removed, removed.user.userName);
}

function refuse(code: AccountRefusal, { user }: Candidate, detail: string): Match {
  return { kind: 'refused', code, detail, userId: user.id };
}

function nameAll(found: readonly { readonly candidate: Candidate; readonly by: string }[]): string {
  return found
    .map(({ candidate, by }) => `${candidate.user.userName} (${candidate.user.id}) by ${tellWay(by)}`)
    .join(', ');
}

export function tellWay(by: string): string {
  return { email: 'verified e-mail address', user_name: 'user name', external_id: 'external id' }[by] ?? by;
}
