/** How many removals wait for a look of the tracker, on both engines. */
import { expect, it } from 'vitest';
import { createStore } from '../../src/store/store.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const row = (id: string, organizationId: string) => ({
  ...{ id, organization_id: organizationId, position: 1, user_id: id, scope: 'organization', cause: 'deleted', at: 1 },
  ...{ held_teams: '[]', state: 'left', missing: 0, hold: 0, last_position: 1 },
});

describeEachEngine('removals that wait for a look', (open) => {
  it('are counted, of their organization only, and no further than is asked', async () => {
    const engine = await open();
    const { removals, reader, write } = createStore(engine);
    const rows = ['a', 'b', 'c', 'd'].map((id) => row(id, 'one'));
    await engine.write((tx) =>
      tx
        .insertInto('ledger_removals')
        .values([...rows, row('e', 'other')] as never)
        .execute(),
    );
    await write((db) => removals.askVerification(db, ['a', 'b', 'c', 'e'], 5));
    expect(await removals.countAsked(reader, 'one', 10)).toBe(3);
    expect(await removals.countAsked(reader, 'one', 2)).toBe(2);
    expect(await removals.countAsked(reader, 'nobody', 10)).toBe(0);
    await write((db) => removals.askVerification(db, ['a', 'b', 'c'], null));
    expect(await removals.countAsked(reader, 'one', 10)).toBe(0);
  });
});
