/** Several servers on one PostgreSQL: what one writes the other sees, and nothing is lost between them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { freshPostgresUrl } from '../support/postgres.ts';
import { memberIds, type ScimClient, scimClient } from '../support/scim-client.ts';

describe('two servers on one PostgreSQL', () => {
  let bridges: TestBridge[] = [];
  let clients: [ScimClient, ScimClient];

  beforeAll(async () => {
    const databaseUrl = await freshPostgresUrl();
    // Both at once: the migrations have to run exactly once.
    const [one, two] = await Promise.all([
      startBridge({ engine: 'postgres', databaseUrl }),
      startBridge({ engine: 'postgres', databaseUrl }),
    ]);
    bridges = [one, two];
    const { token } = await one.createConnection({ dialect: 'generic' });
    clients = [scimClient({ scimUrl: one.scimUrl, token }), scimClient({ scimUrl: two.scimUrl, token })];
  }, 60_000);

  afterAll(async () => {
    for (const bridge of bridges) await bridge.stop();
  });

  it('makes one default organization', async () => {
    const { store } = bridges[0]?.core ?? {};
    expect((await store?.organizations.list(store.reader))?.map(({ name }) => name)).toEqual(['default']);
  });

  it('sees at the one what was written at the other', async () => {
    const [here, there] = clients;
    const id = await here.user('shared@two.example');
    expect((await there.get(`/Users/${id}`)).body.userName).toBe('shared@two.example');
    await there.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'Seen' });
    expect((await here.get(`/Users/${id}`)).body.title).toBe('Seen');
  });

  it('loses no member when both change one group', async () => {
    const [here, there] = clients;
    const ids = await Promise.all(Array.from({ length: 60 }, (_, index) => here.user(`m${index}@two.example`)));
    const groupId = await here.group('Shared');
    const answers = await Promise.all(
      ids.map((value, index) =>
        (index % 2 === 0 ? here : there).patch(`/Groups/${groupId}`, {
          op: 'add',
          path: 'members',
          value: [{ value }],
        }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await memberIds(there, groupId)).toEqual(ids.toSorted());
  });

  it('creates one userName once, wherever it is asked for', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        clients[index % 2 === 0 ? 0 : 1].send('POST', '/Users', { userName: 'once@two.example' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it('keeps one unbroken ledger while both remove people', async () => {
    const [here, there] = clients;
    const ids = await Promise.all(Array.from({ length: 30 }, (_, index) => here.user(`leaver${index}@two.example`)));
    await Promise.all(ids.map((id, index) => (index % 2 === 0 ? here : there).send('DELETE', `/Users/${id}`)));
    const { directory } = bridges[0]?.core ?? {};
    const organization = await directory?.store.organizations.find(directory.store.reader, 'default');
    const check = await directory?.ledger.verify(directory.store.reader, organization?.id ?? '');
    expect(check).toMatchObject({ holds: true, checked: 30, firstBreak: null });
  });
});
