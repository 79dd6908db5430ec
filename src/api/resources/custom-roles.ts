/** Custom roles of teams, and the permissions that there are. */
import { z } from 'zod';
import type { CustomRole } from '../../directory/roles/custom-role.ts';
import { deleteCustomRole, effectOfDeletion } from '../../directory/roles/custom-role-deletion.ts';
import {
  changeCustomRole,
  createCustomRole,
  findCustomRole,
  listCustomRoles,
} from '../../directory/roles/custom-roles.ts';
import { PERMISSION_NAMES, PERMISSIONS, type PermissionRule } from '../../mapping/permissions.ts';
import { ROLE_BASES } from '../../mapping/roles.ts';
import { created, json, page, type ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, instant, line, pageQuery } from '../fields.ts';

const PERMISSION = { description: '`object:operation`, from GET /permissions.', example: 'run:delete' };

const customRole = z
  .object({
    id,
    name: z.string().meta({ description: 'For good: grants, rules and the tracker go by it.', example: 'Curator' }),
    description: z.string(),
    inherits: z.enum(ROLE_BASES),
    permissions: z.array(z.string().meta(PERMISSION)).meta({ description: 'What it adds.' }),
    createdAt: instant,
    updatedAt: instant,
    version: z.int(),
  })
  .meta({ id: 'CustomRole' });

type Value = ValueOf<typeof customRole>;

const toValue = (role: CustomRole): Value => ({ ...role, version: role.updatedAt });
const version = (value: Value): number => value.version;

const params = z.object({ roleId: id.meta({ description: 'Id of a custom role.' }) });
const example = { params: { roleId: 'ROLE' } };

const changeable = {
  description: z.string().trim().max(500).optional(),
  permissions: z.array(z.string().max(100).meta(PERMISSION)).max(100).optional(),
};

function roleRef(context: ApiContext, roleId: string): { readonly role: string; readonly version?: number } {
  const expected = context.expectedVersion();
  return expected === undefined ? { role: roleId } : { role: roleId, version: expected };
}

const create = endpoint({
  id: 'custom_roles.create',
  method: 'post',
  path: '/custom-roles',
  summary: 'Create a custom role',
  action: 'custom_roles.create',
  body: z.strictObject({ name: line(64).meta({ example: 'Curator' }), inherits: z.enum(ROLE_BASES), ...changeable }),
  answer: created(customRole, { version, location: (made) => `/custom-roles/${made.id}` }),
  refusals: ['uniqueness', 'conflict'],
  example: {
    body: { name: 'Curator', description: 'Tidies up', inherits: 'member', permissions: ['run:delete'] },
    saves: { ROLE: 'id', ROLE_VERSION: 'version' },
  },
  handle: (context, { body }) =>
    context.commit(async (work) =>
      toValue(await createCustomRole(context.parts.directory, work, context.principal, body)),
    ),
});

const list = endpoint({
  id: 'custom_roles.list',
  method: 'get',
  path: '/custom-roles',
  summary: 'List custom roles',
  description: 'By name; an organization has 200 at most.',
  action: 'custom_roles.list',
  answer: json(z.object({ items: z.array(customRole) }), { description: 'All of them.' }),
  example: {},
  async handle({ parts: { directory }, principal }) {
    return { items: (await listCustomRoles(directory, directory.store.reader, principal)).map(toValue) };
  },
});

const get = endpoint({
  id: 'custom_roles.get',
  method: 'get',
  path: '/custom-roles/{roleId}',
  summary: 'Read a custom role',
  action: 'custom_roles.list',
  params,
  answer: json(customRole, { description: 'The role.', version }),
  example,
  async handle({ parts: { directory }, principal }, input) {
    return toValue(await findCustomRole(directory, directory.store.reader, principal, input.params.roleId));
  },
});

