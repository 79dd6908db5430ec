/** `scim` against a second Drawbridge: Drawbridge feeds Drawbridge, over real HTTP. */
import { startBridge } from '../support/bridge.ts';
import { scimClient } from '../support/scim-client.ts';
import { describeTarget, type FarSide } from './conformance.ts';

interface Member {
  readonly value: string;
}

async function startFarBridge(): Promise<FarSide & { readonly secrets: unknown }> {
  const bridge = await startBridge({ engine: 'sqlite' });
  const connection = await bridge.createConnection({ dialect: 'strict' });
  const client = scimClient(connection);
  const users = async () => (await client.get('/Users?count=1000')).body.Resources ?? [];
  const groups = async () => (await client.get('/Groups?count=1000')).body.Resources ?? [];
  const groupId = async (name: string) =>
    (await groups()).find(({ displayName }: { displayName: string }) => displayName === name)?.id;
  return {
    url: bridge.url,
    secrets: { token: connection.token },
    async people() {
      const list = (await users()) as { id: string; displayName: string; active: boolean; emails: Member[] }[];
      return list.map(({ id, displayName, active, emails }) => ({
        ...{ id, displayName, active, email: emails[0]?.value ?? '' },
      }));
    },
    async teams() {
      const emailOf = new Map(
        ((await users()) as { id: string; emails: Member[] }[]).map(({ id, emails }) => [id, emails[0]?.value ?? '']),
      );
      const list = (await groups()) as { displayName: string; members?: Member[] }[];
      return Object.fromEntries(
        list.map(({ displayName, members = [] }) => [
          displayName,
          Object.fromEntries(members.map(({ value }) => [emailOf.get(value) ?? value, ''])),
        ]),
      );
    },
    addPerson: (email, displayName) => client.user(email, { displayName, emails: [{ value: email, primary: true }] }),
    addTeam: async (name, ids) => void (await client.group(name, ids)),
    changePerson: async (id, value) =>
      void (await client.patch(`/Users/${id}`, { op: 'replace', path: 'displayName', value })),
    removePerson: async (id) => void (await client.send('DELETE', `/Users/${id}`)),
    addMember: async (team, id) =>
      void (await client.patch(`/Groups/${await groupId(team)}`, {
        op: 'add',
        path: 'members',
        value: [{ value: id }],
      })),
    removeMember: async (team, id) =>
      void (await client.patch(`/Groups/${await groupId(team)}`, { op: 'remove', path: `members[value eq "${id}"]` })),
    stop: () => bridge.stop(),
  };
}

describeTarget('a SCIM target', {
  kind: 'scim',
  start: startFarBridge,
  settings: (url) => ({ url: `${url}/scim/v2`, requestsPerSecond: 0 }),
  hasRoles: false,
});
