/**
 * Removed people in the console: the ledger, one removal with its story, holds, retention, handing over, verification,
 * exports. Owns: these pages. Does not own: the ledger (ledger/, directory/). Called by console.ts.
 */
import { stringify } from 'csv-stringify/sync';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { createTellBreak } from '../../directory/removals/broken-chain.ts';
import { erasePerson } from '../../directory/removals/erasure.ts';
import { findHeirRef, handOver, readWorkList, undoHandover } from '../../directory/removals/handovers.ts';
import { requestVerification } from '../../directory/removals/inventories.ts';
import { liftHold, placeHold, setRetention } from '../../directory/removals/keeping.ts';
import { listLedger, readStory } from '../../directory/removals/ledger-view.ts';
import type { Work } from '../../directory/work.ts';
import { AppError, isAppError } from '../../errors.ts';
import { keepStanding } from '../../ledger/chain-watch.ts';
import type { Removal } from '../../ledger/removal.ts';
import { toCell } from '../../synclog/export.ts';
import { sendPage } from '../../web/page.ts';
import { fieldOf } from '../forms.ts';
import { createRoom, type RoomParts } from '../room.ts';
import { organizationOf } from '../visitor.ts';
import { renderChainPage } from './chain-page.ts';
import { heirKindOf, nameOfHeir, removalQuestions, untilOf } from './removal-asking.ts';
import { renderRemovalPage } from './removal-page.ts';
import { exportLedger } from './removed-export.ts';
import { parseRemovedFilter, readConditions } from './removed-filter.ts';
import { MOST_COUNTED, renderProgress, renderRemovedList } from './removed-list.ts';

const PAGE = 50;

