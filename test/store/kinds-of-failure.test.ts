/** Failures of targets from before they had kinds, on both engines. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { migrations } from '../../db/migrations/index.ts';
import { migrateDown, migrateUp } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const added = migrations.findIndex(({ name }) => name === '0017-kinds-of-failure');

describeEachEngine('failures of targets from before they had kinds', (open) => {
  it('keep what they said of a forbidden address', async () => {
    const engine = await open();
    await migrateDown(engine, migrations, migrations.length - added);
    const target = {
      organization_id: 'o',
      kind: 'scim',
      state: 'active',
      settings: '{}',
      sealed: '',
      feed_cursor: '0',
    };
    await engine.write(async (tx) => {
      await tx.insertInto('organizations').values({ id: 'o', name: 'o', settings: '{}', created_at: 1 }).execute();
      for (const [id, isForbidden] of Object.entries({ down: 0, forbidden: 1 })) {
        const row = { ...target, id, name: id, loaded_up_to: null, created_at: 1, updated_at: 1 };
        await tx.insertInto('targets').values(row).execute();
        await sql`insert into target_failures (target_id, since, last_at, tries, is_forbidden, reason)
          values (${id}, 1, 2, 3, ${isForbidden}, 'why')`.execute(tx);
      }
    });
    await migrateUp(engine, migrations);
    const { targetFailures, reader } = createStore(engine);
    const told = { since: 1, lastAt: 2, tries: 3, reason: 'why' };
    expect(await targetFailures.find(reader, 'down')).toMatchObject({ ...told, kind: 'unavailable' });
    expect(await targetFailures.find(reader, 'forbidden')).toMatchObject({ ...told, kind: 'forbidden' });
  });
});
