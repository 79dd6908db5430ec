/** Custom roles of the stand-in for W&B (see fake-wandb-scim.ts). */
import type { FakeAnswer, FakeRequest } from './fake-wandb-scim.ts';
import { type FakeState, Refusal, toList, type WandbRole } from './fake-wandb-scim-state.ts';

const INHERITED = ['project:read', 'run:read'];

export function roleRoutes(request: FakeRequest, state: FakeState): FakeAnswer | undefined {
  const { method, path, body } = request;
  if (path === '/Roles' && method === 'GET') {
    return { status: 200, body: toList(state, [...state.roles.values()].map(render)) };
  }
  if (path === '/Roles' && method === 'POST') {
    const role: WandbRole = { id: state.newId('Role'), ...read(body) };
    if ([...state.roles.values()].some(({ name }) => name === role.name)) throw new Refusal(409, 'role name is taken');
    state.roles.set(role.id, role);
    return { status: 201, body: render(role) };
  }
  const id = /^\/Roles\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const role = state.roles.get(decodeURIComponent(id));
  if (role === undefined) throw new Refusal(404, 'role not found');
  if (method === 'GET') return { status: 200, body: render(role) };
  if (method === 'PUT') {
    rename(role.name, read(body).name, state);
    Object.assign(role, read(body));
    return { status: 200, body: render(role) };
  }
  if (method === 'DELETE') {
    state.roles.delete(role.id);
    rename(role.name, role.inheritedFrom, state);
    return { status: 204 };
  }
  throw new Refusal(405, 'method not allowed');
}

/** Whoever held it holds the other one: the new name, or what it inherited from. */
function rename(from: string, to: string, state: FakeState): void {
  for (const { teamRoles } of state.users.values()) {
    for (const [team, role] of teamRoles) if (role === from) teamRoles.set(team, to);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a client may send anything
function read(body: any): Omit<WandbRole, 'id'> {
  const { name, description = '', permissions, inheritedFrom } = body ?? {};
  if (typeof name !== 'string' || name === '') throw new Refusal(400, 'name is required');
  if (!['member', 'viewer'].includes(inheritedFrom)) throw new Refusal(400, 'inheritedFrom: member or viewer');
  if (!Array.isArray(permissions)) throw new Refusal(400, 'permissions is required');
  return { name, description, permissions: permissions.map((permission) => String(permission.name)), inheritedFrom };
}

/** What is inherited is told along. */
function render({ id, name, description, permissions, inheritedFrom }: WandbRole): unknown {
  const own = permissions.map((permission) => ({ name: permission, isInherited: false }));
  const inherited = INHERITED.map((permission) => ({ name: permission, isInherited: true }));
  return {
    ...{ schemas: [''], id, name, description, inheritedFrom, organizationID: 'T3JnYW5pemF0aW9uOjE=' },
    permissions: [...own, ...inherited],
    meta: { resourceType: 'Role' },
  };
}
