/** Tokens are remembered between commits; what another process does to one counts from the next request on. */
import { expect, it } from 'vitest';
import type { Connection } from '../../src/directory/connections/connection.ts';
import { rotateToken, setConnectionState } from '../../src/directory/connections/connections.ts';
import { beginWork, finishWork, type Work } from '../../src/directory/work.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

const ACTOR = { kind: 'cli', id: null, name: 'test' } as const;

describeBridge('a token that the server knows well', (bridge) => {
  /** As the command line does it, over a database handle of its own. */
  async function elsewhere<T>(
    connection: { id: string; organizationId: string },
    run: (work: Work, found: Connection) => Promise<T>,
  ): Promise<T> {
    const { directory } = bridge().core;
    const { organizationId, id } = connection;
    const found = await directory.store.connections.find(directory.store.reader, organizationId, id);
    if (found === undefined) throw new Error('no connection');
    return directory.store.write(async (db) => {
      const work = beginWork(db, { organizationId, actor: ACTOR, exchangeId: null }, id, Date.now());
      const result = await run(work, found);
      await finishWork(directory, work);
      return result;
    });
  }

  it('opens nothing from the moment at which another process ended it', async () => {
    const connection = await bridge().createConnection({ dialect: 'okta' });
    const old = scimClient(connection);
    for (let round = 0; round < 5; round += 1) expect((await old.get('/Users')).status).toBe(200);
    const { token } = await elsewhere(connection, (work, found) =>
      rotateToken(bridge().core.directory, work, found, { graceMs: 0, expiresAt: null }),
    );
    expect((await old.get('/Users')).status).toBe(401);
    expect((await scimClient({ ...connection, token }).get('/Users')).status).toBe(200);
  });

  it('is answered 503 while another process has the connection paused, and served again after', async () => {
    const connection = await bridge().createConnection({ dialect: 'okta' });
    const client = scimClient(connection);
    const statuses = [];
    for (const state of ['active', 'paused', 'active', 'paused', 'active'] as const) {
      await elsewhere(connection, (work, found) => setConnectionState(bridge().core.directory, work, found, state));
      statuses.push((await client.get('/Users')).status, (await client.get('/Users')).status);
    }
    expect(statuses).toEqual([200, 200, 503, 503, 200, 200, 503, 503, 200, 200]);
  });

  it('expires at its time, without a commit in between', async () => {
    const connection = await bridge().createConnection({ dialect: 'okta' });
    const client = scimClient(connection);
    expect((await client.get('/Users')).status).toBe(200);
    await elsewhere(connection, (work, found) =>
      rotateToken(bridge().core.directory, work, found, { graceMs: 300, expiresAt: null }),
    );
    expect((await client.get('/Users')).status).toBe(200);
    await expect.poll(async () => (await client.get('/Users')).status, { timeout: 5000 }).toBe(401);
  });
});
