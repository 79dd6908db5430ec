/** What is kept of the runs that an inventory found, in SQL. */
import { sql } from 'kysely';
import type { RunDigest } from '../ledger/inventory/run-digest.ts';
import type { RunDigestStore } from '../ledger/store.ts';
import { databaseOf } from './statement.ts';

export function createRunDigestStore(): RunDigestStore {
  return {
    async insert(db, entryId, digests) {
      for (const [number, { fingerprints, runIds }] of digests.entries()) {
        await databaseOf(db)
          .insertInto('ledger_run_digests')
          .values({ entry_id: entryId, number, fingerprints, run_ids: runIds })
          .execute();
      }
    },
    async ofEntry(db, entryId) {
      const statement = sql<RunDigest>`select fingerprints, run_ids as "runIds" from ledger_run_digests
        where entry_id = ${entryId} order by number`;
      return (await statement.execute(databaseOf(db))).rows;
    },
  };
}
