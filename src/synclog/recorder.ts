/**
 * Writes exchanges that changed nothing, in batches off the request's path, and the last use of tokens with them. What
 * changed something is written with the change and does not come here.
 */
import type { Exchange } from './exchange.ts';
import type { Handle } from './handle.ts';

export interface RecorderParts {
  readonly write: (work: (db: Handle) => Promise<void>) => Promise<void>;
  readonly insertExchanges: (db: Handle, exchanges: readonly Exchange[]) => Promise<void>;
  readonly touchTokens: (db: Handle, lastUsed: ReadonlyMap<string, number>) => Promise<void>;
  /** Longest queue; past it new exchanges of reads are counted and left out, so that reading cannot fill the memory. */
  readonly maxPending: number;
  readonly onDropped: (count: number) => void;
  readonly onError: (error: unknown) => void;
}

export interface ExchangeRecorder {
  record(exchange: Exchange): void;
  /** Notes that a token was used; written at most once a minute. */
  used(tokenId: string, at: number): void;
  pending(): number;
  /** Writes everything that waits. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Exchanges of one transaction: enough to make the commit cheap, few enough not to be felt by a write behind it. */
const BATCH = 2000;
/** How late an exchange that changed nothing may be in the log, and how much of them a killed process may lose. */
const INTERVAL_MS = 1000;
const TOUCH_EVERY_MS = 60_000;
/**
 * Requests that nobody vouches for (no known token) may come from anybody: past so many at once, and so many a second, they are
 * counted and left out, so that a stranger can fill neither the disk nor the log.
 */
const STRANGERS_AT_ONCE = 300;
const STRANGERS_PER_SECOND = 2;

export function createExchangeRecorder(parts: RecorderParts): ExchangeRecorder {
  let queue: Exchange[] = [];
  let writing: Promise<void> | undefined;
  const lastWritten = new Map<string, number>();
  let lastUsed = new Map<string, number>();
  const timer = setInterval(flushLater, INTERVAL_MS);
  timer.unref();

  let strangers = { left: STRANGERS_AT_ONCE, at: 0 };

  function isOneTooMany({ organizationId, at }: Exchange): boolean {
    if (organizationId !== null) return false;
    const refilled = (Math.max(0, at - strangers.at) / 1000) * STRANGERS_PER_SECOND;
    strangers = { left: Math.min(STRANGERS_AT_ONCE, strangers.left + refilled), at: Math.max(at, strangers.at) };
    if (strangers.left < 1) return true;
    strangers.left -= 1;
    return false;
  }

  async function writeBatch(): Promise<void> {
    const batch = queue.slice(0, BATCH);
    queue = queue.slice(BATCH);
    const touched = lastUsed;
    lastUsed = new Map();
    try {
      await parts.write(async (db) => {
        if (batch.length > 0) await parts.insertExchanges(db, batch);
        if (touched.size > 0) await parts.touchTokens(db, touched);
      });
    } catch (error) {
      // Kept for the next try, as long as there is room.
      queue = [...batch, ...queue].slice(0, parts.maxPending);
      parts.onError(error);
      throw error;
    }
  }

  /**
   * What waits now, not what comes meanwhile: under load that never ends, and each commit makes SQLite's readers forget the
   * pages that they hold.
   */
  async function drain(): Promise<void> {
    if (queue.length === 0 && lastUsed.size === 0) return;
    let left = queue.length;
    try {
      do {
        await writeBatch();
        left -= BATCH;
      } while (left > 0);
    } catch {
      // reported by writeBatch; the next interval tries again
    }
  }

  function start(): Promise<void> {
    writing = drain().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function flush(): Promise<void> {
    // What came after those under way began is not among them.
    await writing;
    await (writing ?? start());
  }

  function flushLater(): void {
    if (writing === undefined) void start();
  }

  return {
    record(exchange) {
      if (queue.length >= parts.maxPending || isOneTooMany(exchange)) {
        parts.onDropped(1);
        return;
      }
      queue.push(exchange);
      if (queue.length >= BATCH) flushLater();
    },
    used(tokenId, at) {
      if (at - (lastWritten.get(tokenId) ?? 0) < TOUCH_EVERY_MS) return;
      lastWritten.set(tokenId, at);
      lastUsed.set(tokenId, at);
    },
    pending: () => queue.length,
    flush,
    async close() {
      clearInterval(timer);
      await flush();
      await flush();
    },
  };
}
