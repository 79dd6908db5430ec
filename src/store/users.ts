/** Users in SQL. Hot look-ups are built once; lists are built per filter. */
import { type Expression, type SelectQueryBuilder, sql } from 'kysely';
import type { ListQuery, UserStore, Visibility } from '../directory/store.ts';
import { foldCase, type NewUser, type OrganizationRole, type User, type UserEmail } from '../directory/user.ts';
import { primaryEmail } from '../directory/user-fields.ts';
import type { Filter } from '../schema/filter.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { filterToSql, sortToSql } from './filter-sql.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';
import type { Flag, Tables } from './tables.ts';
import { createUserWrites } from './user-writes.ts';

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
