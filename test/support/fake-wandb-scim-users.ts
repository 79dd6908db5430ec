/** Users of the stand-in for W&B (see fake-wandb-scim.ts). */
import type { FakeAnswer, FakeRequest } from './fake-wandb-scim.ts';
import {
  type FakeState,
  operationsOf,
  Refusal,
  readFilter,
  takeModelsSeat,
  toList,
  type WandbPerson,
} from './fake-wandb-scim-state.ts';

const SEATS = ['full', 'viewer', 'none'];

export function userRoutes(request: FakeRequest, state: FakeState): FakeAnswer | undefined {
  const { method, path } = request;
  if (path === '/Users' && method === 'GET') return { status: 200, body: list(request, state) };
  if (path === '/Users' && method === 'POST') return create(request, state);
  const id = /^\/Users\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const person = state.users.get(decodeURIComponent(id));
  if (person === undefined) throw new Refusal(404, 'user not found');
  if (method === 'GET') return answer(200, person, state);
  if (method === 'PATCH') return patch(request, state, person);
  if (method === 'DELETE') {
    state.users.delete(person.id);
    state.deletions += 1;
    for (const team of state.teams.values()) team.members.delete(person.id);
    return { status: 204 };
  }
  // PUT is documented nowhere.
  throw new Refusal(405, 'method not allowed');
}

function etagOf({ version }: WandbPerson): string {
  return `W/"${version}"`;
}

function answer(status: number, person: WandbPerson, state: FakeState): FakeAnswer {
  return { status, body: render(person, state), etag: etagOf(person) };
}

function render(person: WandbPerson, state: FakeState): Record<string, unknown> {
  const { id, userName, displayName, email, active, organizationRole, modelsSeat, weaveRole, accountType } = person;
  const emails =
    state.shape === 'old'
      ? { Value: email ?? '', Display: '', Type: '', Primary: true }
      : [{ primary: true, value: email ?? '' }];
  const meta = { resourceType: 'User', location: `Users/${id}`, version: etagOf(person) };
  return {
    ...{ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id, userName, displayName, active, meta },
    ...(accountType === 'USER' ? { emails } : {}),
    ...{ daysActive: 0, lastActiveAt: null, organizationRole, modelsSeat, weaveRole },
    ...(state.shape === 'new' ? { accountType } : {}),
    teamRoles: [...person.teamRoles].map(([teamName, roleName]) => ({ teamName, roleName })),
    registryRoles: [],
  };
}

function list({ query }: FakeRequest, state: FakeState): unknown {
  const filter = readFilter(query.get('filter'), ['userName', 'emails.value']);
  const found = [...state.users.values()].filter((person) => {
    // Older versions never list service accounts.
    if (state.shape === 'old' && person.accountType !== 'USER') return false;
    if (filter === undefined) return true;
    if (filter.name === 'userName') return person.userName === filter.value;
    return person.email?.toLowerCase() === filter.value.toLowerCase();
  });
  return toList(
    state,
    found.map((person) => render(person, state)),
  );
}

function create({ body }: FakeRequest, state: FakeState): FakeAnswer {
  const { userName, emails, modelsSeat = 'full', weaveRole = 'full' } = body ?? {};
  if (typeof userName !== 'string' || userName === '') throw new Refusal(400, 'userName is required');
  if (!/^[A-Za-z0-9_-]+$/.test(userName)) throw new Refusal(400, 'userName: letters, digits, - and _ only');
  if (body.accountType === 'SERVICE' || body.accountType === 'ORG_SERVICE') return createService(body, state);
  const primary = Array.isArray(emails) ? emails.find((email) => email.primary === true) : undefined;
  if (typeof primary?.value !== 'string') throw new Refusal(400, 'a primary email is required');
  if (!SEATS.includes(modelsSeat) || !SEATS.includes(weaveRole)) throw new Refusal(400, 'invalid seat');
  const all = [...state.users.values()];
  const isTaken = all.some((other) => other.userName.toLowerCase() === userName.toLowerCase());
  if (isTaken) throw new Refusal(409, 'username is taken');
  if (all.some((other) => other.email?.toLowerCase() === primary.value.toLowerCase()))
    throw new Refusal(409, 'email is taken');
  const id = state.newId('User');
  if (modelsSeat === 'full') takeModelsSeat(state, { id });
  const person: WandbPerson = {
    // displayName at creation is documented nowhere: it is not taken.
    ...{ id, userName, displayName: '', email: primary.value, active: true, organizationRole: 'member' },
    ...{ modelsSeat, weaveRole, accountType: 'USER', teamRoles: new Map(), version: 1 },
  };
  state.users.set(id, person);
  return answer(201, person, state);
}

