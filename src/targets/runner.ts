/**
 * Keeps the targets of this process going: for each active one a reader of the change log and a worker on its queue.
 *
 * Owns: which of them run, and that changed settings take effect. Does not own: what they do (reader.ts,
 * subject-worker.ts). Several processes may run the same targets: positions are moved by comparison, subjects are worked
 * on under leases. Started by app/.
 */
import type { Worker, WorkerOptions } from '../jobs/worker.ts';
import { withoutErased } from './erased.ts';
import { FORBIDDEN_WAIT_MS } from './failing.ts';
import { type OpenTarget, openTarget } from './open.ts';
import type { TargetParts } from './parts.ts';
import { readOnce } from './reader.ts';
import { createSubjectHandler, isRemoved, type Patience, type PushTold } from './subject-worker.ts';
import { queueOf, type Target } from './target.ts';
import { clearUnopened, keepUnopened } from './unopened.ts';

export interface RunnerParts extends TargetParts {
  readonly startWorker: (options: WorkerOptions) => Worker;
  readonly onPush: (told: PushTold) => void;
  /** Pauses a target that wants to hear nothing more, on record. */
  readonly pause: (target: Target, reason: string) => Promise<void>;
  readonly onError: (error: unknown, target: Target | undefined) => void;
  /** How often to look for changes; default 500 ms. */
  readonly pollMs?: number;
  /** How long a subject waits for further changes; default 300 ms. */
  readonly gatherMs?: number;
  /** Subjects at a time, per target; default 48: most of the time a push waits, for the target or for a commit. */
  readonly concurrency?: number;
  readonly leaseMs?: number;
  readonly patience?: Patience;
}

export interface TargetRunner {
  /** Looks for changes now; resolves when what waited was read. */
  tick(): Promise<void>;
  /** Resolves when every change was read and nothing is due. For tests. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly open: OpenTarget;
  readonly worker: Worker;
  /** Subjects that wait, as last counted. */
  backlog: number;
}

const BACKLOG_EVERY_MS = 5_000;
/** Pushes a second to reckon with where the target has no limit. */
const SPEED_GUESS = 100;
const MEMBERS_WAIT_MAX_MS = 10 * 60_000;

