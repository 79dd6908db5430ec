/** Cards of people: the columns and what becomes of them. */
import { type RawBuilder, sql } from 'kysely';
import type { OrganizationRole, UserCard } from '../directory/people/user.ts';

export interface CardRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_name: string;
  readonly display_name: string | null;
  readonly external_id: string | null;
  readonly email_key: string | null;
  readonly active: number;
  readonly organization_role: string;
}

/** Of `users as u`. */
export const CARD_COLUMNS: RawBuilder<CardRow> = sql`u.id, u.organization_id, u.user_name, u.display_name, u.external_id,
  u.email_key, u.active, u.organization_role`;

export function toCard(row: CardRow): UserCard {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userName: row.user_name,
    name: row.display_name ?? row.user_name,
    externalId: row.external_id,
    email: row.email_key,
    active: row.active === 1,
    role: row.organization_role as OrganizationRole,
  };
}