const change = endpoint({
  id: 'custom_roles.change',
  method: 'patch',
  path: '/custom-roles/{roleId}',
  summary: 'Change a custom role',
  description: 'What is left out stays as it is. Holders have the new permissions at once.',
  action: 'custom_roles.change',
  params,
  body: z.strictObject({ inherits: z.enum(ROLE_BASES).optional(), ...changeable }),
  answer: json(customRole, { description: 'The role as it is now.', version }),
  ifMatch: 'required',
  example: { ...example, body: { permissions: ['run:delete', 'run:stop'] }, ifMatch: 'ROLE_VERSION' },
  handle: (context, input) =>
    context.commit(async (work) => {
      const ref = roleRef(context, input.params.roleId);
      const { inherits, ...others } = input.body;
      const wanted = inherits === undefined ? others : { ...others, inherits };
      return toValue(await changeCustomRole(context.parts.directory, work, context.principal, ref, wanted));
    }),
});

const holder = z
  .object({ userId: id, userName: z.string(), name: z.string(), active: z.boolean(), teamId: id, teamName: z.string() })
  .meta({ id: 'RoleHolder' });

const effect = endpoint({
  id: 'custom_roles.deletion',
  method: 'get',
  path: '/custom-roles/{roleId}/deletion',
  summary: 'See whom deleting a custom role would touch',
  action: 'custom_roles.delete',
  params,
  query: pageQuery,
  answer: json(
    page(holder).schema.extend({
      heldInstead: z.enum(ROLE_BASES).meta({ description: 'What everybody would hold.' }),
      users: z.int(),
      teams: z.int(),
      rules: z
        .array(z.object({ connection: z.string(), rule: z.string() }))
        .meta({ description: 'Mapping rules that name it; they would give what it inherits.' }),
      captured: z.array(z.object({ connection: z.string(), rule: z.string(), users: z.int() })).meta({
        description: "Rules that take it from a group's name; whoever holds it by one would hold nothing by it.",
      }),
    }),
    { description: 'Who holds it, a page at a time, and what would follow.' },
  ),
  example,
  async handle(context, input) {
    const { directory } = context.parts;
    const { reader } = directory.store;
    const role = await findCustomRole(directory, reader, context.principal, input.params.roleId);
    const open = context.openPage(input.query);
    const bounds = { afterGrantId: open.after, limit: open.limit + 1 };
    const { holders, ...rest } = await effectOfDeletion(directory, reader, context.principal, role, bounds);
    return { ...rest, ...context.page(holders, open, (each) => each.grantId) };
  },
});

const remove = endpoint({
  id: 'custom_roles.delete',
  method: 'delete',
  path: '/custom-roles/{roleId}',
  summary: 'Delete a custom role',
  description:
    'Whoever holds it holds what it inherits instead, and mapping rules that name it give that; on record. Rules that take ' +
    "it from a group's name give nothing in its place: they are applied again by a run.",
  action: 'custom_roles.delete',
  params,
  answer: json(z.object({ changed: z.int().meta({ description: 'Grants that became what it inherits.' }) }), {
    description: 'What followed.',
  }),
  ifMatch: 'optional',
  example,
  handle: (context, input) =>
    context.commit(async (work) => {
      const ref = roleRef(context, input.params.roleId);
      const { changed } = await deleteCustomRole(context.parts.directory, work, context.principal, ref);
      return { changed };
    }),
});

const permission = z
  .object({
    name: z.string().meta(PERMISSION),
    meaning: z.string(),
    from: z.enum(['viewer', 'member', 'admin']).meta({ description: 'The weakest role that holds it.' }),
    ownFrom: z.enum(['member']).nullable().meta({ description: 'The weakest that holds it for what the person made.' }),
    service: z.boolean().meta({ description: 'Whether service accounts of the team hold it.' }),
    custom: z.boolean().meta({ description: 'Whether a custom role may add it.' }),
  })
  .meta({ id: 'Permission' });

const permissions = endpoint({
  id: 'custom_roles.permissions',
  method: 'get',
  path: '/permissions',
  summary: 'List the permissions that there are in a team',
  action: 'custom_roles.list',
  answer: json(z.object({ items: z.array(permission) }), { description: 'The catalogue.' }),
  example: {},
  async handle() {
    return {
      items: PERMISSION_NAMES.map((name) => {
        const { meaning, from, service, custom, ownFrom = null } = PERMISSIONS[name] as PermissionRule;
        return { name, meaning, from, ownFrom, service, custom };
      }),
    };
  },
});

export const customRoleEndpoints: readonly Endpoint[] = [permissions, create, list, get, change, effect, remove];
