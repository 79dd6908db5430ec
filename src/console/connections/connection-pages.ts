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
  isTestToken,
  lastContactOf,
} from '../../directory/connections/connection.ts';
import {
  createConnection,
  revokeToken,
  rotateToken,
  setConnectionState,
} from '../../directory/connections/connections.ts';
import { readRuleRun, retryRuleRun } from '../../directory/rules/rule-run-worker.ts';
import { setRules } from '../../directory/rules/rules.ts';
import { previewRules, type RulesEffect } from '../../directory/rules/rules-preview.ts';
import type { Work } from '../../directory/work.ts';
import { AppError, isAppError } from '../../errors.ts';
import { parseStoredRules } from '../../mapping/rule.ts';
import { tellFault } from '../../web/notice.ts';
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
import {
  applyButton,
  buttonOf,
  digestOf,
  EMPTY_ROW,
  inRowWords,
  type RuleRow,
  readRows,
  toRow,
  toRules,
} from './rules-form.ts';
import { renderPreview, renderRulesPage } from './rules-page.ts';
import { renderRun } from './rules-run.ts';
import { testConnection } from './self-test.ts';
import { renderTestPage } from './test-page.ts';

/** A preview reads every person of the connection: past this many only when asked for. */
const LIVE_PREVIEW_PEOPLE = 50_000;
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
      runOf(connection),
    ]);
    const page = renderConnectionPage({
      ...{
        connection,
        tokens: tokens.filter((token) => !isTestToken(token)),
        managed,
        rules: parseStoredRules(rules),
        run,
        now: directory.now(),
      },
      ...{ scimUrl: `${parts.publicUrl()}/scim/v2`, formToken: tokenOf(request, response) },
      ...(newToken === undefined ? {} : { newToken }),
    });
    sendPage(response, 200, page);
  }

  const runOf = (connection: Connection) => readRuleRun(directory, store.reader, connection.id);

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

  const showRules: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    const rules = parseStoredRules(await store.connections.rules(store.reader, connection.id));
    const rows = rules.length === 0 ? [EMPTY_ROW] : rules.map(toRow);
    await sendRules(request, response, connection, { rows });
  };

  async function sendRules(
    request: Request,
    response: Response,
    connection: Connection,
    state: {
      rows: readonly RuleRow[];
      version?: string;
      effect?: RulesEffect;
      problem?: string;
      asksToConfirm?: boolean;
    },
  ): Promise<void> {
    const { users } = await store.connections.countManaged(store.reader, connection.id);
    const frame = {
      ...{ previewsLive: users <= LIVE_PREVIEW_PEOPLE, run: await runOf(connection) },
      ...{ now: directory.now(), formToken: tokenOf(request, response) },
    };
    const version = fieldOf(request, 'version') || String(connection.updatedAt);
    const page = renderRulesPage({ connection, version, asksToConfirm: false, ...frame, ...state });
    sendPage(response, state.problem === undefined ? 200 : 422, page);
  }

  async function effectOf(
    connection: Connection,
    rows: readonly RuleRow[],
    signal?: AbortSignal,
  ): Promise<{ effect: RulesEffect } | { problem: string }> {
    try {
      const effect = await previewRules(directory, connection, toRules(rows), signal);
      if (effect.refusal === null) return { effect };
      return { problem: tellFault(new AppError('last_admin', effect.refusal)) };
    } catch (error) {
      if (isAppError(error) && error.status < 500) return { problem: inRowWords(tellFault(error)) };
      throw error;
    }
  }

  const isOutdated = (request: Request, version: number): boolean => fieldOf(request, 'version') !== String(version);

  async function sendOutdated(request: Request, response: Response, rows: readonly RuleRow[]): Promise<void> {
    const connection = await connectionOf(request, response);
    const problem =
      'Somebody changed this connection after you opened the rules. Look at its page; then save again if these rules shall hold.';
    await sendRules(request, response, connection, { rows, problem, version: String(connection.updatedAt) });
  }

  async function applyRules(
    request: Request,
    response: Response,
    connection: Connection,
    rows: readonly RuleRow[],
  ): Promise<void> {
    try {
      await commit(response, connection, async (work) => {
        if (isOutdated(request, await store.connections.version(work.db, connection.id)))
          throw new AppError('conflict');
        await setRules(directory, work, connection, toRules(rows));
      });
    } catch (error) {
      if (isAppError(error, 'conflict')) return sendOutdated(request, response, rows);
      if (!isAppError(error) || error.status >= 500) throw error;
      return sendRules(request, response, connection, { rows, problem: inRowWords(tellFault(error)) });
    }
    response.redirect(303, `/admin/connections/${connection.id}#rules`);
  }

  const saveRules: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    const [rows, pressed] = [readRows(request), buttonOf(request)];
    const isAsked = fieldOf(request, 'asked') === digestOf(rows);
    const button = pressed === 'confirm' && !isAsked ? 'save' : pressed;
    if (button !== 'save' && button !== 'confirm' && button !== 'preview') {
      return sendRules(request, response, connection, { rows: applyButton(rows, button) });
    }
    if (isOutdated(request, connection.updatedAt)) return sendOutdated(request, response, rows);
    // Whoever confirms has seen what it does: working it out twice would take twice as long.
    if (button === 'confirm') return applyRules(request, response, connection, rows);
    const outcome = await effectOf(connection, rows);
    const takesRoles = 'effect' in outcome && outcome.effect.counts.losses > 0;
    if ('problem' in outcome || button === 'preview' || (button === 'save' && takesRoles)) {
      return sendRules(request, response, connection, {
        rows,
        ...outcome,
        asksToConfirm: button === 'save' && takesRoles,
      });
    }
    await applyRules(request, response, connection, rows);
  };

  const preview: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    const { users } = await store.connections.countManaged(store.reader, connection.id);
    if (users > LIVE_PREVIEW_PEOPLE) throw new AppError('too_many', 'Press “Preview”: there are many people.');
    // Whoever types on has asked anew, and nobody waits for this answer any more.
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const outcome = await effectOf(connection, readRows(request), gone.signal).catch((error: unknown) => {
      if (!gone.signal.aborted) throw error;
      return undefined;
    });
    if (outcome === undefined) return;
    response.type('html').send(renderPreview(outcome).toString());
  };

  const showRun: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    const token = tokenOf(request, response);
    response.type('html').send(renderRun(connection, await runOf(connection), directory.now(), token).toString());
  };

  const retryRun: RequestHandler = async (request, response) => {
    const connection = await connectionOf(request, response);
    await commit(response, connection, (work) => retryRuleRun(directory, work, connection));
    response.redirect(303, `/admin/connections/${connection.id}#rules`);
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
  router.get('/connections/:id/rules', showRules);
  router.post('/connections/:id/rules', own, may('connections.rules'), saveRules);
  router.post('/connections/:id/rules/preview', own, may('connections.rules'), preview);
  router.get('/connections/:id/rules/run', showRun);
  router.post('/connections/:id/rules/run/retry', own, may('connections.rules'), retryRun);
  router.post('/connections/:id/test', own, may('connections.tokens'), test);
  return router;
}
