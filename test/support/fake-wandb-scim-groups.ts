/** Teams of the stand-in for W&B (see fake-wandb-scim.ts). */
import type { FakeAnswer, FakeRequest } from './fake-wandb-scim.ts';
import { type FakeState, operationsOf, Refusal, readFilter, toList, type WandbTeam } from './fake-wandb-scim-state.ts';

const PROVIDERS = ['COREWEAVE', 'AWS', 'AZURE', 'GCP', 'MINIO'];

export function groupRoutes(request: FakeRequest, state: FakeState): FakeAnswer | undefined {
  const { method, path, query } = request;
  if (path === '/Groups' && method === 'GET') {
    const filter = readFilter(query.get('filter'), ['displayName']);
    const found = [...state.teams.values()].filter(({ name }) => filter === undefined || name === filter.value);
    return {
      status: 200,
      body: toList(
        state,
        found.map((team) => render(team, state)),
      ),
    };
  }
  if (path === '/Groups' && method === 'POST') return create(request, state);
  const id = /^\/Groups\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const team = state.teams.get(decodeURIComponent(id));
  if (team === undefined) throw new Refusal(404, 'group not found');
  if (method === 'GET') return { status: 200, body: render(team, state) };
  if (method === 'PATCH') return patch(request, state, team);
  // DELETE is refused on purpose: "additional data linked to teams".
  throw new Refusal(405, 'method not allowed');
}

/** PascalCase members in every version; null for none. */
function render(team: WandbTeam, state: FakeState): unknown {
  const members = [...team.members].map((id) => ({
    ...{ Value: id, Ref: '', Type: '', Display: state.users.get(id)?.userName ?? '' },
  }));
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    id: team.id,
    displayName: team.name,
    members: members.length === 0 ? null : members,
    meta: { resourceType: 'Group', location: `Groups/${team.id}` },
  };
}

function create({ body }: FakeRequest, state: FakeState): FakeAnswer {
  const { displayName, members, storageBucket } = body ?? {};
  if (typeof displayName !== 'string' || !/^[A-Za-z0-9_-]+$/.test(displayName)) throw new Refusal(400, 'invalid name');
  if (!Array.isArray(members)) throw new Refusal(400, 'members is required');
  if (storageBucket !== undefined && !PROVIDERS.includes(storageBucket.provider)) {
    throw new Refusal(400, `provider must be one of ${PROVIDERS.join(', ')}`);
  }
  if ([...state.teams.values()].some(({ name }) => name.toLowerCase() === displayName.toLowerCase())) {
    throw new Refusal(409, 'team name is taken');
  }
  const team: WandbTeam = { id: state.newId('Entity'), name: displayName, members: new Set(), storageBucket };
  state.teams.set(team.id, team);
  add(team, members, state);
  return { status: 201, body: render(team, state) };
}

/** A member is named by id or by address; whoever is added lands at the role member. */
function add(team: WandbTeam, values: readonly { value?: string }[], state: FakeState): void {
  const people = values.map(({ value }) => {
    const person = state.users.get(value ?? '') ?? [...state.users.values()].find(({ email }) => email === value);
    if (person === undefined) throw new Refusal(404, `user ${value} not found`);
    return person;
  });
  for (const person of people) {
    if (team.members.has(person.id)) continue;
    team.members.add(person.id);
    person.teamRoles.set(team.name, 'member');
  }
}

function remove(team: WandbTeam, id: string, state: FakeState): void {
  if (!team.members.delete(id)) throw new Refusal(404, 'the user is not a member');
  state.users.get(id)?.teamRoles.delete(team.name);
}

function patch({ body }: FakeRequest, state: FakeState, team: WandbTeam): FakeAnswer {
  const operations = operationsOf(body);
  if (operations.length !== 1) throw new Refusal(400, 'one operation at a time');
  for (const { op, path = '', value } of operations) {
    if (op === 'add' && path === 'members' && Array.isArray(value)) add(team, value, state);
    else if (op === 'remove' && path === 'members') {
      state.bareRemovals += 1;
      for (const id of [...team.members]) remove(team, id, state);
    } else if (op === 'remove') {
      const id = /^members\[value eq "([^"]+)"\]$/.exec(path)?.[1];
      if (id === undefined) throw new Refusal(400, `path ${path} is not supported`);
      remove(team, id, state);
    } else throw new Refusal(400, `${op} ${path} is not supported`);
  }
  return { status: 200, body: render(team, state) };
}
