/** Tokens of tests from before they were marked, on both engines. */
import { expect, it } from 'vitest';
import { migrations } from '../../db/migrations/index.ts';
import { migrateDown, migrateUp } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const added = migrations.findIndex(({ name }) => name === '0016-test-tokens');

const token = (id: string, expiresAt: number | null, revokedAt: number | null) => ({
  ...{ id, connection_id: 'c', organization_id: 'o', hash: id, hint: id, created_at: 1_000, last_used_at: null },
  ...{ expires_at: expiresAt, revoked_at: revokedAt },
});

describeEachEngine('tokens of tests from before', (open) => {
  it('are marked; one that was rotated or ended within its first minute is not', async () => {
    const engine = await open();
    await migrateDown(engine, migrations, migrations.length - added);
    const at = { created_at: 1, updated_at: 1 };
    await engine.write(async (tx) => {
      await tx.insertInto('organizations').values({ id: 'o', name: 'o', settings: '{}', created_at: 1 }).execute();
      const connection = {
        ...{ id: 'c', organization_id: 'o', name: 'c', dialect: 'okta' },
        state: 'active',
        rules: '{}',
      };
      await tx
        .insertInto('connections')
        .values({ ...connection, ...at })
        .execute();
      const tokens = [
        token('lasting', null, null),
        token('rotated', 1_500, null),
        token('ended', null, 1_500),
        token('test', 60_990, 2_000),
      ];
      await tx
        .insertInto('connection_tokens')
        .values(tokens as never)
        .execute();
    });
    await migrateUp(engine, migrations);
    const { connections, reader } = createStore(engine);
    expect((await connections.tokens(reader, 'c')).map(({ id }) => id)).toEqual(['ended', 'lasting', 'rotated']);
    expect(await connections.findToken(reader, 'o', 'test')).toBeDefined();
  });
});
