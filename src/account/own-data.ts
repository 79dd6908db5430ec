/** What a person's own page shows, read from the directory with the person's own rights. */
import type { Request, Response } from 'express';
import type { Session } from '../directory/entry/session.ts';
import { listSessions } from '../directory/entry/sessions.ts';
import type { Invite } from '../directory/invites/invite.ts';
import { type ApiKey, isLive } from '../directory/keys/api-key.ts';
import { listPersonalKeys } from '../directory/keys/api-keys.ts';
import { foldCase } from '../directory/people/user.ts';
import { isAllowed } from '../directory/policy.ts';
import { type ExplainedScope, explainUser, findPerson } from '../directory/roles/explain.ts';
import { formTokenOf } from '../web/form-token.ts';
import type { Visitor } from '../web/visitor.ts';
import type { AccountParts } from './parts.ts';

export interface OwnPageData {
  readonly visitor: Visitor;
  /** The organization first, then teams. */
  readonly scopes: readonly ExplainedScope[];
  readonly sessions: readonly Session[];
  /** Those that can be used. */
  readonly keys: readonly ApiKey[];
  /** One that this person has not accepted yet. */
  readonly invite: Invite | null;
  /** Name of the connection that manages this person; null: nobody does. */
  readonly managedBy: string | null;
  readonly mayOpenConsole: boolean;
  readonly formToken: string;
  readonly now: number;
}

export async function loadOwnPage(
  { directory, limits, cookies }: AccountParts,
  visitor: Visitor,
  request: Request,
  response: Response,
): Promise<OwnPageData> {
  const { principal, user } = visitor;
  const { store } = directory;
  const row = await findPerson(directory, principal.organizationId, user.id);
  const [scopes, sessions, keys] = await Promise.all([
    explainUser(directory, row),
    listSessions(directory, limits, principal, user.id),
    listPersonalKeys(directory, principal, user.id),
  ]);
  const { connectionId } = row;
  const connection =
    connectionId === null
      ? undefined
      : await store.connections.find(store.reader, principal.organizationId, connectionId);
  const now = directory.now();
  const invite =
    user.email === null
      ? undefined
      : await store.invites.findPending(store.reader, principal.organizationId, foldCase(user.email));
  return {
    invite: invite !== undefined && invite.expiresAt > now ? invite : null,
    ...{ visitor, scopes, sessions, now },
    keys: keys.filter((key) => isLive(key, now)),
    managedBy: connection?.name ?? null,
    mayOpenConsole: isAllowed(principal, 'sync_log.read'),
    formToken: formTokenOf(cookies, request, response),
  };
}
