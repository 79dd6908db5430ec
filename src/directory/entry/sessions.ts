/**
 * Sessions: open at a sign-in, find at every request, list and end.
 *
 * Owns: how long a session lives, and that nothing of it can be read from the store. Does not own: cookies (web/), who may
 * sign in (sign-in.ts). There is no copy in memory: what ends in the store has ended on every node.
 */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import type { UserCard } from '../people/user.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import { openText, sealText } from '../seal.ts';
import { hashSecret, newSecret } from '../secret.ts';
import type { Work } from '../work.ts';
import { cardOf } from './identity-link.ts';
import type { LiveAt, Session, SessionUser } from './session.ts';

export interface SessionLimits {
  /** A session ends this long after the sign-in, ... */
  readonly lengthMs: number;
  /** ... and this long after it was last used. */
  readonly idleMs: number;
}

/** How exactly the last use is known: a write per request would cost more than the request. */
const TOUCH_EVERY_MS = 60_000;

export interface OpenedSession {
  readonly session: Session;
  /** For the cookie; never stored. */
  readonly token: string;
}

export interface SignedInWith {
  readonly connector: string;
  readonly issuer: string;
  readonly providerSession: string | null;
  readonly providerSubject: string | null;
  /** What the identity provider wants back at sign-out (OIDC: the ID token); kept so that only the cookie opens it. */
  readonly providerHint?: string | null;
  readonly userAgent: string | null;
  readonly remoteAddress: string | null;
}

const HINT = 'identity provider hint';

export function liveAt(at: number, { idleMs }: SessionLimits): LiveAt {
  return { at, seenAfter: at - idleMs };
}

/** @param user locked in this transaction, and active: so a deactivation at the same moment ends this session, too */
export async function openSession(
  { store, newId }: DirectoryParts,
  work: Work,
  limits: SessionLimits,
  user: Pick<UserCard, 'id' | 'organizationId'>,
  { providerHint = null, ...signedInWith }: SignedInWith,
): Promise<OpenedSession> {
  // Here and not in the background: sessions pile up only while people sign in.
  await store.sessions.prune(work.db, work.at, 100);
  const token = newSecret('drawbridge_session');
  const session: Session = {
    ...signedInWith,
    id: newId(),
    organizationId: user.organizationId,
    userId: user.id,
    userAgent: signedInWith.userAgent?.slice(0, 500) ?? null,
    createdAt: work.at,
    expiresAt: work.at + limits.lengthMs,
    lastSeenAt: work.at,
  };
  const hint = providerHint === null ? null : sealText(providerHint, token, HINT);
  await store.persons.touch(work.db, user.id, work.at);
  await store.sessions.insert(work.db, { ...session, hash: hashSecret(token), providerHint: hint });
  return { session, token };
}

export interface FoundSession {
  readonly session: Session;
  readonly user: SessionUser;
  readonly principal: Principal;
  /** Names of the teams, for headers and pages. */
  readonly teams: readonly { readonly id: string; readonly name: string; readonly role: string }[];
}

/** Undefined when the token is unknown, the session is over, or the person is not active. */
export async function findSession(
  parts: DirectoryParts,
  limits: SessionLimits,
  token: string,
): Promise<FoundSession | undefined> {
  const { store } = parts;
  const at = parts.now();
  const found = await store.sessions.findLive(store.reader, hashSecret(token), liveAt(at, limits));
  if (found === undefined) return undefined;
  const { session, user } = found;
  const roles = effectiveRoles(await store.grants.ofUser(store.reader, user.id));
  const principal: Principal = {
    kind: 'user',
    id: user.id,
    name: user.name,
    organizationId: session.organizationId,
    role: user.role,
    teams: new Map([...roles.teams].map(([id, team]) => [id, team.role])),
    scopes: new Set(['everything']),
  };
  return { session, user, principal, teams: [...roles.teams.values()] };
}

/** Whether its last use should be written now. */
export function isDueForTouch({ lastSeenAt }: Session, at: number): boolean {
  return at - lastSeenAt >= TOUCH_EVERY_MS;
}

/** @throws AppError `forbidden` for another's sessions, unless an admin asks */
export async function listSessions(
  { store, now }: DirectoryParts,
  limits: SessionLimits,
  principal: Principal,
  userId: string,
): Promise<readonly Session[]> {
  const { organizationId } = principal;
  authorize(principal, 'sessions.list', { organizationId, userId });
  const sessions = await store.sessions.ofUser(store.reader, userId, liveAt(now(), limits));
  return sessions.filter((session) => session.organizationId === organizationId);
}

/** @throws AppError `forbidden`, `not_found` */
export async function endSession(
  { store }: DirectoryParts,
  work: Work,
  principal: Principal,
  owner: Pick<UserCard, 'id' | 'organizationId' | 'name'>,
  sessionId: string,
): Promise<void> {
  authorize(principal, 'sessions.end', { organizationId: owner.organizationId, userId: owner.id });
  const session = await store.sessions.end(work.db, owner.id, sessionId);
  if (session === undefined) throw new AppError('not_found', 'There is no such session; it may have ended already.');
  recordEnd(work, owner, 1);
}

/** Ends all sessions of a person but the one that is named. @returns how many */
export async function endOtherSessions(
  { store }: DirectoryParts,
  work: Work,
  principal: Principal,
  owner: Pick<UserCard, 'id' | 'organizationId' | 'name'>,
  exceptId: string | null,
): Promise<number> {
  authorize(principal, 'sessions.end', { organizationId: owner.organizationId, userId: owner.id });
  const count = await store.sessions.endOfUser(work.db, owner.id, exceptId);
  if (count > 0) recordEnd(work, owner, count);
  return count;
}

function recordEnd(work: Work, owner: Pick<UserCard, 'id' | 'name'>, count: number): void {
  const subject = { type: 'user', id: owner.id, name: owner.name } as const;
  work.changes.push({ kind: 'sessions.ended', subject, after: { count } });
}

/** Ends every session of a person whose access ends; in the same transaction. */
export async function endSessionsOf(
  { store }: DirectoryParts,
  work: Work,
  owner: Pick<UserCard, 'id' | 'name'>,
): Promise<void> {
  const count = await store.sessions.endOfUser(work.db, owner.id, null);
  if (count > 0) recordEnd(work, owner, count);
}

/**
 * Signing out: the session of this token, if it is still there.
 * @returns what the identity provider wants back, to end its own
 */
export async function signOut(
  { store }: DirectoryParts,
  session: Session,
  token: string,
): Promise<{ readonly providerHint: string | null }> {
  const sealed = await store.sessions.providerHint(store.reader, session.id);
  await store.write((db) => store.sessions.end(db, session.userId, session.id));
  return { providerHint: sealed === null ? null : (openText(sealed, token, HINT) ?? null) };
}

/** What the identity provider ended (OpenID Connect Back-Channel Logout 1.0). @returns how many sessions */
export async function endProviderSessions(
  { store }: DirectoryParts,
  work: Work,
  issuer: string,
  named: { readonly session: string | null; readonly subject: string | null },
): Promise<number> {
  const sessions = await store.sessions.ofProvider(work.db, issuer, named);
  for (const [userId, ended] of Map.groupBy(sessions, (session) => session.userId)) {
    for (const { id } of ended) await store.sessions.end(work.db, userId, id);
    const found = await store.identityLinks.lockUser(work.db, work.context.organizationId, userId);
    if (found !== undefined) recordEnd(work, cardOf(found), ended.length);
  }
  return sessions.length;
}
