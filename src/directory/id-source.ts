/** Ids for everything that is made here: UUIDv7 (RFC 9562), so that ids sort by the time of their making. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
/** Random bytes are fetched for so many ids at once: one system call an id would cost more than the id. */
const IDS = 256;

/**
 * Ids of one process sort in the order of their making, within a millisecond too: a counter that starts somewhere at random
 * in each (RFC 9562, section 6.2, method 1).
 */
/** @param clock epoch milliseconds */
export function createIdSource(clock: () => number = Date.now): () => string {
  const pool = new Uint8Array(BYTES * IDS);
  let used = pool.length;
  const rng = (): Uint8Array => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += BYTES;
    return pool.slice(used - BYTES, used);
  };
  let msecs = 0;
  let seq = 0;
  return () => {
    const random = rng();
    const now = clock();
    if (now > msecs) {
      msecs = now;
      // The upper half of the counter's range stays free, to count up into.
      seq = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
    } else {
      // A clock that was set back does not set the ids back.
      seq += 1;
    }
    return v7({ random, msecs, seq });
  };
}
