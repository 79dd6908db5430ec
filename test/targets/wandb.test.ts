/** `wandb` against the stand-in that is written from W&B's documentation. */
import { addPerson, startFakeWandb } from '../support/fake-wandb-scim.ts';
import { describeTarget, type FarSide } from './conformance.ts';

async function startFar(): Promise<FarSide & { readonly secrets: unknown }> {
  const fake = await startFakeWandb();
  const { state } = fake;
  const teamNamed = (name: string) => {
    const team = [...state.teams.values()].find((each) => each.name === name);
    if (team === undefined) throw new Error(`no team ${name}`);
    return team;
  };
  return {
    url: fake.url,
    secrets: { apiKey: fake.apiKey },
    people: async () => [...state.users.values()].map((person) => ({ ...person, email: person.email ?? '' })),
    async teams() {
      return Object.fromEntries(
        [...state.teams.values()].map(({ name, members }) => [
          name,
          Object.fromEntries(
            [...members].map((id) => [
              state.users.get(id)?.email ?? id,
              state.users.get(id)?.teamRoles.get(name) ?? '',
            ]),
          ),
        ]),
      );
    },
    addPerson: async (email, displayName) =>
      addPerson(state, { userName: `old-${email.split('@')[0]}`, email, displayName }).id,
    async addTeam(name, ids) {
      const id = state.newId('Entity');
      state.teams.set(id, { id, name, members: new Set(ids), storageBucket: undefined });
      for (const each of ids) state.users.get(each)?.teamRoles.set(name, 'member');
    },
    async changePerson(id, displayName) {
      const person = state.users.get(id);
      if (person === undefined) throw new Error(`no user ${id}`);
      person.displayName = displayName;
      person.version += 1;
    },
    async removePerson(id) {
      state.users.delete(id);
      for (const team of state.teams.values()) team.members.delete(id);
    },
    async addMember(team, id) {
      teamNamed(team).members.add(id);
      state.users.get(id)?.teamRoles.set(team, 'member');
    },
    async removeMember(team, id) {
      teamNamed(team).members.delete(id);
      state.users.get(id)?.teamRoles.delete(team);
    },
    stop: () => fake.stop(),
  };
}

describeTarget('a W&B target', {
  kind: 'wandb',
  start: startFar,
  settings: (url) => ({ url, requestsPerSecond: 0 }),
  hasRoles: true,
});
