/** A row of users as admins see it. */
import { type RawBuilder, sql } from 'kysely';
import type { Person, PersonStatus } from '../directory/people/person.ts';
import type { OrganizationRole } from '../directory/people/user.ts';

export interface PersonRow {
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string | null;
  readonly userName: string;
  readonly displayName: string | null;
  readonly nameKey: string;
  readonly email: string | null;
  readonly externalId: string | null;
  readonly role: OrganizationRole;
  readonly active: number;
  readonly lastSeenAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
  readonly version: number;
}

/** From `users as u`. */
export const personColumns: RawBuilder<unknown> = sql`u.id, u.organization_id as "organizationId",
  u.connection_id as "connectionId", u.user_name as "userName", u.display_name as "displayName", u.name_key as "nameKey", u.email_key as email,
  u.external_id as "externalId", u.organization_role as role, u.active, u.last_seen_at as "lastSeenAt",
  u.created_at as "createdAt", u.updated_at as "updatedAt", u.deleted_at as "deletedAt", u.version`;

function statusOf({ active, deletedAt }: PersonRow): PersonStatus {
  if (deletedAt !== null) return 'removed';
  return active === 1 ? 'active' : 'deactivated';
}

export function toPerson(row: PersonRow): Person {
  const { displayName, active: _active, deletedAt: _deletedAt, ...rest } = row;
  return { ...rest, name: displayName ?? row.userName, status: statusOf(row) };
}
