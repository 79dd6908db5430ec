/**
 * Connections and their tokens: create, pause, resume, rotate.
 *
 * Owns: secrets of tokens (random, shown once, stored hashed). Does not own: checking a token on a request (scim/ does,
 * by `hashSecret`), mapping rules (rules/).
 */

import { AppError } from '../../errors.ts';
import { defaultRules } from '../../mapping/rule.ts';
import type { DirectoryParts } from '../parts.ts';
import { hashSecret, newSecret, secretHint } from '../secret.ts';
import type { Work } from '../work.ts';
import { type Connection, type Dialect, isLiveToken } from './connection.ts';

export interface NewToken {
  readonly id: string;
  /** Shown once, never stored. */
  readonly token: string;
  readonly expiresAt: number | null;
}

/** @throws AppError `uniqueness` when the organization has a connection of that name */
export async function createConnection(
  parts: DirectoryParts,
  work: Work,
  input: { readonly name: string; readonly dialect: Dialect },
): Promise<{ readonly connection: Connection; readonly token: NewToken }> {
  const { organizationId } = work.context;
  const name = input.name.trim();
  if (name === '') throw new AppError('invalid_value', 'A connection needs a name.');
  if ((await parts.store.connections.find(work.db, organizationId, name)) !== undefined) {
    throw new AppError('uniqueness', `There is a connection named "${name}" already.`);
  }
  const times = { createdAt: work.at, updatedAt: work.at };
  const connection: Connection = {
    id: parts.newId(),
    organizationId,
    name,
    dialect: input.dialect,
    state: 'active',
    ...times,
  };
  await parts.store.connections.insert(work.db, connection, JSON.stringify({ rules: defaultRules }));
  work.changes.push({
    kind: 'connection.created',
    subject: subjectOf(connection),
    after: { name, dialect: input.dialect },
  });
  return { connection, token: await addToken(parts, work, connection, null) };
}

/** How long the token of a test lives, at most. */
const TEST_TOKEN_LIVES_MS = 60_000;

/** For Drawbridge to ask itself as the identity provider would. Whoever tests ends it afterwards. */
export function addTestToken(parts: DirectoryParts, work: Work, connection: Connection): Promise<NewToken> {
  return addToken(parts, work, connection, work.at + TEST_TOKEN_LIVES_MS, true);
}

/** Beside those that there are. */
async function addToken(
  { store, newId }: DirectoryParts,
  work: Work,
  connection: Connection,
  expiresAt: number | null,
  isTest = false,
): Promise<NewToken> {
  const token = newSecret('drawbridge_scim');
  const id = newId();
  const row = { id, connectionId: connection.id, hint: secretHint(token), createdAt: work.at, expiresAt };
  const hashed = { organizationId: connection.organizationId, hash: hashSecret(token), isTest };
  await store.connections.insertToken(work.db, { ...row, ...hashed, revokedAt: null, lastUsedAt: null });
  work.changes.push({ kind: 'token.created', subject: subjectOf(connection), after: { token: row.hint, expiresAt } });
  return { id, token, expiresAt };
}

/**
 * Makes a new token; the others go on working until `graceMs` from now (0: they end at once), so that the identity
 * provider can be switched over without a gap.
 */
export async function rotateToken(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  options: { readonly graceMs: number; readonly expiresAt: number | null },
): Promise<NewToken> {
  const until = work.at + options.graceMs;
  for (const token of await parts.store.connections.tokens(work.db, connection.id)) {
    const ends = Math.min(token.expiresAt ?? until, until);
    if (token.expiresAt === ends || !isLiveToken(token, work.at)) continue;
    await parts.store.connections.expireToken(work.db, token.id, ends);
    work.changes.push({
      kind: 'token.revoked',
      subject: subjectOf(connection),
      after: { token: token.hint, expiresAt: ends },
    });
  }
  return addToken(parts, work, connection, options.expiresAt);
}

/**
 * Ends one token at once. Ending it twice changes nothing.
 * @throws AppError `not_found` when it is not one of this connection
 */
export async function revokeToken(
  { store }: DirectoryParts,
  work: Work,
  connection: Connection,
  tokenId: string,
): Promise<void> {
  const token = await store.connections.findToken(work.db, connection.organizationId, tokenId);
  if (token?.connectionId !== connection.id) throw new AppError('not_found', 'This connection has no such token.');
  if (!(await store.connections.revokeToken(work.db, tokenId, work.at))) return;
  const after = { token: token.hint, revokedAt: work.at };
  work.changes.push({ kind: 'token.revoked', subject: subjectOf(connection), after });
}

/** Pausing answers the identity provider 503 until it is resumed; nothing is lost, it tries again. */
export async function setConnectionState(
  { store }: DirectoryParts,
  work: Work,
  connection: Connection,
  state: Connection['state'],
): Promise<Connection> {
  if (connection.state === state) return connection;
  const updatedAt = Math.max(work.at, connection.updatedAt + 1);
  await store.connections.setState(work.db, connection.id, state, updatedAt);
  const kind = state === 'paused' ? 'connection.paused' : 'connection.resumed';
  work.changes.push({ kind, subject: subjectOf(connection), before: { state: connection.state }, after: { state } });
  return { ...connection, state, updatedAt };
}

function subjectOf(connection: Connection): { type: 'connection'; id: string; name: string } {
  return { type: 'connection', id: connection.id, name: connection.name };
}
