/** The console's ports over the core. */
import type { OverviewFacts } from '../console/overview/facts.ts';
import type { ConsoleParts } from '../console/parts.ts';
import type { SentPush } from '../console/targets/push-table.ts';
import { isLiveToken, lastContactOf } from '../directory/connections/connection.ts';
import { isAllowed } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import { REFUSALS } from '../signin/refusals.ts';
import { createTimelineReader } from '../synclog/timeline.ts';
import type { TargetParts } from '../targets/parts.ts';
import { pushesOfExchange, statusOf } from '../targets/status.ts';
import { consoleRooms } from './console-rooms.ts';
import type { Core } from './core.ts';
import type { PeopleDoors } from './door-parts.ts';

const DAY_MS = 86_400_000;
/** Refused requests that are looked at for their causes. */
const MOST_REFUSALS = 5_000;

export function consoleParts(doors: PeopleDoors, targets: TargetParts): ConsoleParts {
  const { core, running, browser, log } = doors;
  const { store, directory } = core;
  return {
    ...browser,
    syncLog: store.syncLog,
    timeline: createTimelineReader(store.timeline, store.reader),
    overview: { read: (organizationId) => readOverview(core, targets, organizationId) },
    connections: {
      list: (organizationId) => store.connections.list(store.reader, organizationId),
      findToken: (organizationId, id) => store.connections.findToken(store.reader, organizationId, id),
    },
    people: {
      async find(organizationId, text, limit) {
        const users = await store.users.search(store.reader, organizationId, text, limit);
        return users.map(({ id, displayName, userName }) => ({ id, name: displayName ?? userName, userName }));
      },
    },
    sentBecauseOf: (asker, exchangeId) => findSent(targets, asker, exchangeId),
    rooms: consoleRooms(doors, targets),
    explainRefusal,
    now: directory.now,
    publicUrl: running.publicUrl,
    stopping: running.stopping.signal,
    reportFault: (error) => log.error({ err: error }, 'a page failed'),
  };
}

async function findSent(targets: TargetParts, asker: Principal, exchangeId: string): Promise<readonly SentPush[]> {
  if (!isAllowed(asker, 'targets.read')) return [];
  const pushes = await pushesOfExchange(targets, asker, exchangeId);
  if (pushes.length === 0) return [];
  const all = await targets.store.targets.list(targets.store.reader, asker.organizationId);
  const names = new Map(all.map(({ id, name }) => [id, name]));
  return pushes.map((push) => ({ push, target: names.get(push.targetId) ?? push.targetId }));
}

/** A code of the sync log; `REFUSALS` knows those of sign-ins. */
function explainRefusal(code: string): ReturnType<ConsoleParts['explainRefusal']> {
  if (!Object.hasOwn(REFUSALS, code)) return undefined;
  const { cause, remedy } = REFUSALS[code as keyof typeof REFUSALS];
  return { meaning: cause, advice: remedy };
}

/** Enough to say that there are more than are named. */
const SOME_MAILS = 4;

async function readOverview(core: Core, parts: TargetParts, organizationId: string): Promise<OverviewFacts> {
  const { store, directory } = core;
  const { reader } = store;
  const now = directory.now();
  const timeline = createTimelineReader(store.timeline, reader);
  const [connections, day, week, refusals, active, admins, trouble, chain, failedMails, targets] = await Promise.all([
    store.connections.list(reader, organizationId),
    timeline.read({ organizationId, from: now - DAY_MS, until: now }),
    timeline.read({ organizationId, from: now - 7 * DAY_MS, until: now }),
    store.syncLog.refusals(organizationId, now - DAY_MS, MOST_REFUSALS),
    store.users.countActive(reader, organizationId),
    store.users.countActiveAdmins(reader, organizationId),
    store.removals.trouble(reader, organizationId),
    store.chainStandings.read(reader, organizationId),
    store.mails.failed(reader, organizationId, SOME_MAILS),
    statusesOf(parts, organizationId),
  ]);
  const facts = await Promise.all(
    connections.map(async (connection) => {
      const all = await store.connections.tokens(reader, connection.id);
      const tokens = all.filter((token) => isLiveToken(token, now));
      const managed = await store.connections.countManaged(reader, connection.id);
      return { connection, tokens, lastContactAt: lastContactOf(all), ...managed };
    }),
  );
  const people = { active, admins, seats: directory.seats };
  const ledger = { ...trouble, chain };
  return { now, connections: facts, day, week, refusals, people, ledger, targets, failedMails };
}

async function statusesOf(parts: TargetParts, organizationId: string): Promise<OverviewFacts['targets']> {
  const targets = await parts.store.targets.list(parts.store.reader, organizationId);
  return Promise.all(targets.map((target) => statusOf(parts, target)));
}