export function createTargetRunner(parts: RunnerParts): TargetRunner {
  const { store, now, pollMs = 500, gatherMs = 300 } = parts;
  const running = new Map<string, Running>();
  /** Targets that the configuration forbids, or that cannot be opened: as they were, and when to try again. */
  const held = new Map<string, { readonly updatedAt: number; readonly until: number }>();
  const closing = new Set<Promise<void>>();
  let stopped = false;
  let ticking: Promise<void> | undefined;
  let countedAt = 0;
  const timer = setInterval(() => void tick(), pollMs);
  timer.unref();

  function tick(): Promise<void> {
    ticking ??= look()
      .catch((error: unknown) => parts.onError(error, undefined))
      .finally(() => {
        ticking = undefined;
      });
    return ticking;
  }

  async function look(): Promise<void> {
    if (stopped) return;
    const targets = await store.targets.all(store.reader);
    await closeOthers(targets);
    if (now() - countedAt >= BACKLOG_EVERY_MS) await countBacklog();
    for (const target of targets) {
      if (stopped || target.state !== 'active' || isHeld(target)) continue;
      try {
        const found = running.get(target.id) ?? (await start(target));
        if (found !== undefined) await follow(target, found);
      } catch (error) {
        if (!(await isRemoved(parts, target))) parts.onError(error, target);
      }
    }
  }

  /** Those that are gone, paused or changed; changed ones are opened anew. */
  async function closeOthers(targets: readonly Target[]): Promise<void> {
    const current = new Map(targets.map((target) => [target.id, target]));
    for (const [id, { open }] of running) {
      const target = current.get(id);
      if (target?.state !== 'active' || target.updatedAt !== open.target.updatedAt) await close(id);
    }
  }

  async function close(id: string): Promise<void> {
    const found = running.get(id);
    running.delete(id);
    await found?.worker.stop();
    await found?.open.close();
  }

  /** Called by a job of its worker, which ends only after that: not awaited. */
  function hold({ id, updatedAt }: Target): void {
    if (!running.has(id)) return;
    held.set(id, { updatedAt, until: now() + FORBIDDEN_WAIT_MS });
    const closed = close(id)
      .catch((error: unknown) => parts.onError(error, undefined))
      .finally(() => closing.delete(closed));
    closing.add(closed);
  }

  function isHeld({ id, updatedAt }: Target): boolean {
    const found = held.get(id);
    return found !== undefined && found.updatedAt === updatedAt && now() < found.until;
  }

  /** Undefined: it cannot be opened, which only a change of it or another configuration mends. */
  async function start(target: Target): Promise<Running | undefined> {
    const open = await tryToOpen(target);
    if (open === undefined) return undefined;
    const handle = createSubjectHandler({ ...parts, open, hold, gatherMs: () => membersWaitMs(target) });
    const worker = parts.startWorker({
      queue: queueOf(target.id),
      handle,
      concurrency: parts.concurrency ?? 48,
      pollMs,
      // How often a subject is tried is told by its refusals; a target that is down is waited for.
      maxAttempts: Number.POSITIVE_INFINITY,
      keepReason: async (db, { key }, reason) => (await withoutErased({ store, target }, db, { key, reason })).reason,
      ...(parts.leaseMs === undefined ? {} : { leaseMs: parts.leaseMs }),
    });
    const made: Running = { open, worker, backlog: 0 };
    running.set(target.id, made);
    held.delete(target.id);
    return made;
  }

  async function tryToOpen(target: Target): Promise<OpenTarget | undefined> {
    let open: OpenTarget;
    try {
      open = openTarget(parts, target);
    } catch (error) {
      await keepUnopened(parts, target, error);
      held.set(target.id, { updatedAt: target.updatedAt, until: Number.POSITIVE_INFINITY });
      parts.onError(error, target);
      return undefined;
    }
    await clearUnopened(parts, target);
    return open;
  }

  /** While many people wait, their teams wait for all of them, and are changed once. */
  function membersWaitMs({ id, settings }: Target): number {
    const backlog = running.get(id)?.backlog ?? 0;
    const perSecond = Number(settings.requestsPerSecond ?? 0) || SPEED_GUESS;
    return Math.min(MEMBERS_WAIT_MAX_MS, Math.max(gatherMs, Math.round((backlog / perSecond) * 1000)));
  }

  async function follow(target: Target, { open, worker }: Running): Promise<void> {
    const { adapter } = open;
    const wantsEvent = adapter.holds === 'events' ? adapter.events.wantsEvent : undefined;
    for (;;) {
      if (stopped) return;
      const current = await store.targets.findById(store.reader, target.id);
      if (current === undefined || current.state !== 'active') return;
      const before = current.cursor;
      const more = await readOnce({ store, now, gatherMs, wantsEvent }, current);
      if (current.loadedUpTo !== null) await countBacklog();
      const after = await store.targets.findById(store.reader, target.id);
      if (more || after?.cursor !== before) worker.wake();
      if (!more) return;
    }
  }

  async function countBacklog(): Promise<void> {
    countedAt = now();
    const counts = await store.jobs.counts(store.reader, null);
    for (const [id, each] of running) {
      each.backlog = counts.find(({ queue, state }) => queue === queueOf(id) && state === 'due')?.count ?? 0;
    }
  }

  /** On PostgreSQL a change can be read once every transaction that began before it is over, in any database there. */
  async function hasUnread(): Promise<boolean> {
    for (const id of running.keys()) {
      const target = await store.targets.findById(store.reader, id);
      if (target === undefined) continue;
      const { count } = await store.changeFeed.waiting(target.cursor, 1, target.organizationId);
      if (count > 0) return true;
    }
    return false;
  }

  return {
    tick,
    async idle() {
      for (let quiet = 0; quiet < 2; ) {
        await tick();
        await Promise.all([...running.values()].map(({ worker }) => worker.idle()));
        const counts = await store.jobs.counts(store.reader, null);
        const isDue = counts.some(({ queue, state }) => state === 'due' && running.has(queue.replace('target:', '')));
        const waits = isDue || (await hasUnread());
        quiet = waits ? 0 : quiet + 1;
        if (waits) await new Promise((done) => setTimeout(done, 20));
      }
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await ticking;
      await Promise.all([...[...running.keys()].map(close), ...closing]);
    },
  };
}
