/** Two processes on one PostgreSQL append to one chain, and their workers share the inventories. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LedgerRoom, openLedgerRoom } from '../ledger/ledger-room.ts';
import { type FakeWandb, fakeRuns, startFakeWandb } from '../support/fake-wandb.ts';
import { freshPostgresUrl, missingPostgres } from '../support/postgres.ts';
import { scimClient } from '../support/scim-client.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe.skipIf(missingPostgres() !== undefined)('two processes on one PostgreSQL', () => {
  let wandb: FakeWandb;
  let rooms: LedgerRoom[] = [];
  let databaseUrl = '';

  beforeAll(async () => {
    wandb = await startFakeWandb();
    databaseUrl = await freshPostgresUrl();
    const tracker = {
      TRACKER: 'wandb',
      TRACKER_URL: wandb.url,
      TRACKER_API_KEY: wandb.apiKey,
      TRACKER_RATE_LIMIT: '0',
    };
    const one = await openLedgerRoom('postgres', tracker, databaseUrl);
    rooms = [one, await openLedgerRoom('postgres', tracker, databaseUrl)];
  }, 60_000);
  afterAll(async () => {
    for (const room of rooms) await room.stop();
    await wandb.stop();
  });

  it('write one unbroken chain', { timeout: 60_000 }, async () => {
    const start = (prefix: string) =>
      promisify(execFile)(process.execPath, ['test/processes/append-removals.ts', databaseUrl, prefix, '150'], {
        cwd: ROOT,
      });
    await Promise.all([start('left-'), start('right-')]);
    const [room] = rooms;
    expect(await room?.ledger.verify('default')).toMatchObject({ firstBreak: null });
    const names =
      (await room?.ledger.list('default', { kinds: ['removed'], limit: 1_000 }))?.map(({ user }) => user) ?? [];
    expect(names).toHaveLength(300);
    // They took turns, and did not wait for each other's end.
    const turns = names.filter((name, index) => name[0] !== names[index - 1]?.[0]).length;
    expect(turns).toBeGreaterThan(5);
  });

  it('take each inventory once', { timeout: 60_000 }, async () => {
    const [one, two] = rooms;
    if (one === undefined || two === undefined) throw new Error('not started');
    // Both doors know the connection of the first.
    const doors = [one.client, scimClient({ ...one.connection, scimUrl: two.bridge.scimUrl })];
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const email = `p${index}@two.example`;
      wandb.addUser({ username: `p${index}`, email });
      wandb.addProject(`p${index}`, 'own', fakeRuns(`p${index}`, index + 1));
      ids.push(await one.client.user(email, { emails: [{ value: email, primary: true }] }));
    }
    await Promise.all(ids.map((id, index) => doors[index % 2]?.send('DELETE', `/Users/${id}`)));
    for (const [index, id] of ids.entries()) {
      expect((await one.until(id, ({ inventory }) => inventory === 'taken')).runs).toBe(index + 1);
      expect((await one.story(id)).map(({ kind }) => kind)).toEqual(['removed', 'inventory_taken']);
    }
    expect(await two.ledger.verify('default')).toMatchObject({ firstBreak: null });
  });
});
