/** What the doors for browsers are given: the address, cookies, who is behind a session. */
import { findOrganization } from '../directory/connections/organizations.ts';
import { findSession, isDueForTouch, type SessionLimits } from '../directory/entry/sessions.ts';
import type { Logger } from '../ops/log.ts';
import { type Cookies, createCookies } from '../web/cookies.ts';
import type { Place } from '../web/notice.ts';
import type { SessionFinder } from '../web/visitor.ts';
import type { Core } from './core.ts';
import type { Running } from './running.ts';

export interface BrowserParts {
  readonly place: Place;
  readonly cookies: Cookies;
  readonly limits: SessionLimits;
  readonly sessions: SessionFinder;
  /** Id of the organization that the connectors of the environment sign in to. */
  readonly organization: () => Promise<string>;
}

export function createBrowserParts(core: Core, running: Running, log: Logger): BrowserParts {
  const { config, directory } = core;
  const place: Place = { publicUrl: () => running.publicUrl, publicUrlGiven: config.server.publicUrlGiven };
  const limits = { lengthMs: config.sessionHours * 3_600_000, idleMs: config.sessionIdleMinutes * 60_000 };
  let organizationId: string | undefined;
  return {
    place,
    limits,
    cookies: createCookies(place.publicUrl),
    sessions: createSessionFinder(core, limits, log),
    async organization() {
      organizationId ??= (await findOrganization(directory, 'default')).id;
      return organizationId;
    },
  };
}

/** The last use is written beside the request, once a minute for a session, whatever comes in at the same moment. */
function createSessionFinder({ store, directory }: Core, limits: SessionLimits, log: Logger): SessionFinder {
  const touching = new Set<string>();

  async function touch(id: string, userId: string): Promise<void> {
    touching.add(id);
    try {
      await store.write(async (db) => {
        await store.sessions.touch(db, id, directory.now());
        await store.persons.touch(db, userId, directory.now());
      });
    } catch (error) {
      log.warn({ err: error }, 'the last use of a session could not be written');
    } finally {
      touching.delete(id);
    }
  }

  return {
    async find(token) {
      const found = await findSession(directory, limits, token);
      if (found === undefined) return undefined;
      const { session, user } = found;
      if (isDueForTouch(session, directory.now()) && !touching.has(session.id)) void touch(session.id, user.id);
      return found;
    },
  };
}
