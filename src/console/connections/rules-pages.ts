/** Mapping rules of a connection: the form, its preview, saving after the question, and how far a run is. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Connection } from '../../directory/connections/connection.ts';
import { readRuleRun, retryRuleRun } from '../../directory/rules/rule-run-worker.ts';
import { setRules } from '../../directory/rules/rules.ts';
import { type ForeseenRulesEffect, previewRules } from '../../directory/rules/rules-preview.ts';
import type { Work } from '../../directory/work.ts';
import { AppError, isAppError } from '../../errors.ts';
import { parseStoredRules } from '../../mapping/rule.ts';
import { tellFault } from '../../web/notice.ts';
import { sendPage } from '../../web/page.ts';
import { fieldOf } from '../forms.ts';
import type { Room } from '../room.ts';
import { askerOf } from '../visitor.ts';
import type { ConnectionPagesParts } from './ports.ts';
import { readChoices } from './rules-choices.ts';
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

/** A preview reads every person of the connection: past this many only when asked for. */
const LIVE_PREVIEW_PEOPLE = 50_000;

export function rulesPages(
  { directory }: ConnectionPagesParts,
  { may, own, commit, formTokenOf: tokenOf }: Room,
  connectionOf: (request: Request, response: Response) => Promise<Connection>,
): Router {
  const { store } = directory;
  const runOf = (connection: Connection) => readRuleRun(directory, store.reader, connection.id);

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
      effect?: ForeseenRulesEffect;
      problem?: string;
      asksToConfirm?: boolean;
    },
  ): Promise<void> {
    const { users } = await store.connections.countManaged(store.reader, connection.id);
    const frame = {
      choices: await readChoices(directory, askerOf(response), connection),
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
  ): Promise<{ effect: ForeseenRulesEffect } | { problem: string }> {
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
      const save = async (work: Work): Promise<void> => {
        if (isOutdated(request, await store.connections.version(work.db, connection.id)))
          throw new AppError('conflict');
        await setRules(directory, work, connection, toRules(rows));
      };
      await commit(response, save, { connectionId: connection.id });
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
    await commit(response, (work) => retryRuleRun(directory, work, connection), { connectionId: connection.id });
    response.redirect(303, `/admin/connections/${connection.id}#rules`);
  };

  const router = Router();
  router.get('/connections/:id/rules', showRules);
  router.post('/connections/:id/rules', own, may('connections.rules'), saveRules);
  router.post('/connections/:id/rules/preview', own, may('connections.rules'), preview);
  router.get('/connections/:id/rules/run', showRun);
  router.post('/connections/:id/rules/run/retry', own, may('connections.rules'), retryRun);
  return router;
}