export function removedPages(parts: RoomParts): Router {
  const { directory } = parts;
  const { store, ledger } = directory;
  const { may, own, asks, commit, formTokenOf } = createRoom(parts);
  const canAsk = directory.tracker?.canBeAsked === true;
  const standingParts = { standings: store.chainStandings, tellBreak: createTellBreak(directory) };

  async function waitingIn(organizationId: string): Promise<number> {
    return canAsk ? store.removals.countAsked(store.reader, organizationId, MOST_COUNTED + 1) : 0;
  }

  async function removalOf(request: Request, response: Response): Promise<Removal> {
    const found = await store.removals.find(store.reader, organizationOf(response), String(request.params.id));
    if (found === undefined) throw new AppError('not_found', 'There is no such removal.');
    return found;
  }

  const list: RequestHandler = async (request, response) => {
    const organizationId = organizationOf(response);
    const parameters = new URL(request.originalUrl, 'http://localhost').searchParams;
    const filter = parseRemovedFilter(parameters);
    const conditions = await readConditions(directory, organizationId, filter);
    const before = Number(parameters.get('before') ?? Number.NaN);
    const place = Number.isSafeInteger(before) ? { before } : {};
    const query = { kinds: ['removed'] as const, ...conditions, ...place, limit: PAGE + 1 };
    const found = conditions.userIds?.length === 0 ? [] : await listLedger(directory, organizationId, query);
    const { position } = await ledger.head(store.reader, organizationId);
    const page = renderRemovedList({
      ...{ filter, lines: found.slice(0, PAGE), hasOlder: found.length > PAGE, isFirst: !Number.isSafeInteger(before) },
      ...{ entries: position, canAsk, waiting: await waitingIn(organizationId), now: directory.now() },
      formToken: formTokenOf(request, response),
    });
    sendPage(response, 200, page);
  };

  async function show(request: Request, response: Response, removal: Removal, problem?: AppError): Promise<void> {
    const story = await readStory(directory, removal);
    const ref = story.removal.handover.heir;
    const name = ref === null ? null : await nameOfHeir(directory, removal.organizationId, ref);
    const page = renderRemovalPage({
      ...{ story, heir: name, canAsk, now: directory.now(), formToken: formTokenOf(request, response) },
      ...(problem === undefined ? {} : { problem: problem.message }),
    });
    sendPage(response, problem?.status ?? 200, page);
  }

  /** One use-case on one removal; a refusal is told on its page. */
  const change = (run: (work: Work, removal: Removal, request: Request) => Promise<unknown>): RequestHandler => {
    return async (request, response) => {
      const removal = await removalOf(request, response);
      try {
        await commit(response, (work) => run(work, removal, request));
      } catch (error) {
        if (!isAppError(error) || error.status >= 500) throw error;
        return show(request, response, removal, error);
      }
      response.redirect(303, `/admin/removed/${removal.id}`);
    };
  };

  const reasonIn = (request: Request): string | null => fieldOf(request, 'reason') || null;

  const verify: RequestHandler = async (_request, response) => {
    const organizationId = organizationOf(response);
    const check = await ledger.verify(store.reader, organizationId);
    await store.write((db) => keepStanding(standingParts, db, organizationId, check, directory.now()));
    sendPage(response, 200, renderChainPage(check, directory.now()));
  };

  const checkpoint: RequestHandler = async (_request, response) => {
    const organization = organizationOf(response);
    const at = new Date(directory.now()).toISOString();
    response
      .attachment('ledger-checkpoint.json')
      .json({ organization, ...(await ledger.head(store.reader, organization)), at });
  };

  const workList: RequestHandler = async (request, response) => {
    const items = await readWorkList(directory, await removalOf(request, response));
    const rows = items.map(({ team, project, runs, runIds }) =>
      [team, project, runs, runIds?.join(' ') ?? ''].map(toCell),
    );
    response.attachment('work-list.csv').type('text/csv; charset=utf-8');
    response.send(stringify([['team', 'project', 'runs', 'run ids'], ...rows]));
  };

  const reverifyAll: RequestHandler = async (_request, response) => {
    await commit(response, (work) => requestVerification(directory, work));
    response.redirect(303, '/admin/removed');
  };

  const { liftingHold, shortening, handingOver, takingBack, erasing } = removalQuestions(directory, removalOf);
  const router = Router();
  const changing = [own, may('ledger.change')];
  router.use('/removed', may('ledger.read'));
  router.get('/removed', list);
  router.get('/removed/progress', async (_request, response) => {
    response.type('html').send(renderProgress(await waitingIn(organizationOf(response))).toString());
  });
  router.get('/removed/export.csv', exportLedger(directory, 'csv'));
  router.get('/removed/export.jsonl', exportLedger(directory, 'jsonl'));
  router.get('/removed/checkpoint.json', checkpoint);
  router.post('/removed/verify', own, verify);
  router.post('/removed/reverify', changing, reverifyAll);
  router.get('/removed/:id', async (request, response) => show(request, response, await removalOf(request, response)));
  router.get('/removed/:id/work-list.csv', workList);
  router.post(
    '/removed/:id/reverify',
    changing,
    change((work, removal) => requestVerification(directory, work, removal)),
  );
  router.post(
    '/removed/:id/hold',
    changing,
    change((work, { id }, request) => placeHold(directory, work, id, fieldOf(request, 'reason'))),
  );
  router.post(
    '/removed/:id/lift-hold',
    changing,
    asks(liftingHold),
    change((work, { id }, request) => liftHold(directory, work, id, fieldOf(request, 'reason'))),
  );
  router.post(
    '/removed/:id/retention',
    changing,
    asks(shortening),
    change((work, { id }, request) => setRetention(directory, work, id, untilOf(request), reasonIn(request))),
  );
  router.post(
    '/removed/:id/hand-over',
    changing,
    asks(handingOver),
    change(async (work, { id, organizationId }, request) => {
      const heir = await findHeirRef(directory, organizationId, heirKindOf(request), fieldOf(request, 'heir'));
      await handOver(directory, work, id, heir, reasonIn(request));
    }),
  );
  router.post(
    '/removed/:id/undo-hand-over',
    changing,
    asks(takingBack),
    change((work, { id }, request) => undoHandover(directory, work, id, reasonIn(request))),
  );
  router.post(
    '/removed/:id/erase',
    own,
    may('ledger.erase'),
    asks(erasing),
    change((work, { userId }, request) => erasePerson(directory, work, userId, reasonIn(request))),
  );
  return router;
}
