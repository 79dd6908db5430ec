/**
 * Targets in the console: list, add, one with what went out and what was given up, dry run, drift and repair. Owns: these
 * pages. Does not own: targets (targets/). Called by console.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { authorize, isAllowed } from '../../directory/policy.ts';
import { AppError, isAppError } from '../../errors.ts';
import { tellNumber } from '../../numbers.ts';
import { retryParked } from '../../targets/again.ts';
import { findDrift } from '../../targets/drift.ts';
import { dryRun } from '../../targets/dry-run.ts';
import type { TargetParts } from '../../targets/parts.ts';
import { repairDrift } from '../../targets/repair.ts';
import { deadLettersOf, listTargets, parkedOf, pushesOf, statusOf, type TargetStatus } from '../../targets/status.ts';
import { TARGET_KINDS, type Target, type TargetKind } from '../../targets/target.ts';
import {
  changeTarget,
  createTarget,
  findTarget,
  removeTarget,
  rotateSigningSecret,
  setTargetState,
} from '../../targets/targets.ts';
import { testTarget } from '../../targets/testing.ts';
import { countOf } from '../../web/count-words.ts';
import { sendPage } from '../../web/page.ts';
import type { Ask, Question } from '../../web/question.ts';
import { fieldOf, fieldsOf } from '../forms.ts';
import { createRoom, type RoomParts } from '../room.ts';
import { askerOf } from '../visitor.ts';
import { renderDrift, renderDryRun } from './check-pages.ts';
import { renderNewTarget, renderTargetList } from './target-list.ts';
import { renderTargetPage } from './target-page.ts';
import { askToPause, askToRemove, askToRepair, askToRotate, parseChosen } from './target-questions.ts';

export interface TargetPagesParts extends RoomParts {
  readonly targets: TargetParts;
}

const SHOWN = 50;
const LOOKED_AT = 100;
const GRACE_HOURS = 24;

/** Where the one secret of the form goes, by kind. */
function secretsOf(
  kind: TargetKind,
  { auth }: Readonly<Record<string, unknown>>,
  secret: string,
): Readonly<Record<string, string>> {
  if (secret === '' || kind === 'webhook') return {};
  if (kind === 'wandb') return { apiKey: secret };
  return auth === 'oauth' ? { clientSecret: secret } : { token: secret };
}

function parseSettings(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new AppError('invalid_value', 'The settings are no JSON object.');
}

/** Ends what is under way when the browser goes away. */
function signalOf(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('The page was left.')));
  return gone.signal;
}

