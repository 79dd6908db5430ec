/**
 * Custom roles of an organization: make, change, delete, and who a deletion would touch.
 *
 * A role's name is for good: grants, mapping rules and the tracker go by it. Deleting one gives everybody who holds it
 * what it builds on, in the same place and with the same origin, and puts that into the mapping rules that name it. Rules
 * that take the role from a group's name are applied again when one is made or deleted (rules/rule-rerun.ts).
 * Whatever changes the list of roles grows the version of every connection, so that no process goes on with old names.
 */
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { CUSTOM_PERMISSIONS, isPermission, PERMISSIONS, rightOf } from '../../mapping/permissions.ts';
import { isReservedRole, ROLE_BASES, type RoleBase } from '../../mapping/roles.ts';
import type { Subject } from '../../synclog/change.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { rerunRulesThatCapture } from '../rules/rule-rerun.ts';
import type { Work } from '../work.ts';
import type { CustomRole } from './custom-role.ts';

const NAME_MAX = 64;
const ROLES_MAX = 200;

const permissionList = z.array(z.string()).transform((names) => [...new Set(names)].toSorted());

const roleForm = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(NAME_MAX)
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, 'begin with a letter or digit, then letters, digits, spaces, . _ and -'),
  description: z.string().trim().max(500).default(''),
  inherits: z.enum(ROLE_BASES, { error: `use one of ${ROLE_BASES.join(', ')}` }),
  permissions: permissionList.default([]),
});

const changeForm = roleForm.omit({ name: true }).partial();

/** As it comes in; checked here. */
export interface CustomRoleInput {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inherits: RoleBase;
  /** `object:operation`, from the catalogue. */
  readonly permissions?: readonly string[] | undefined;
}
export type CustomRoleChange = Partial<Omit<CustomRoleInput, 'name'>>;

/** @throws AppError `forbidden`, `invalid_value`, `uniqueness`, `too_many` */
export async function createCustomRole(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  input: CustomRoleInput,
): Promise<CustomRole> {
  const { organizationId } = work.context;
  authorize(principal, 'custom_roles.create', { organizationId });
  const { name, description, inherits, permissions } = parse(roleForm, input);
  if (isReservedRole(name)) throw new AppError('invalid_value', `"${name}" means a role that is always there.`);
  checkPermissions(inherits, permissions);
  await parts.store.connections.touchRules(work.db, organizationId, work.at);
  if ((await parts.store.customRoles.list(work.db, organizationId)).length >= ROLES_MAX) {
    throw new AppError('conflict', `An organization has at most ${ROLES_MAX} custom roles.`);
  }
  const identity = { id: parts.newId(), organizationId, name, createdAt: work.at, updatedAt: work.at, deletedAt: null };
  const role: CustomRole = { ...identity, description, inherits, permissions };
  await parts.store.customRoles.insert(work.db, role);
  work.changes.push({ kind: 'custom_role.created', subject: subjectOf(role), after: stateOf(role) });
  await rerunRulesThatCapture(parts, work, role, 'made');
  return role;
}

/**
 * @param version the one that was seen (If-Match)
 * @throws AppError `forbidden`, `not_found`, `invalid_value`, `precondition_failed`
 */
export async function changeCustomRole(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: { readonly role: string; readonly version?: number },
  change: CustomRoleChange,
): Promise<CustomRole> {
  authorize(principal, 'custom_roles.change', { organizationId: work.context.organizationId });
  const wanted = parse(changeForm, change);
  const role = await lockCustomRole(parts, work, ref);
  const updated: CustomRole = {
    ...role,
    description: change.description === undefined ? role.description : (wanted.description ?? ''),
    inherits: wanted.inherits ?? role.inherits,
    permissions: change.permissions === undefined ? role.permissions : (wanted.permissions ?? []),
    updatedAt: Math.max(work.at, role.updatedAt + 1),
  };
  checkPermissions(updated.inherits, updated.permissions);
  const [before, after] = [stateOf(role), stateOf(updated)];
  const keys = (['description', 'inherits', 'permissions'] as const).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  if (keys.length === 0) return role;
  await parts.store.customRoles.update(work.db, updated);
  const pick = (state: typeof before) => Object.fromEntries(keys.map((key) => [key, state[key]]));
  work.changes.push({
    kind: 'custom_role.changed',
    subject: subjectOf(role),
    before: pick(before),
    after: pick(after),
  });
  return updated;
}

/** @throws AppError `not_found`, `precondition_failed` */
export async function lockCustomRole(
  { store }: DirectoryParts,
  work: Work,
  { role, version }: { readonly role: string; readonly version?: number },
): Promise<CustomRole> {
  const found = await store.customRoles.lock(work.db, work.context.organizationId, role, 'change');
  if (found === undefined) throw new AppError('not_found', `There is no custom role "${role}".`);
  if (version !== undefined && version !== found.updatedAt) throw new AppError('precondition_failed');
  return found;
}

/** By name. @throws AppError `forbidden` */
export async function listCustomRoles(
  { store }: DirectoryParts,
  db: Handle,
  principal: Principal,
): Promise<readonly CustomRole[]> {
  authorize(principal, 'custom_roles.list', { organizationId: principal.organizationId });
  return store.customRoles.list(db, principal.organizationId);
}

/** @throws AppError `forbidden`, `not_found` */
export async function findCustomRole(
  { store }: DirectoryParts,
  db: Handle,
  principal: Principal,
  idOrName: string,
): Promise<CustomRole> {
  authorize(principal, 'custom_roles.list', { organizationId: principal.organizationId });
  const role = await store.customRoles.find(db, principal.organizationId, idOrName);
  if (role === undefined) throw new AppError('not_found', `There is no custom role "${idOrName}".`);
  return role;
}

function parse<T>(form: z.ZodType<T>, input: unknown): T {
  const parsed = form.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AppError('invalid_value', `The role is not valid: ${faults.join('; ')}.`);
}

/** Adding what the base holds already says nothing, so it is taken without a word; what no role may add is refused. */
function checkPermissions(inherits: RoleBase, permissions: readonly string[]): void {
  const faults = permissions.flatMap((name) => {
    if (!isPermission(name)) return [`there is no permission "${name}"`];
    if (PERMISSIONS[name].custom || rightOf({ role: inherits, inherits: null, permissions: [] }, name)) return [];
    return [`"${name}" stays with the admins of a team`];
  });
  if (faults.length === 0) return;
  const known = CUSTOM_PERMISSIONS.join(', ');
  throw new AppError('invalid_value', `The role is not valid: ${faults.join('; ')}. A role may add: ${known}.`);
}

function stateOf({ name, description, inherits, permissions }: CustomRole) {
  return { name, description, inherits, permissions };
}

export function subjectOf({ id, name }: CustomRole): Subject {
  return { type: 'role', id, name };
}
