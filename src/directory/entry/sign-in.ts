/**
 * Just-in-time: what becomes of an identity that a connector vouches for. A known link signs in; else a provisioned or
 * invited user is linked; else a user is made, if that is allowed and a seat is free; else it is refused, with the reason.
 *
 * Owns: the order of these, the first admin, the link. Does not own: whom an identity means (sign-in-match.ts), roles from
 * groups (sign-in-grants.ts), the session (sessions.ts), the record of the attempt (signin/). Called by signin/, inside
 * one transaction.
 */
import { isAppError } from '../../errors.ts';
import { readSettings } from '../connections/organization-settings.ts';
import { redeemInviteOf } from '../invites/invite-acceptance.ts';
import type { DirectoryParts } from '../parts.ts';
import { claimFirstAdmin } from '../people/first-admin.ts';
import { createPerson } from '../people/new-person.ts';
import { recordReturnAs } from '../people/returns.ts';
import { foldCase, type UserCard } from '../people/user.ts';
import type { Work } from '../work.ts';
import { type Candidate, cardOf } from './identity-link.ts';
import { refreshSignInGrants } from './sign-in-grants.ts';
import {
  type AccountRefusal,
  keysOf,
  type LinkWay,
  matchIdentity,
  tellWay,
  type VouchedIdentity,
} from './sign-in-match.ts';

export interface SignInSettings {
  /** Whether a stranger becomes a user. */
  readonly provision: boolean;
  readonly linkWays: ReadonlySet<LinkWay>;
  /** Only this person becomes the first admin; null: whoever comes first. */
  readonly bootstrapAdminEmail: string | null;
}

export type SignInOutcome =
  | {
      readonly kind: 'signed_in';
      readonly how: 'known' | 'linked' | 'created';
      /** Locked until the transaction ends. */
      readonly user: UserCard;
      /** Worth telling in the sync log: by what a link was made, groups that were ignored. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'refused';
      readonly code: AccountRefusal;
      readonly detail: string;
      /** The user whom it was about, if there is one. */
      readonly user: UserCard | null;
    };

interface Admitted {
  readonly user: UserCard;
  /** By a connection. */
  readonly isManaged: boolean;
  readonly how: 'known' | 'linked' | 'created';
  readonly note: string | null;
}

/** Thrown inside, so that every refusal leaves by one door. */
class Refused extends Error {
  readonly outcome: Extract<SignInOutcome, { kind: 'refused' }>;
  constructor(code: AccountRefusal, detail: string, user: UserCard | null = null) {
    super(code);
    this.outcome = { kind: 'refused', code, detail, user };
  }
}

/** A refusal is a value, and writes nothing. */
export async function signIn(
  parts: DirectoryParts,
  work: Work,
  identity: VouchedIdentity,
  settings: SignInSettings,
): Promise<SignInOutcome> {
  try {
    const { user, isManaged, how, note } = await admit(parts, work, identity, settings);
    const notes = note === null ? [] : [note];
    if (how !== 'known' && addressOf(identity) === user.email) await redeemInviteOf(parts, work, user);
    notes.push(...(await refreshSignInGrants(parts, work, { user, isManaged }, identity.groups)));
    const claimed = await claimFirstAdmin(parts, work, user, identity, settings.bootstrapAdminEmail);
    const isFirst = claimed === 'became';
    if (isFirst) notes.push('became the first admin');
    if (claimed === 'unverified') notes.push('not made the first admin: nobody vouches for the address');
    return { kind: 'signed_in', how, user: isFirst ? { ...user, role: 'admin' } : user, notes };
  } catch (error) {
    if (error instanceof Refused) return error.outcome;
    throw error;
  }
}

async function admit(
  parts: DirectoryParts,
  work: Work,
  identity: VouchedIdentity,
  settings: SignInSettings,
): Promise<Admitted> {
  const known = await findLinked(parts, work, identity);
  if (known !== undefined && !known.isDeleted) return { ...activeOf(known), how: 'known', note: null };
  const match = await matchNow(parts, work, identity, settings);
  if (match.kind === 'user') return link(parts, work, identity, match, known);
  if (match.kind === 'refused') throw new Refused(match.code, match.detail, match.user);
  if (known !== undefined) throw new Refused('account_removed', 'the linked user was removed', cardOf(known));
  if (!(await mayProvision(parts, work, settings)) && !(await isInvited(parts, work, identity))) {
    throw new Refused('not_provisioned', 'nobody fits, and provisioning at sign-in is off');
  }
  return createOnce(parts, work, identity, settings);
}

/** Only where neither the environment nor the organization forbids it. */
async function mayProvision(parts: DirectoryParts, { db, context }: Work, settings: SignInSettings): Promise<boolean> {
  return settings.provision && (await readSettings(parts, db, context.organizationId)).provisionOnSignIn;
}

/** The address, where the identity provider vouches for it. */
function addressOf({ email, emailVerified }: VouchedIdentity): string | null {
  return email !== null && emailVerified ? foldCase(email) : null;
}

