/** The console's ports over the core. */
import { connectionPages } from '../console/connections/connection-pages.ts';
import type { OverviewFacts } from '../console/overview/facts.ts';
import type { ConsoleParts } from '../console/parts.ts';
import { peoplePages } from '../console/people/people-pages.ts';
import { removedPages } from '../console/removed/removed-pages.ts';
import { rolePages } from '../console/roles/role-pages.ts';
import { serviceAccountPages } from '../console/service-accounts/account-pages.ts';
import { teamPages } from '../console/teams/team-pages.ts';
import { createAvatarDrawing } from '../directory/avatar-image.ts';
import type { Logger } from '../ops/log.ts';
import { REFUSALS } from '../signin/refusals.ts';
import { createTimelineReader } from '../synclog/timeline.ts';
import type { BrowserParts } from './browser.ts';
import type { Core } from './core.ts';
import type { Running } from './running.ts';

const DAY_MS = 86_400_000;
/** Refused requests that are looked at for their causes. */
const MOST_REFUSALS = 5_000;

export function consoleParts(core: Core, running: Running, browser: BrowserParts, log: Logger): ConsoleParts {
  const { store, directory } = core;
  const { publicUrl } = browser.place;
  const room = { directory, cookies: browser.cookies, publicUrl };
  return {
    ...browser,
    syncLog: store.syncLog,
    timeline: createTimelineReader(store.timeline, store.reader),
    overview: { read: (organizationId) => readOverview(core, organizationId) },
    connections: {
      list: (organizationId) => store.connections.list(store.reader, organizationId),
      findToken: (organizationId, id) => store.connections.findToken(store.reader, organizationId, id),
    },
    people: {
      async find(organizationId, text) {
        const users = await store.users.search(store.reader, organizationId, text, 20);
        return users.map((user) => ({ id: user.id, name: user.displayName ?? user.userName }));
      },
    },
    rooms: [
      peoplePages({ ...room, limits: browser.limits, syncLog: store.syncLog }),
      teamPages({ ...room, drawAvatar: createAvatarDrawing() }),
      rolePages(room),
      serviceAccountPages(room),
      removedPages(room),
      connectionPages({ ...room, ownUrl: () => running.ownUrl }),
    ],
    explainRefusal,
    now: Date.now,
    publicUrl: running.publicUrl,
    stopping: running.stopping.signal,
    reportFault: (error) => log.error({ err: error }, 'a page failed'),
  };
}

/** A code of the sync log; `REFUSALS` knows those of sign-ins. */
function explainRefusal(code: string): ReturnType<ConsoleParts['explainRefusal']> {
  if (!Object.hasOwn(REFUSALS, code)) return undefined;
  const { cause, remedy } = REFUSALS[code as keyof typeof REFUSALS];
  return { meaning: cause, advice: remedy };
}

async function readOverview({ store, directory }: Core, organizationId: string): Promise<OverviewFacts> {
  const { reader } = store;
  const now = directory.now();
  const timeline = createTimelineReader(store.timeline, reader);
  const [connections, day, week, refusals, active, admins, jobs] = await Promise.all([
    store.connections.list(reader, organizationId),
    timeline.read({ organizationId, from: now - DAY_MS, until: now }),
    timeline.read({ organizationId, from: now - 7 * DAY_MS, until: now }),
    store.syncLog.refusals(organizationId, now - DAY_MS, MOST_REFUSALS),
    store.users.countActive(reader, organizationId),
    store.users.countActiveAdmins(reader, organizationId),
    store.jobs.counts(reader),
  ]);
  const facts = await Promise.all(
    connections.map(async (connection) => {
      const all = await store.connections.tokens(reader, connection.id);
      const tokens = all.filter((token) => token.revokedAt === null && (token.expiresAt ?? Infinity) > now);
      const used = all.flatMap(({ lastUsedAt }) => lastUsedAt ?? []);
      const managed = await store.connections.countManaged(reader, connection.id);
      return { connection, tokens, lastContactAt: used.length === 0 ? null : Math.max(...used), ...managed };
    }),
  );
  return { now, connections: facts, day, week, refusals, people: { active, admins, seats: directory.seats }, jobs };
}
