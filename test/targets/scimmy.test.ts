/** `scim` against a server that is not ours: scimmy-routers as documented. */
import { type ScimmyServer, startScimmyServer } from '../support/scimmy-server.ts';
import { describeTarget, type FarSide } from './conformance.ts';

async function startFar(): Promise<FarSide & { readonly secrets: unknown }> {
  const far: ScimmyServer = await startScimmyServer();
  const { users, groups } = far;
  const emailOf = (id: string) => users.get(id)?.emails?.[0]?.value ?? id;
  return {
    url: far.url,
    secrets: { token: far.token },
    people: async () =>
      [...users.values()].map(({ id, displayName, active }) => ({ id, displayName, active, email: emailOf(id) })),
    teams: async () =>
      Object.fromEntries(
        [...groups.values()].map(({ displayName, members = [] }) => [
          displayName,
          Object.fromEntries(members.map(({ value }: { value: string }) => [emailOf(value), ''])),
        ]),
      ),
    async addPerson(email, displayName) {
      const id = `old${users.size}`;
      users.set(id, { id, userName: email, displayName, active: true, emails: [{ value: email, primary: true }] });
      return id;
    },
    async addTeam(displayName, ids) {
      const id = `old${groups.size}`;
      groups.set(id, { id, displayName, members: ids.map((value) => ({ value })) });
    },
    async changePerson(id, displayName) {
      users.set(id, { ...users.get(id), displayName });
    },
    async removePerson(id) {
      users.delete(id);
    },
    async addMember(team, id) {
      for (const group of groups.values()) {
        if (group.displayName === team) group.members = [...(group.members ?? []), { value: id }];
      }
    },
    async removeMember(team, id) {
      for (const group of groups.values()) {
        if (group.displayName !== team) continue;
        group.members = group.members.filter(({ value }: { value: string }) => value !== id);
      }
    },
    stop: () => far.stop(),
  };
}

describeTarget('a SCIM target at scimmy-routers', {
  kind: 'scim',
  start: startFar,
  settings: (url) => ({ url: `${url}/scim`, requestsPerSecond: 0 }),
  hasRoles: false,
});