export function targetPages(parts: TargetPagesParts): Router {
  const { targets } = parts;
  const { may, own, asks, commit, formTokenOf, leadTo, toldHere } = createRoom(parts);
  const targetOf = (request: Request, response: Response): Promise<Target> =>
    findTarget(targets, askerOf(response), String(request.params.id));

  interface Outcome {
    readonly told?: readonly string[];
    readonly problem?: AppError;
    readonly secret?: string | undefined;
  }

  async function show(request: Request, response: Response, target: Target, outcome: Outcome = {}): Promise<void> {
    const asker = askerOf(response);
    const { told = [], problem, secret } = outcome;
    const page = renderTargetPage({
      ...{ told, now: targets.now(), formToken: formTokenOf(request, response) },
      status: await statusOf(targets, target),
      parked: await parkedOf(targets, asker, target, { after: '', limit: SHOWN }),
      dead: await deadLettersOf(targets, asker, target, { after: 0, limit: SHOWN }),
      pushes: await pushesOf(targets, asker, target, { beforeId: null, limit: SHOWN }),
      ...(secret === undefined ? {} : { secret }),
      ...(problem === undefined ? {} : { problem: problem.message }),
    });
    sendPage(response, problem?.status ?? 200, page);
  }

  /** A secret is shown in the answer and nowhere else. */
  const leads = (request: Request, response: Response, { id }: Target, { told = [], secret }: Outcome): boolean =>
    secret === undefined && leadTo(request, response, `/admin/targets/${id}`, told);

  /** Does something to a target and tells on its page what came of it. */
  const act = (run: (target: Target, request: Request, response: Response) => Promise<Outcome>): RequestHandler => {
    return async (request, response) => {
      const target = await targetOf(request, response);
      try {
        const outcome = await run(target, request, response);
        if (leads(request, response, target, outcome)) return;
        await show(request, response, await targetOf(request, response), outcome);
      } catch (error) {
        if (!isAppError(error) || error.code === 'internal') throw error;
        await show(request, response, target, { problem: error });
      }
    };
  };

  const create: RequestHandler = async (request, response) => {
    const [wanted, name, url] = ['kind', 'name', 'url'].map((field) => fieldOf(request, field)) as [
      string,
      string,
      string,
    ];
    const kind = TARGET_KINDS.find((one) => one === wanted) ?? 'scim';
    const input = { kind, name, settings: { url }, secrets: secretsOf(kind, {}, fieldOf(request, 'secret')) };
    try {
      const made = await commit(response, async (work) => {
        const asker = askerOf(response);
        const { target, signingSecret } = await createTarget(targets, work, asker, input);
        const paused =
          fieldOf(request, 'start') === 'active'
            ? target
            : await setTargetState(targets, work, asker, target, 'paused');
        return { target: paused, secret: signingSecret ?? undefined };
      });
      if (leads(request, response, made.target, made)) return;
      await show(request, response, made.target, { secret: made.secret });
    } catch (error) {
      if (!isAppError(error) || error.status >= 500) throw error;
      sendPage(
        response,
        error.status,
        renderNewTarget({ kind, name, url, problem: error.message }, formTokenOf(request, response)),
      );
    }
  };

  const setState = (state: Target['state']): RequestHandler =>
    act(async (target, _request, response) => {
      await commit(response, (work) => setTargetState(targets, work, askerOf(response), target, state));
      return {};
    });

  const change = act(async (target, request, response) => {
    const settings = parseSettings(fieldOf(request, 'settings'));
    const secrets = secretsOf(target.kind, { ...target.settings, ...settings }, fieldOf(request, 'secret'));
    const given = { settings, secrets };
    await commit(response, (work) => changeTarget(targets, work, askerOf(response), target, given));
    return { told: ['The settings were saved. Everything is compared with them, and pushed where it differs.'] };
  });

  const test = act(async (target, _request, response) => {
    const { ok, findings } = await testTarget(targets, askerOf(response), target, signalOf(response));
    return { told: [ok ? 'The test went well.' : 'The test did not go well.', ...findings] };
  });

  const retry = act(async (target, request, response) => {
    const subject = fieldOf(request, 'subject') || null;
    const count = await commit(response, (work) => retryParked(targets, work, askerOf(response), target, subject));
    return { told: [`${tellNumber(count)} will be tried again.`] };
  });

  const rotate = act(async (target, _request, response) => {
    const options = { graceMs: GRACE_HOURS * 3_600_000 };
    const secret = await commit(response, (work) =>
      rotateSigningSecret(targets, work, askerOf(response), target, options),
    );
    return { secret };
  });

  const repair = act(async (target, request, response) => {
    const chosen = new Set(fieldsOf(request, 'difference').map((text) => parseChosen(text).id));
    const asker = askerOf(response);
    // Found anew: what was shown may have been repaired or changed meanwhile.
    const { differences } = await findDrift(targets, asker, target, signalOf(response));
    const wanted = differences.filter(({ id }) => chosen.has(id));
    const count = await commit(response, (work) => repairDrift(targets, work, asker, target, wanted));
    return { told: [`${countOf(count, 'difference is', 'differences are')} being repaired.`] };
  });

  const asksOf = (ask: (status: TargetStatus, request: Request) => Question | undefined): Ask => {
    return async (request, response) => {
      authorize(askerOf(response), 'targets.change');
      return ask(await statusOf(targets, await targetOf(request, response)), request);
    };
  };
  const pausing = asksOf((status) => (status.target.state === 'paused' ? undefined : askToPause(status)));
  const rotating = asksOf((status) =>
    status.target.kind === 'webhook' ? askToRotate(status, GRACE_HOURS) : undefined,
  );
  const repairing = asksOf(({ target }, request) => {
    const chosen = fieldsOf(request, 'difference').map(parseChosen);
    return chosen.length === 0 ? undefined : askToRepair(target, chosen);
  });

  const router = Router();
  router.use('/targets', may('targets.read'));
  router.get('/targets', async (_request, response) => {
    const asker = askerOf(response);
    const all = await listTargets(targets, asker);
    sendPage(response, 200, renderTargetList(all, isAllowed(asker, 'targets.change'), targets.now()));
  });
  router.get('/targets/new', (request, response) => {
    sendPage(response, 200, renderNewTarget({ kind: 'wandb', name: '', url: '' }, formTokenOf(request, response)));
  });
  router.post('/targets', own, create);
  router.get('/targets/:id', async (request, response) =>
    show(request, response, await targetOf(request, response), { told: toldHere(request, response) }),
  );
  router.get('/targets/:id/dry-run', async (request, response) => {
    const target = await targetOf(request, response);
    const after = new URL(request.originalUrl, 'http://localhost').searchParams.get('after');
    const query = { limit: LOOKED_AT, ...(after === null ? {} : { after }) };
    sendPage(
      response,
      200,
      renderDryRun(target, await dryRun(targets, askerOf(response), target, query, signalOf(response))),
    );
  });
  router.get('/targets/:id/drift', async (request, response) => {
    const target = await targetOf(request, response);
    const drift = await findDrift(targets, askerOf(response), target, signalOf(response));
    sendPage(response, 200, renderDrift(target, drift, formTokenOf(request, response)));
  });
  router.post('/targets/:id/pause', own, asks(pausing), setState('paused'));
  router.post('/targets/:id/resume', own, setState('active'));
  router.post('/targets/:id/settings', own, change);
  router.post('/targets/:id/test', own, test);
  router.post('/targets/:id/retry', own, retry);
  router.post('/targets/:id/rotate', own, asks(rotating), rotate);
  router.post('/targets/:id/repair', own, asks(repairing), repair);
  router.post('/targets/:id/remove', own, asks(asksOf(askToRemove)), async (request, response) => {
    const target = await targetOf(request, response);
    await commit(response, (work) => removeTarget(targets, work, askerOf(response), target));
    response.redirect(303, '/admin/targets');
  });
  return router;
}
