/**
 * Each try to sign in as an exchange of the sync log: who, through what, what came of it and why, and the claims that
 * decided, without secrets.
 */
import type { Request } from 'express';
import type { SignInOutcome } from '../directory/entry/sign-in.ts';
import type { UserCard } from '../directory/people/user.ts';
import type { NewChange } from '../synclog/change.ts';
import type { Exchange } from '../synclog/exchange.ts';
import { bounded, redactBody } from '../synclog/redact.ts';
import { clientAddress } from '../web/client-address.ts';
import type { Identity } from './identity.ts';
import type { SignInParts } from './parts.ts';
import { REFUSALS, type Refusal } from './refusals.ts';

/** One try, from its request on. */
export interface Try {
  readonly id: string;
  readonly at: number;
  readonly startedNs: bigint;
  readonly method: string;
  /** Without the query: that holds codes. */
  readonly path: string;
  /** `oidc`, `saml`, `ldap`, `email`, `setup` */
  readonly connector: string;
  readonly label: string;
  readonly userAgent: string | null;
  readonly remoteAddress: string | null;
}

export function beginTry({ directory }: SignInParts, request: Request, connector: string, label: string): Try {
  return {
    id: directory.newId(),
    at: directory.now(),
    startedNs: process.hrtime.bigint(),
    method: request.method,
    path: `${request.baseUrl}${request.path}`,
    ...{ connector, label },
    userAgent: request.get('User-Agent') ?? null,
    remoteAddress: clientAddress(request),
  };
}

type Told = Pick<Exchange, 'status' | 'outcome' | 'errorCode' | 'errorDetail' | 'subject' | 'summary' | 'changeCount'>;

function toExchange(parts: SignInParts, one: Try, organizationId: string, claims: unknown, told: Told): Exchange {
  return {
    ...told,
    id: one.id,
    organizationId,
    connectionId: null,
    tokenId: null,
    at: one.at,
    durationUs: Number((process.hrtime.bigint() - one.startedNs) / 1000n),
    method: one.method,
    path: one.path,
    operation: `signin.${one.connector}`,
    summary: bounded(told.summary, 1000),
    errorDetail: told.errorDetail === null ? null : bounded(told.errorDetail, 2000),
    repairs: [],
    requestBody: claims === null ? null : redactBody(claims, parts.bodyMaxBytes),
    responseBody: null,
    userAgent: one.userAgent === null ? null : bounded(one.userAgent, 500),
    remoteAddress: one.remoteAddress,
  };
}

function subjectOf({ id, name }: UserCard): Exchange['subject'] {
  return { type: 'user', id, name };
}

/** Claims as they may be kept: what decided first, then the rest as it was sent. */
function claimsOf(identity: Identity): unknown {
  const { upstream: _secret, claims, groups, ...decided } = identity;
  return { ...decided, groups: groups?.slice(0, 200) ?? null, claims };
}

function firstSentence(text: string): string {
  return (text.split('. ', 1)[0] ?? text).replace(/\.$/, '');
}

const HOW = {
  known: 'signed in',
  linked: 'signed in for the first time',
  created: 'signed in for the first time and was created',
} as const;

export function tellSignedIn(
  parts: SignInParts,
  one: Try,
  identity: Identity,
  outcome: Extract<SignInOutcome, { kind: 'signed_in' }>,
  changes: readonly NewChange[],
): Exchange {
  const { user, how, notes } = outcome;
  const more = notes.length === 0 ? '' : `: ${notes.join('; ')}`;
  return toExchange(parts, one, user.organizationId, claimsOf(identity), {
    status: 303,
    outcome: changes.length > 0 ? 'changed' : 'unchanged',
    ...{ errorCode: null, errorDetail: null, subject: subjectOf(user), changeCount: changes.length },
    summary: `${user.name} ${HOW[how]} with ${one.label}${more}`,
  });
}

/** @param identity null: the connector refused, so that nobody knows who it was */
export function tellRefused(
  parts: SignInParts,
  one: Try,
  organizationId: string,
  identity: Identity | null,
  { code, detail }: Refusal,
  user: UserCard | null = null,
): Exchange {
  // Whoever only has another's name or address is not that person; the log finds it by the person all the same.
  const isThem = code === 'account_deactivated' || code === 'account_removed';
  const who = user !== null && isThem ? user.name : nameOf(identity);
  const { cause } = REFUSALS[code];
  return toExchange(parts, one, organizationId, identity === null ? null : claimsOf(identity), {
    ...{ status: 403, outcome: 'refused', errorCode: code, changeCount: 0 },
    // Cause and remedy stand beside it wherever it is read: they come from the table by the code.
    errorDetail: detail,
    subject: user === null ? null : subjectOf(user),
    summary: `${who} was not signed in with ${one.label}: ${firstSentence(cause)}${detail === null ? '' : ` (${detail})`}`,
  });
}

function nameOf(identity: Identity | null): string {
  return identity?.userName ?? identity?.email ?? identity?.name ?? 'Somebody';
}

/** A link of ours was used: a setup link, an invite. @param told the rest of a sentence that begins with the name */
export function tellLinkUsed(
  parts: SignInParts,
  one: Try,
  { userName, name, id, organizationId }: Pick<UserCard, 'id' | 'name' | 'userName' | 'organizationId'>,
  told: string,
  changes: readonly NewChange[],
): Exchange {
  return toExchange(
    parts,
    one,
    organizationId,
    { userName, name },
    {
      ...{ status: 303, outcome: 'changed', errorCode: null, errorDetail: null, subject: { type: 'user', id, name } },
      changeCount: changes.length,
      summary: `${name} ${told}`,
    },
  );
}
