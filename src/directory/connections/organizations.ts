/** Organizations: the tenants. `default` is made at first start. */
import { AppError } from '../../errors.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { Actor } from '../actor.ts';
import type { DirectoryParts } from '../parts.ts';
import { beginWork, finishWork } from '../work.ts';
import type { Organization } from './connection.ts';

/** @throws AppError `uniqueness` when the name is taken */
export async function createOrganization(
  parts: DirectoryParts,
  db: Handle,
  actor: Actor,
  name: string,
): Promise<Organization> {
  const trimmed = name.trim();
  if (trimmed === '') throw new AppError('invalid_value', 'An organization needs a name.');
  const organization: Organization = { id: parts.newId(), name: trimmed, createdAt: parts.now() };
  await parts.store.organizations.insert(db, organization);
  const work = beginWork(
    db,
    { organizationId: organization.id, actor, exchangeId: null },
    null,
    organization.createdAt,
  );
  const subject = { type: 'organization', id: organization.id, name: trimmed } as const;
  work.changes.push({ kind: 'organization.created', subject, after: { name: trimmed } });
  await finishWork(parts, work);
  return organization;
}

/** The organization of this name or id; `default` is made when it is missing, once, whatever races. */
export async function ensureDefaultOrganization(parts: DirectoryParts, actor: Actor): Promise<Organization> {
  const { store } = parts;
  const known = await store.organizations.find(store.reader, 'default');
  if (known !== undefined) return known;
  try {
    return await store.write((db) => createOrganization(parts, db, actor, 'default'));
  } catch (error) {
    const made = await store.organizations.find(store.reader, 'default');
    if (made === undefined) throw error;
    return made;
  }
}

/** @throws AppError `not_found` */
export async function findOrganization({ store }: DirectoryParts, idOrName: string): Promise<Organization> {
  const found = await store.organizations.find(store.reader, idOrName);
  if (found === undefined) throw new AppError('not_found', `There is no organization "${idOrName}".`);
  return found;
}
