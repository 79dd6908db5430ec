/** Ids for everything that is made here: UUIDv7 (RFC 9562), so that ids sort by the time of their making. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
/** Random bytes are fetched for so many ids at once: one system call an id would cost more than the id. */
const IDS = 256;

export function createIdSource(): () => string {
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
  return () => v7({ rng });
}