async function isInvited({ store }: DirectoryParts, work: Work, identity: VouchedIdentity): Promise<boolean> {
  const address = addressOf(identity);
  if (address === null) return false;
  const invite = await store.invites.findPending(work.db, work.context.organizationId, address);
  return invite !== undefined && invite.expiresAt > work.at;
}

async function findLinked(
  { store }: DirectoryParts,
  work: Work,
  identity: VouchedIdentity,
): Promise<Candidate | undefined> {
  const { organizationId } = work.context;
  const { connector, issuer, subject } = identity;
  const found = await store.identityLinks.find(work.db, { organizationId, connector, issuer, subject });
  return found && (await store.identityLinks.lockUser(work.db, organizationId, found.userId));
}

function activeOf(candidate: Candidate): Pick<Admitted, 'user' | 'isManaged'> {
  const user = cardOf(candidate);
  if (!user.active) throw new Refused('account_deactivated', 'the linked user is not active', user);
  return { user, isManaged: candidate.user.connectionId !== null };
}

type MatchNow =
  | { readonly kind: 'user'; readonly candidate: Candidate; readonly by: string }
  | { readonly kind: 'stranger' }
  | {
      readonly kind: 'refused';
      readonly code: AccountRefusal;
      readonly detail: string;
      readonly user: UserCard | null;
    };

async function matchNow(
  { store }: DirectoryParts,
  work: Work,
  identity: VouchedIdentity,
  { linkWays }: SignInSettings,
): Promise<MatchNow> {
  const candidates = await store.identityLinks.candidates(work.db, work.context.organizationId, keysOf(identity));
  const match = matchIdentity(identity, candidates, linkWays);
  if (match.kind !== 'refused') return match;
  const about = candidates.find(({ user }) => user.id === match.userId);
  return { kind: 'refused', code: match.code, detail: match.detail, user: about === undefined ? null : cardOf(about) };
}

/**
 * @param match as read a moment ago; read again under a lock, so that whoever was removed meanwhile stays removed
 * @param former the removed user whom this subject was linked to until now
 */
async function link(
  parts: DirectoryParts,
  work: Work,
  identity: VouchedIdentity,
  { candidate, by }: { readonly candidate: Candidate; readonly by: string },
  former: Candidate | undefined,
): Promise<Admitted> {
  const { store } = parts;
  const { organizationId } = work.context;
  const locked = await store.identityLinks.lockUser(work.db, organizationId, candidate.user.id);
  if (locked === undefined || locked.isDeleted) throw new Refused('account_removed', 'removed at the same moment');
  const { user, isManaged } = activeOf(locked);
  const { connector, issuer, subject } = identity;
  const key = { organizationId, connector, issuer, subject };
  await store.identityLinks.set(work.db, {
    ...key,
    userId: user.id,
    vouchedEmail: addressOf(identity),
    createdAt: work.at,
  });
  work.changes.push({
    kind: 'user.linked',
    subject: { type: 'user', id: user.id, name: user.name },
    after: { connector, issuer, by: tellWay(by) },
  });
  await recordFormer(parts, work, identity, user.id, former);
  return { user, isManaged, how: 'linked', note: `recognised by ${tellWay(by)}` };
}

/** Somebody who was removed and made anew is the same person on record: by their subject, else by an address that is vouched for. */
async function recordFormer(
  parts: DirectoryParts,
  work: Work,
  identity: VouchedIdentity,
  userId: string,
  former: Candidate | undefined,
): Promise<void> {
  const email = addressOf(identity);
  if (former !== undefined)
    await recordReturnAs(parts, work, userId, { kind: 'subject', formerUserId: former.user.id });
  else if (email !== null) await recordReturnAs(parts, work, userId, { kind: 'verified_email', email });
}

/** Under lock, and after looking again: the same stranger may be signing in twice at once, or be provisioned at this moment. */
async function createOnce(
  parts: DirectoryParts,
  work: Work,
  identity: VouchedIdentity,
  settings: SignInSettings,
): Promise<Admitted> {
  const { store } = parts;
  await store.organizations.lockNewcomers(work.db, work.context.organizationId, 'alone');
  await store.organizations.lock(work.db, work.context.organizationId);
  const known = await findLinked(parts, work, identity);
  if (known !== undefined && !known.isDeleted) return { ...activeOf(known), how: 'known', note: null };
  const match = await matchNow(parts, work, identity, settings);
  if (match.kind === 'user') return link(parts, work, identity, match, known);
  if (match.kind === 'refused') throw new Refused(match.code, match.detail, match.user);
  const user = await create(parts, work, identity);
  const { connector, issuer, subject } = identity;
  const key = { organizationId: user.organizationId, connector, issuer, subject };
  await store.identityLinks.set(work.db, {
    ...key,
    userId: user.id,
    vouchedEmail: addressOf(identity),
    createdAt: work.at,
  });
  return { user, isManaged: false, how: 'created', note: null };
}

async function create(
  parts: DirectoryParts,
  work: Work,
  { userName, email, name }: VouchedIdentity,
): Promise<UserCard> {
  try {
    return await createPerson(parts, work, { userName: userName ?? email ?? '', displayName: name, email });
  } catch (error) {
    if (isAppError(error, 'seat_limit')) throw new Refused('no_seat', error.message);
    throw error;
  }
}
