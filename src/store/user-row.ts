/** A row of users as the store reads it, and as the core knows it. */
import { type RawBuilder, sql } from 'kysely';
import type { OrganizationRole, User } from '../directory/people/user.ts';
import type { JsonDialect } from './json.ts';
import type { Flag } from './tables/flag.ts';

export interface UserRow {
  readonly id: string;
  readonly organization_id: string;
  readonly connection_id: string | null;
  readonly user_name: string;
  readonly external_id: string | null;
  readonly display_name: string | null;
  readonly active: Flag;
  readonly organization_role: string;
  readonly attributes: string;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The columns of a UserRow, selected from `users as u`. */
export function userColumns(json: JsonDialect): RawBuilder<unknown> {
  return sql`u.id, u.organization_id, u.connection_id, u.user_name, u.external_id, u.display_name, u.active,
    u.organization_role, u.version, u.created_at, u.updated_at, ${json.text(sql.ref('u.attributes'))} as attributes`;
}

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    organizationId: row.organization_id,
    connectionId: row.connection_id,
    userName: row.user_name,
    externalId: row.external_id,
    displayName: row.display_name,
    active: row.active === 1,
    role: row.organization_role as OrganizationRole,
    attributes: row.attributes,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
