/**
 * Connections in the console: make one and see what to enter where, tokens, pause and resume, mapping rules with a preview,
 * a test. Owns: these pages. Does not own: connections (directory/). Called by console.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import {
  type Connection,
  type ConnectionToken,
  DIALECTS,
  type Dialect,
  isLiveToken,
  lastContactOf,
} from '../../directory/connections/connection.ts';
import {
  createConnection,
  revokeToken,
  rotateToken,
  setConnectionState,
} from '../../directory/connections/connections.ts';
import { readRuleRun } from '../../directory/rules/rule-run-worker.ts';
import type { Work } from '../../directory/work.ts';
import { AppError, isAppError } from '../../errors.ts';
import { parseStoredRules } from '../../mapping/rule.ts';
import { sendPage } from '../../web/page.ts';
import type { Ask } from '../../web/question.ts';
import { fieldOf } from '../forms.ts';
import { createRoom } from '../room.ts';
import { askerOf } from '../visitor.ts';
import { renderConnectionList } from './connection-list.ts';
import { renderConnectionPage } from './connection-page.ts';
import { askToEndToken, askToPause, askToRotate } from './connection-questions.ts';
import { renderNewConnection } from './new-connection.ts';
import type { ConnectionPagesParts } from './ports.ts';
import { rulesPages } from './rules-pages.ts';
import { testConnection } from './self-test.ts';
import { renderTestPage } from './test-page.ts';

const MAX_GRACE_SECONDS = 30 * 86_400;

/** For how long old tokens go on working. */
function graceOf(request: Request): number {
  const seconds = Math.min(Number.parseInt(fieldOf(request, 'grace'), 10) || 0, MAX_GRACE_SECONDS);
  return Math.max(0, seconds) * 1000;
}

export function connectionPages(parts: ConnectionPagesParts): Router {
  const { directory } = parts;
  const { store } = directory;
  const room = createRoom(parts);
  const { contextOf, may, own, asks, formTokenOf: tokenOf } = room;

  async function connectionOf(request: Request, response: Response): Promise<Connection> {
    const { organizationId } = askerOf(response);
    const found = await store.connections.find(store.reader, organizationId, String(request.params.id));
    if (found === undefined) throw new AppError('not_found', 'There is no such connection.');
    return found;
  }

  const commit = <T>(response: Response, connection: Connection | null, run: (work: Work) => Promise<T>): Promise<T> =>
    room.commit(response, run, connection === null ? {} : { connectionId: connection.id });

  async function show(request: Request, response: Response, connection: Connection, newToken?: string): Promise<void> {
    const [tokens, managed, rules, run] = await Promise.all([
      store.connections.tokens(store.reader, connection.id),
      store.connections.countManaged(store.reader, connection.id),
      store.connections.rules(store.reader, connection.id),
      readRuleRun(directory, store.reader, connection.id),
    ]);
    const page = renderConnectionPage({
      ...{ connection, tokens, managed, rules: parseStoredRules(rules), run, now: directory.now() },
      ...{ scimUrl: `${parts.publicUrl()}/scim/v2`, formToken: tokenOf(request, response) },
      ...(newToken === undefined ? {} : { newToken }),
    });
    sendPage(response, 200, page);
  }

  const list: RequestHandler = async (_request, response) => {
    const connections = await store.connections.list(store.reader, askerOf(response).organizationId);
    const rows = await Promise.all(
      connections.map(async (connection) => {
        const tokens = await store.connections.tokens(store.reader, connection.id);
        const managed = await store.connections.countManaged(store.reader, connection.id);
        return { connection, lastContactAt: lastContactOf(tokens), ...managed };
      }),
    );
    sendPage(response, 200, renderConnectionList(rows, directory.now()));
  };

  const showNew: RequestHandler = (request, response) =>
    sendPage(response, 200, renderNewConnection({ name: '', dialect: 'okta' }, tokenOf(request, response)));

  const create: RequestHandler = async (request, response) => {
    const [name, wanted] = [fieldOf(request, 'name'), fieldOf(request, 'dialect')];
    const dialect: Dialect = DIALECTS.find((one) => one === wanted) ?? 'generic';
    try {
      const made = await commit(response, null, (work) => createConnection(directory, work, { name, dialect }));
      // Not a redirect: the token is shown in this answer and nowhere else.
      await show(request, response, made.connection, made.token.token);
    } catch (error) {
      if (!isAppError(error) || error.status >= 500) throw error;
      const form = { name, dialect, problem: error.message };
      sendPage(response, error.status, renderNewConnection(form, tokenOf(request, response)));
    }
  };

  const setState = (state: Connection['state']): RequestHandler => {
    return async (request, response) => {
      const connection = await connectionOf(request, response);
      await commit(response, connection, (work) => setConnectionState(directory, work, connection, state));
      response.redirect(303, `/admin/connections/${connection.id}`);
    };
  };

  const makeToken: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    const options = { graceMs: graceOf(request), expiresAt: null };
    const made = await commit(response, connection, (work) => rotateToken(directory, work, connection, options));
    await show(request, response, connection, made.token);
  };

  const endToken: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    const tokenId = String(request.params.tokenId);
    await commit(response, connection, (work) => revokeToken(directory, work, connection, tokenId));
    response.redirect(303, `/admin/connections/${connection.id}#tokens`);
  };

  const test: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    const steps = await testConnection(parts, contextOf(response), connection);
    sendPage(response, 200, renderTestPage(connection, steps));
  };

  const pausing: Ask = async (request, response) => {
    const connection = await connectionOf(request, response);
    if (connection.state === 'paused') return;
    return askToPause(connection, await store.connections.countManaged(store.reader, connection.id));
  };

  async function liveTokens({ id }: Connection): Promise<readonly ConnectionToken[]> {
    const tokens = await store.connections.tokens(store.reader, id);
    return tokens.filter((token) => isLiveToken(token, directory.now()));
  }

  const rotating: Ask = async (request, response) => {
    const connection = await connectionOf(request, response);
    const { length } = await liveTokens(connection);
    return length === 0 ? undefined : askToRotate(connection, length, graceOf(request));
  };

  const revoking: Ask = async (request, response) => {
    const connection = await connectionOf(request, response);
    const live = await liveTokens(connection);
    const token = live.find(({ id }) => id === request.params.tokenId);
    return token && askToEndToken(connection, token, live.length - 1);
  };

  const router = Router();
  router.use('/connections', may('connections.read'));
  router.get('/connections', list);
  router.get('/connections/new', showNew);
  router.post('/connections', own, may('connections.create'), create);
  router.get('/connections/:id', async (request, response) =>
    show(request, response, await connectionOf(request, response)),
  );
  router.post('/connections/:id/pause', own, may('connections.change'), asks(pausing), setState('paused'));
  router.post('/connections/:id/resume', own, may('connections.change'), setState('active'));
  router.post('/connections/:id/tokens', own, may('connections.tokens'), asks(rotating), makeToken);
  router.post('/connections/:id/tokens/:tokenId/revoke', own, may('connections.tokens'), asks(revoking), endToken);
  router.use(rulesPages(parts, room, connectionOf));
  router.post('/connections/:id/test', own, may('connections.tokens'), test);
  return router;
}
