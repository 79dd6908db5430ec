/** Lists of people in SQL: each order has an index; what few people are is looked up in an index of those few. */
import { type RawBuilder, sql } from 'kysely';
import type { Person, PersonQuery, PersonSort, PersonStatus } from '../directory/person.ts';
import { foldCase } from '../directory/user.ts';
import type { Handle } from '../synclog/handle.ts';
import { type PersonRow, personColumns, toPerson } from './person-row.ts';
import { databaseOf } from './statement.ts';

const KEYS: Readonly<Record<PersonSort, RawBuilder<unknown>>> = {
  name: sql`u.name_key`,
  email: sql`coalesce(u.email_key, '')`,
  created: sql`u.id`,
  last_seen: sql`coalesce(u.last_seen_at, 0)`,
};

const STATUSES: Readonly<Record<PersonStatus, RawBuilder<unknown>>> = {
  active: sql`(u.active = 1 and u.deleted_at is null)`,
  deactivated: sql`(u.active = 0 and u.deleted_at is null)`,
  removed: sql`u.deleted_at is not null`,
};

/** After every text that begins with the prefix, by code point. */
const LAST_CHARACTER = '\u{10ffff}';

function beginsWith(column: RawBuilder<unknown>, prefix: string): RawBuilder<unknown> {
  return sql`${column} >= ${prefix} and ${column} < ${prefix + LAST_CHARACTER}`;
}

/** Ids of those whose name or address begins so: one range of an index each. */
function found(organizationId: string, text: string): RawBuilder<unknown> {
  const prefix = foldCase(text.trim());
  const inOrganization = sql`select id from users where organization_id = ${organizationId} and`;
  const connections = sql`select id from connections where organization_id = ${organizationId}`;
  return sql`${inOrganization} ${beginsWith(sql`name_key`, prefix)}
    union ${inOrganization} ${beginsWith(sql`last_word_key`, prefix)}
    union ${inOrganization} ${beginsWith(sql`coalesce(email_key, '')`, prefix)}
    union select id from users where connection_id in (${connections}) and deleted_at is null
      and ${beginsWith(sql`user_name_key`, prefix)}
    union ${inOrganization} connection_id is null and deleted_at is null and ${beginsWith(sql`user_name_key`, prefix)}`;
}

function conditions(organizationId: string, query: PersonQuery): RawBuilder<unknown>[] {
  const { text, statuses, role, connectionId, sort, descending, after } = query;
  const parts = [sql`u.organization_id = ${organizationId}`];
  if (!statuses.includes('active')) parts.push(sql`u.active = 0`);
  parts.push(
    sql`(${sql.join(
      [...statuses].map((status) => STATUSES[status]),
      sql` or `,
    )})`,
  );
  // Said once more where it is rare, so that the index of the few is found.
  if (role !== undefined && role !== 'member') parts.push(sql`u.organization_role <> 'member'`);
  if (role !== undefined) parts.push(sql`u.organization_role = ${role}`);
  if (connectionId === null) parts.push(sql`u.connection_id is null`);
  else if (connectionId !== undefined) parts.push(sql`u.connection_id = ${connectionId}`);
  if (text !== undefined && text.trim() !== '') parts.push(sql`u.id in (${found(organizationId, text)})`);
  if (after !== undefined) {
    const beyond = descending ? sql`<` : sql`>`;
    // The first is what SQLite finds the place by in an index of expressions; the second is meant.
    parts.push(
      sql`${KEYS[sort]} ${beyond}= ${after.key} and (${KEYS[sort]}, u.id) ${beyond} (${after.key}, ${after.id})`,
    );
  }
  return parts;
}

export async function personPage(db: Handle, organizationId: string, query: PersonQuery): Promise<readonly Person[]> {
  if (query.statuses.length === 0) return [];
  const direction = query.descending ? sql`desc` : sql`asc`;
  const statement = sql<PersonRow>`select ${personColumns} from users as u
    where ${sql.join(conditions(organizationId, query), sql` and `)}
    order by ${KEYS[query.sort]} ${direction}, u.id ${direction} limit ${query.limit}`;
  return (await statement.execute(databaseOf(db))).rows.map(toPerson);
}
