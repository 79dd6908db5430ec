/** Two organizations with two connections each: nothing of one is visible to another's token. */
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

interface Side {
  readonly client: ScimClient;
  readonly userId: string;
  readonly groupId: string;
}

const UNKNOWN = '00000000-0000-7000-8000-000000000000';

describeBridge('isolation of connections and organizations', (bridge) => {
  const sides: Side[] = [];

  beforeAll(async () => {
    for (const name of ['red', 'blue']) {
      const organizationId = (await bridge().createOrganization(name)).id;
      for (const dialect of ['okta', 'entra'] as const) {
        const client = scimClient(
          await bridge().createConnection({ dialect, organizationId, name: `${name} ${dialect}` }),
        );
        const userId = await client.user('ada@shared.example', { externalId: 'ada' });
        const groupId = await client.group('Vision', [userId]);
        sides.push({ client, userId, groupId });
      }
    }
  });

  function pairs(): [Side, Side][] {
    return sides.flatMap((own) => sides.filter((other) => other !== own).map((other): [Side, Side] => [own, other]));
  }

  it('lets every connection have the same userName, externalId and group name', () => {
    expect(new Set(sides.map((side) => side.userId)).size).toBe(4);
    expect(new Set(sides.map((side) => side.groupId)).size).toBe(4);
  });

  it('lists, counts and finds its own only', async () => {
    for (const { client, userId, groupId } of sides) {
      for (const path of [
        '/Users',
        '/Users?filter=userName eq "ada@shared.example"',
        '/Users?filter=externalId eq "ada"',
        '/Users?cursor=',
      ]) {
        const { body } = await client.get(path);
        expect(body.totalResults).toBe(1);
        expect(body.Resources.map((user: { id: string }) => user.id)).toEqual([userId]);
      }
      for (const path of ['/Groups', '/Groups?filter=displayName eq "Vision"']) {
        const { body } = await client.get(path);
        expect(body.Resources.map((group: { id: string }) => group.id)).toEqual([groupId]);
      }
    }
  });

  it("answers another connection's id exactly as an unknown id", async () => {
    const patch = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'displayName', value: 'x' }],
    };
    for (const [{ client }, other] of pairs()) {
      for (const [type, id] of [
        ['Users', other.userId],
        ['Groups', other.groupId],
      ] as const) {
        for (const [method, body] of [
          ['GET', undefined],
          ['DELETE', undefined],
          ['PATCH', patch],
        ] as const) {
          const foreign = await client.send(method, `/${type}/${id}`, body);
          const unknown = await client.send(method, `/${type}/${UNKNOWN}`, body);
          expect(foreign.status).toBe(404);
          expect(foreign.text.replaceAll(id, UNKNOWN)).toBe(unknown.text);
        }
      }
    }
  });

  it("cannot make another connection's user a member, and the refusal does not tell that the id exists", async () => {
    for (const [{ client, groupId }, other] of pairs()) {
      const add = (value: string) =>
        client.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value }] });
      const [foreign, unknown] = [await add(other.userId), await add(UNKNOWN)];
      expect(foreign.status).toBe(400);
      expect(foreign.text.replaceAll(other.userId, UNKNOWN)).toBe(unknown.text);
    }
  });

  it("does not open another connection's cursor", async () => {
    const [own, other] = sides;
    for (let index = 0; index < 3; index += 1) await own?.client.user(`extra-${index}@shared.example`);
    const { body } = (await own?.client.get('/Users?cursor=&count=1')) ?? { body: {} };
    expect(typeof body.nextCursor).toBe('string');
    const answer = await other?.client.get(`/Users?cursor=${body.nextCursor}&count=1`);
    expect([answer?.status, answer?.body.scimType]).toEqual([400, 'invalidCursor']);
  });

  it("shows an organization's admins none of the other's exchanges and changes", async () => {
    const { store } = bridge().core;
    const [red, blue] = await Promise.all(['red', 'blue'].map((name) => store.organizations.find(store.reader, name)));
    const exchanges = await store.syncLog.listExchanges({ organizationId: red?.id ?? '', limit: 1000 });
    expect(exchanges.length).toBeGreaterThan(0);
    expect(new Set(exchanges.map((exchange) => exchange.organizationId))).toEqual(new Set([red?.id]));
    const foreign = (await store.syncLog.listExchanges({ organizationId: blue?.id ?? '', limit: 1 }))[0];
    expect(await store.syncLog.findExchange(red?.id ?? '', foreign?.id ?? '')).toBeUndefined();
    expect(await store.syncLog.changesOfExchange(red?.id ?? '', foreign?.id ?? '', 10)).toEqual([]);
  });
});