// biome-ignore lint/suspicious/noExplicitAny: a client may send anything
function createService(body: any, state: FakeState): FakeAnswer {
  const { userName, accountType, modelsSeat, weaveRole } = body;
  if (modelsSeat !== undefined || weaveRole !== undefined) throw new Refusal(400, 'service accounts take no seat');
  const { defaultTeam } = body['urn:ietf:params:scim:schemas:extension:teams:2.0:User'] ?? {};
  if (![...state.teams.values()].some(({ name }) => name === defaultTeam))
    throw new Refusal(400, 'invalid defaultTeam');
  const isTaken = [...state.users.values()].some((other) => other.userName.toLowerCase() === userName.toLowerCase());
  if (isTaken) throw new Refusal(409, 'username is taken');
  const person: WandbPerson = {
    ...{
      id: state.newId('User'),
      userName,
      displayName: userName,
      email: null,
      active: true,
      accountType,
      defaultTeam,
    },
    ...{
      organizationRole: accountType === 'SERVICE' ? 'service' : 'org_service',
      modelsSeat: 'none',
      weaveRole: 'none',
    },
    ...{ teamRoles: new Map(), version: 1 },
  };
  state.users.set(person.id, person);
  return answer(201, person, state);
}

function patch({ body, ifMatch }: FakeRequest, state: FakeState, person: WandbPerson): FakeAnswer {
  if (ifMatch !== undefined && ifMatch !== etagOf(person)) throw new Refusal(412, 'the user has changed');
  if (person.accountType !== 'USER') throw new Refusal(400, 'service accounts cannot be changed');
  const operations = operationsOf(body);
  // Every documented example has one operation.
  if (operations.length !== 1) throw new Refusal(400, 'one operation at a time');
  const [operation] = operations;
  if (operation === undefined || operation.op !== 'replace') throw new Refusal(400, 'only replace');
  apply(operation.path, operation.value, state, person);
  person.version += 1;
  return answer(200, person, state);
}

// biome-ignore lint/suspicious/noExplicitAny: a client may send anything
function apply(path: string | undefined, value: any, state: FakeState, person: WandbPerson): void {
  switch (path) {
    case undefined:
      setActive(value?.active, state, person);
      return;
    case 'displayName':
      person.displayName = String(value);
      return;
    case 'emails':
      if (!Array.isArray(value) || value.length !== 1) throw new Refusal(400, 'one email per user');
      person.email = value[0].value;
      return;
    case 'organizationRole':
      if (!['admin', 'member', 'viewer'].includes(String(value).toLowerCase())) throw new Refusal(400, 'invalid role');
      person.organizationRole = String(value).toLowerCase();
      return;
    case 'modelsSeat':
      if (!SEATS.includes(value)) throw new Refusal(400, 'invalid seat');
      if (value === 'full' && person.active) takeModelsSeat(state, person);
      person.modelsSeat = value;
      return;
    case 'weaveRole':
      if (!SEATS.includes(value)) throw new Refusal(400, 'invalid seat');
      person.weaveRole = value;
      return;
    case 'teamRoles':
      setTeamRole(value, state, person);
      return;
    default:
      throw new Refusal(400, `path ${path} is not supported`);
  }
}

function setActive(active: unknown, state: FakeState, person: WandbPerson): void {
  if (typeof active !== 'boolean') throw new Refusal(400, 'active must be true or false');
  if (active && !person.active && person.modelsSeat === 'full') takeModelsSeat(state, person);
  person.active = active;
}

function setTeamRole(value: unknown, state: FakeState, person: WandbPerson): void {
  if (!Array.isArray(value) || value.length !== 1) throw new Refusal(400, 'teamRoles takes one team at a time');
  const { teamName, roleName } = value[0] as { teamName: string; roleName: string };
  const team = [...state.teams.values()].find(({ name }) => name === teamName);
  if (team === undefined) throw new Refusal(404, 'team not found');
  if (!team.members.has(person.id)) throw new Refusal(400, 'the user is not a member of the team');
  const builtIn = ['admin', 'member', 'viewer'].find((role) => role === roleName.toLowerCase());
  // Names of custom roles are compared to the letter.
  const custom = [...state.roles.values()].find(({ name }) => name === roleName);
  if (builtIn === undefined && custom === undefined) throw new Refusal(400, `there is no role ${roleName}`);
  person.teamRoles.set(teamName, builtIn ?? roleName);
}
