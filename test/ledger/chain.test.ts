/** The chain on both engines: whatever is changed in the database, verifying names the entry. */
import { type RawBuilder, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LedgerDraft } from '../../src/ledger/draft.ts';
import type { LedgerEntry } from '../../src/ledger/entry.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import type { Engine } from '../../src/store/engine.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const ORGANIZATION = 'organization-1';

function removed(userId: string, overrides: Partial<LedgerDraft> = {}): LedgerDraft {
  return {
    ...{ kind: 'removed', scope: 'organization', team: null, userId, cause: 'deleted', reason: null },
    actor: { kind: 'user', id: 'admin-1', name: 'Admin One' },
    held: { organizationRole: 'member', teams: [{ id: 't1', name: 'vision', role: 'member' }] },
    connectionId: 'c1',
    person: { userName: `${userId}@chain.example`, name: `Name ${userId}`, externalId: userId, email: null },
    ...overrides,
  };
}

describeEachEngine('the chain', (open) => {
  let engine: Engine;
  let store: Store;
  let ledger: Ledger;
  let serial = 0;
  beforeEach(async () => {
    engine = await open();
    store = createStore(engine);
    ledger = createLedger({
      ...{
        entries: store.ledger,
        removals: store.removals,
        digests: store.runDigests,
        jobs: store.jobs,
        asksTracker: false,
      },
      lockOrganization: async () => undefined,
      newId() {
        serial += 1;
        return `id-${String(serial).padStart(6, '0')}`;
      },
    });
  });

  const append = (drafts: readonly LedgerDraft[], at = 1_000) =>
    store.write((db) => ledger.append(db, ORGANIZATION, at, 'exchange-1', drafts));
  const verify = () => ledger.verify(store.reader, ORGANIZATION);
  const change = (statement: RawBuilder<unknown>) => engine.write((tx) => statement.execute(tx));

  async function fill(): Promise<readonly LedgerEntry[]> {
    const entries = await append(['a', 'b', 'c', 'd', 'e'].map((id) => removed(id)));
    const details = {
      ...{ tracker: 'wandb', known: true, runs: 1, firstRunAt: null, lastRunAt: null, failures: [] },
      projects: [{ team: 'vision', project: 'cats', runs: 1, digest: null, fingerprints: null }],
    };
    const third = entries[2] as LedgerEntry;
    const story = { kind: 'inventory_taken', removalId: third.id, person: null, details } as const;
    const [taken] = await append([removed('c', story)]);
    await store.write((db) => store.runDigests.insert(db, taken?.id ?? '', [{ fingerprints: null, runIds: null }]));
    return entries;
  }

  it('holds, entry by entry, from the first on', async () => {
    await fill();
    expect(await verify()).toMatchObject({ holds: true, checked: 6, firstBreak: null });
  });

  it('is whole when it is empty', async () => {
    expect(await verify()).toMatchObject({ holds: true, checked: 0, hash: '0'.repeat(64) });
  });

  describe('names the entry in which one byte was changed', () => {
    const at3 = sql`organization_id = ${ORGANIZATION} and position = 3`;
    it.each([
      {
        name: 'content',
        set: sql`content = replace(content, '"cause":"deleted"', '"cause":"Deleted"')`,
        says: 'its hash',
      },
      {
        name: 'content, in its white space',
        set: sql`content = replace(content, '{"actor"', '{ "actor"')`,
        says: 'its hash',
      },
      { name: 'hash', set: sql`hash = replace(hash, substr(hash, 1, 1), 'x')`, says: 'its hash' },
      { name: 'previous hash', set: sql`previous_hash = 'x' || substr(previous_hash, 2)`, says: 'entry before' },
      { name: 'personal data', set: sql`personal = replace(personal, 'Name c', 'Name C')`, says: 'commitment' },
      { name: 'personal data, taken away', set: sql`personal = null`, says: 'commitment' },
      { name: 'actor', set: sql`actor = replace(actor, 'Admin One', 'Admin Two')`, says: 'commitment' },
      { name: 'id', set: sql`id = 'other'`, says: 'columns' },
      { name: 'user', set: sql`user_id = 'z'`, says: 'columns' },
      { name: 'kind', set: sql`kind = 'returned'`, says: 'columns' },
      { name: 'scope', set: sql`scope = 'team'`, says: 'columns' },
      { name: 'team', set: sql`team_id = 't9'`, says: 'columns' },
      { name: 'time', set: sql`at = at + 1`, says: 'columns' },
      { name: 'exchange', set: sql`exchange_id = null`, says: 'columns' },
      { name: 'removal', set: sql`removal_id = 'other'`, says: 'columns' },
      { name: 'acting user', set: sql`actor_user_id = null`, says: 'columns' },
    ])('$name', async ({ set, says }) => {
      const entries = await fill();
      await change(sql`update ledger_entries set ${set} where ${at3}`);
      const { holds, checked, firstBreak } = await verify();
      expect({ holds, checked, position: firstBreak?.position }).toEqual({ holds: false, checked: 2, position: 3 });
      expect(firstBreak?.reason).toContain(says);
      expect([entries[2]?.id, 'other']).toContain(firstBreak?.id);
    });
  });

  it('names the first that is missing, or that was put in between', async () => {
    await fill();
    await change(sql`delete from ledger_entries where position = 4`);
    expect((await verify()).firstBreak).toMatchObject({ position: 5, reason: 'expected position 4, found 5' });
  });

  it('names an inventory whose fingerprints were changed, or taken away', async () => {
    await fill();
    await change(sql`update ledger_run_digests set fingerprints = 'AAAA'`);
    expect((await verify()).firstBreak).toMatchObject({
      position: 6,
      reason: expect.stringContaining('runs kept beside'),
    });
    await change(sql`delete from ledger_run_digests`);
    expect((await verify()).firstBreak).toMatchObject({ position: 6 });
  });

  describe('a checkpoint', () => {
    it('holds for every longer chain that goes through it', async () => {
      await fill();
      const point = await ledger.head(store.reader, ORGANIZATION);
      await append([removed('f')]);
      expect(await ledger.verify(store.reader, ORGANIZATION, point)).toMatchObject({ holds: true, checked: 7 });
    });

    it('finds a chain that was made anew, which looks whole by itself', async () => {
      await fill();
      const point = await ledger.head(store.reader, ORGANIZATION);
      for (const table of ['ledger_entries', 'ledger_removals', 'ledger_run_digests'])
        await change(sql.raw(`delete from ${table}`) as RawBuilder<unknown>);
      await fill();
      expect((await verify()).holds).toBe(true);
      expect((await ledger.verify(store.reader, ORGANIZATION, point)).firstBreak).toMatchObject({
        ...{ position: 6, reason: 'the checkpoint says another hash' },
      });
    });

    it('finds a chain that was cut off', async () => {
      await fill();
      const point = await ledger.head(store.reader, ORGANIZATION);
      await change(sql`delete from ledger_entries where position > 4`);
      expect((await verify()).holds).toBe(true);
      expect((await ledger.verify(store.reader, ORGANIZATION, point)).firstBreak).toMatchObject({
        ...{ position: 4, reason: 'the chain ends here, and had 6 entries when the checkpoint was taken' },
      });
    });
  });

  describe('an erasure', () => {
    const erase = (userId: string, pseudonym: string) =>
      store.write((db) => store.ledger.replaceNames(db, ORGANIZATION, userId, pseudonym));

    it('keeps the chain whole when the chain tells of it', async () => {
      const entries = await fill();
      expect(await erase('c', 'person-1')).toBe(1);
      const told = {
        kind: 'erased',
        removalId: entries[2]?.id ?? '',
        person: null,
        details: { pseudonym: 'person-1' },
      } as const;
      await append([removed('c', told)]);
      expect(await verify()).toMatchObject({ holds: true, checked: 7 });
    });

    it.each([
      { name: 'no entry tells of it', told: undefined },
      { name: 'the entry tells of another pseudonym', told: 'person-2' },
    ])('is a break when $name', async ({ told }) => {
      const entries = await fill();
      await erase('c', 'person-1');
      const draft = {
        kind: 'erased',
        removalId: entries[2]?.id ?? '',
        person: null,
        details: { pseudonym: told ?? '' },
      } as const;
      if (told !== undefined) await append([removed('c', draft)]);
      expect((await verify()).firstBreak).toMatchObject({
        position: 3,
        reason: expect.stringContaining('no entry tells'),
      });
    });

    it('of an admin takes their name from what they did to others, too', async () => {
      const entries = await fill();
      const [own] = await append([removed('admin-1', { actor: { kind: 'cli', id: null, name: 'command line' } })]);
      expect(await erase('admin-1', 'person-9')).toBe(1 + 6);
      const told = {
        kind: 'erased',
        removalId: own?.id ?? '',
        person: null,
        details: { pseudonym: 'person-9' },
      } as const;
      await append([removed('admin-1', { ...told, actor: { kind: 'cli', id: null, name: 'command line' } })]);
      expect(await verify()).toMatchObject({ holds: true, checked: 8 });
      const [first] = await store.ledger.story(store.reader, entries[0]?.id ?? '');
      expect(first?.actor).toBe('{"pseudonym":"person-9"}');
    });
  });

  it('adds nothing for a removal that is open, and nothing for a return from none', async () => {
    expect(await append([removed('a'), removed('a'), removed('b', { kind: 'returned' })])).toHaveLength(1);
    expect(await append([removed('a')])).toEqual([]);
    expect(await append([removed('a', { kind: 'returned' }), removed('a')])).toHaveLength(2);
    expect(await verify()).toMatchObject({ holds: true, checked: 3 });
  });
});
