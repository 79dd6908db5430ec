/** Which removals are waiting for a look of the tracker: pages count them every two seconds while they wait. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';

export const askedRemovals: Migration = {
  name: '0015-asked-removals',
  async up(tx) {
    // Only those that wait stand in it, so that a removal writes nothing more. With the time, or SQLite reads each row for it.
    const index = `create index ledger_removals_asked on ledger_removals (organization_id, id, asked_at)
      where asked_at is not null`;
    await sql.raw(index).execute(tx);
  },
  async down(tx) {
    await sql.raw('drop index ledger_removals_asked').execute(tx);
  },
};
