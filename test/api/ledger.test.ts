/** The ledger over the API: what identity providers caused, and what admins make of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, apiClient } from '../support/api-client.ts';
import type { TestConnection } from '../support/bridge.ts';
import { makeAdmin, makeServiceKey } from '../support/keys.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

describeBridge(
  'the API of the ledger',
  (bridge) => {
    let admin: ApiClient;
    /** Erasing is for a person, and not for a script. */
    let person: ApiClient;
    let connection: TestConnection;
    let scim: ScimClient;

    beforeAll(async () => {
      const { secret } = await makeServiceKey(bridge());
      admin = apiClient(`${bridge().url}/api/v1`, secret);
      person = apiClient(`${bridge().url}/api/v1`, (await makeAdmin(bridge(), 'root@api.example')).secret);
      connection = await bridge().createConnection({ dialect: 'generic' });
      scim = scimClient(connection);
    });

    /** Somebody who left, by their user id and the id of their removal. */
    async function leaver(name: string): Promise<{ userId: string; removal: string }> {
      const userId = await scim.user(`${name}@api.example`, { displayName: name });
      await scim.group(`team-${name}`, [userId]);
      await scim.send('DELETE', `/Users/${userId}`);
      const { body } = await admin.get(`/ledger?person=${userId}&kind=removed`);
      return { userId, removal: body.items[0].removal.id };
    }

    it('lists who left and what came of it, a page at a time, narrowed by conditions', async () => {
      for (const name of ['one', 'two', 'three']) await leaver(name);
      const first = (await admin.get('/ledger?kind=removed&limit=2')).body;
      expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['three', 'two']);
      const second = (await admin.get(`/ledger?kind=removed&limit=2&cursor=${first.nextCursor}`)).body;
      expect(second.items.map(({ name }: { name: string }) => name)).toEqual(['one']);
      expect(second.nextCursor).toBeNull();
      expect(first.items[0]).toMatchObject({
        ...{ user: 'three@api.example', cause: 'deleted', scope: 'organization', by: { kind: 'connection' } },
        removal: { state: 'left', inventory: { state: 'waiting', runs: null }, hold: false, keepUntil: null },
      });
      for (const [query, count] of [
        ['person=two@api.example', 1],
        ['person=nobody@api.example', 0],
        ['hold=true', 0],
        ['missing=false', 3],
        ['state=returned', 0],
        ['inventory=none', 3],
        ['scope=team', 0],
        ['from=2999-01-01T00:00:00Z', 0],
      ] as const)
        expect([query, (await admin.get(`/ledger?kind=removed&${query}`)).body.items.length]).toEqual([query, count]);
    });

    it('has who removed somebody and why, and that they were brought back', async () => {
      const userId = await scim.user('by-admin@api.example');
      await person.delete(`/people/${userId}?reason=case%203`);
      await person.post(`/people/${userId}/reactivate`, { againstConnection: true });
      const { items } = (await admin.get(`/ledger?person=${userId}`)).body;
      expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['returned', 'removed']);
      expect(items[1]).toMatchObject({
        ...{ reason: 'case 3', by: { kind: 'user', name: 'root@api.example' }, removal: { state: 'returned' } },
      });
    });

    it('takes what a tracker reports, compares the next report, and shows the story', async () => {
      const { userId, removal } = await leaver('reported');
      const runIds = Array.from({ length: 340 }, (_, index) => `run-${index}`);
      const report = (ids: readonly string[]) =>
        admin.put('/inventories/reported@api.example', {
          projects: [{ team: 'team-reported', project: 'cats', runIds: ids }],
        });
      expect((await report(runIds)).body).toEqual({
        userId,
        removals: [{ removalId: removal, outcome: 'recorded', missing: 0 }],
      });
      expect((await report([...runIds.slice(12), 'another'])).body.removals).toEqual([
        { removalId: removal, outcome: 'compared', missing: 12 },
      ]);
      const { body } = await admin.get(`/ledger/${removal}`);
      expect(body).toMatchObject({
        held: { teams: [{ name: 'team-reported' }] },
        projects: [{ project: 'cats', runs: 340 }],
        removal: { verification: { state: 'missing', missing: 12 } },
      });
      expect(body.story.map(({ kind }: { kind: string }) => kind)).toEqual(['removed', 'inventory_taken', 'verified']);
      expect((await admin.get('/ledger?missing=true&kind=removed')).body.items).toHaveLength(1);
      expect((await admin.get(`/ledger/${removal}/work-list`)).body.items).toMatchObject([
        { project: 'cats', runIds: null },
      ]);
    });

    describe('a report is refused', () => {
      it.each([
        { fault: 'unknown-person', person: 'nobody', body: { projects: [] }, status: 404 },
        {
          fault: 'neither-runs-nor-ids',
          person: 'one@api.example',
          body: { projects: [{ project: 'cats' }] },
          status: 400,
        },
        {
          fault: 'negative',
          person: 'one@api.example',
          body: { projects: [{ project: 'cats', runs: -1 }] },
          status: 400,
        },
        { fault: 'unknown-field', person: 'one@api.example', body: { projects: [], run: 1 }, status: 400 },
      ])('$fault', async ({ person, body, status }) => {
        expect((await admin.put(`/inventories/${person}`, body)).status).toBe(status);
      });
    });

    it('places and lifts a hold, sets a retention, and hands over, each as it stands afterwards', async () => {
      const { removal } = await leaver('kept');
      const path = `/ledger/${removal}`;
      expect((await admin.put(`${path}/hold`, {})).status).toBe(400);
      expect((await admin.put(`${path}/hold`, { reason: 'case 7' })).body).toMatchObject({ id: removal, hold: true });
      expect((await person.post(`${path}/erase`, {})).status).toBe(409);
      expect((await admin.post(`${path}/hold/lift`, { reason: 'settled' })).body.hold).toBe(false);
      const until = '2031-01-01T00:00:00.000Z';
      expect((await admin.put(`${path}/retention`, { until })).body.keepUntil).toBe(until);
      const to = { kind: 'team', name: 'team-kept' };
      expect((await admin.put(`${path}/handover`, { to })).body.handover).toMatchObject({
        ...{ state: 'recorded', heir: { kind: 'team' } },
      });
      expect((await admin.post(`${path}/handover/undo`, {})).body.handover.state).toBe('undone');
      const { story } = (await admin.get(path)).body;
      expect(story.find(({ kind }: { kind: string }) => kind === 'hold_placed')).toMatchObject({
        ...{ reason: 'case 7', by: { kind: 'service_account' } },
      });
    });

    it('erases, and knows the person by a pseudonym only', async () => {
      const { userId, removal } = await leaver('forgotten');
      expect((await admin.post(`/ledger/${removal}/erase`, {})).status).toBe(403);
      const { pseudonym } = (await person.post(`/ledger/${removal}/erase`, {})).body;
      expect((await admin.get(`/ledger/${removal}`)).body).toMatchObject({ user: pseudonym, name: pseudonym, userId });
      expect((await admin.get('/ledger?person=forgotten@api.example')).body.items).toEqual([]);
      expect((await admin.get('/ledger/verification')).body).toMatchObject({ whole: true, firstBreak: null });
    });

    it('checks the chain, also against an earlier checkpoint', async () => {
      const { position, hash } = (await admin.get('/ledger/checkpoint')).body;
      await leaver('later');
      const check = async (query: string) => (await admin.get(`/ledger/verification${query}`)).body;
      expect(await check(`?position=${position}&hash=${hash}`)).toMatchObject({ whole: true, entries: position + 1 });
      expect(await check(`?position=${position}&hash=${'0'.repeat(64)}`)).toMatchObject({
        ...{ whole: false, firstBreak: { position, reason: 'the checkpoint says another hash' } },
      });
      expect((await admin.get(`/ledger/verification?position=${position}`)).status).toBe(400);
    });

    it('exports the entries that fulfil conditions, as the list does', async () => {
      const { userId, removal } = await leaver('narrowed');
      await admin.put(`/ledger/${removal}/hold`, { reason: 'case 7' });
      const kinds = async (query: string): Promise<string[]> => {
        const { text } = await admin.get(`/ledger/export?${query}`);
        return text === ''
          ? []
          : text
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line).kind);
      };
      expect(await kinds(`person=${userId}`)).toEqual(['removed', 'hold_placed']);
      expect(await kinds(`person=${userId}&kind=hold_placed&hold=true`)).toEqual(['hold_placed']);
      expect(await kinds('person=nobody')).toEqual([]);
      expect((await admin.get('/ledger/export?state=somewhere')).status).toBe(400);
    });

    it('exports the chain as JSON lines and as CSV, every entry in order', async () => {
      const { position } = (await admin.get('/ledger/checkpoint')).body;
      const lines = (await admin.get('/ledger/export')).text.trimEnd().split('\n');
      expect(lines).toHaveLength(position);
      expect(lines.map((line) => JSON.parse(line).position)).toEqual(lines.map((_, index) => index + 1));
      const csv = (await admin.get('/ledger/export?format=csv')).text.trimEnd().split('\n');
      expect(csv[0]).toMatch(/^position,at,kind,scope,team,userId,/);
    });

    it('has nobody to ask where the tracker reports by itself', async () => {
      expect(await admin.post('/ledger/verifications', {})).toMatchObject({ status: 409, body: { code: 'conflict' } });
    });
  },
  { TRACKER: 'reported' },
);
