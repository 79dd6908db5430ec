/**
 * Lists of people in SQL. Each order has an index that a page is read from, row by row, until it is full. That is quick as
 * long as many of the rows fit. What few fit (a name, a small connection) is looked for first, in an index of its own, up to
 * a bound: if all of them are found within it the page is made of those, else they are many, and walking the order is quick.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Person, PersonQuery, PersonSort, PersonStatus, PersonStore } from '../directory/people/person.ts';
import { foldCase } from '../directory/people/user.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { type PersonRow, personColumns, toPerson } from './person-row.ts';
import { databaseOf } from './statement.ts';

/** Ids that are looked for at most in one index. */
const FEW = 1000;

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
  return sql`(${column} >= ${prefix} and ${column} < ${prefix + LAST_CHARACTER})`;
}

const NAMES = [sql`u.name_key`, sql`u.last_word_key`, sql`coalesce(u.email_key, '')`];

/** Whose name or address begins so, each way by its index. */
function namedSo(organizationId: string, prefix: string): readonly RawBuilder<unknown>[] {
  const connections = sql`select id from connections where organization_id = ${organizationId}`;
  const userName = beginsWith(sql`u.user_name_key`, prefix);
  return [
    ...NAMES.map((name) => sql`u.organization_id = ${organizationId} and ${beginsWith(name, prefix)}`),
    sql`u.connection_id in (${connections}) and u.deleted_at is null and ${userName}`,
    sql`u.organization_id = ${organizationId} and u.connection_id is null and u.deleted_at is null and ${userName}`,
  ];
}

function managedBy(organizationId: string, connectionId: string | null): RawBuilder<unknown> {
  return connectionId === null
    ? sql`u.organization_id = ${organizationId} and u.connection_id is null`
    : sql`u.organization_id = ${organizationId} and u.connection_id = ${connectionId}`;
}

/** What each row of the order has to fulfil. */
function conditions(organizationId: string, query: PersonQuery): RawBuilder<unknown>[] {
  const { statuses, role, connectionId, sort, descending, after } = query;
  const parts = [sql`u.organization_id = ${organizationId}`];
  if (!statuses.includes('active')) parts.push(sql`u.active = 0`);
  const anyStatus = sql.join(
    [...statuses].map((status) => STATUSES[status]),
    sql` or `,
  );
  parts.push(sql`(${anyStatus})`);
  // Said once more where it is rare, so that the index of the few is found.
  if (role !== undefined && role !== 'member') parts.push(sql`u.organization_role <> 'member'`);
  if (role !== undefined) parts.push(sql`u.organization_role = ${role}`);
  if (connectionId !== undefined) parts.push(managedBy(organizationId, connectionId));
  if (after !== undefined) {
    const beyond = descending ? sql`<` : sql`>`;
    // The first is what SQLite finds the place by in an index of expressions; the second is meant.
    parts.push(
      sql`${KEYS[sort]} ${beyond}= ${after.key} and (${KEYS[sort]}, u.id) ${beyond} (${after.key}, ${after.id})`,
    );
  }
  return parts;
}

export function createPersonPages({ kind }: Engine): Pick<PersonStore, 'page'> {
  const idList = createIdList(kind);

  /** Ids that one of the ways finds; undefined: too many. */
  async function findFew(db: Handle, ways: readonly RawBuilder<unknown>[]): Promise<ReadonlySet<string> | undefined> {
    const found = new Set<string>();
    for (const way of ways) {
      const statement = sql<{ id: string }>`select u.id from users as u where ${way} limit ${FEW + 1}`;
      const { rows } = await statement.execute(databaseOf(db));
      if (rows.length > FEW) return undefined;
      for (const { id } of rows) found.add(id);
    }
    return found;
  }

  /** Adds what the text asks for; and the ids of those whom it, or the connection, leaves, where they are few. */
  async function narrow(
    db: Handle,
    organizationId: string,
    { text, connectionId }: PersonQuery,
    parts: RawBuilder<unknown>[],
  ): Promise<void> {
    const prefix = foldCase(text?.trim() ?? '');
    if (prefix !== '') {
      const few = await findFew(db, namedSo(organizationId, prefix));
      const userName = beginsWith(sql`u.user_name_key`, prefix);
      if (few === undefined)
        parts.push(sql`(${sql.join([...NAMES.map((name) => beginsWith(name, prefix)), userName], sql` or `)})`);
      else parts.push(idList.includes(sql.ref('u.id'), idList.encode([...few])));
      if (few !== undefined) return;
    }
    if (connectionId === undefined) return;
    const few = await findFew(db, [sql`${managedBy(organizationId, connectionId)} and u.deleted_at is null`]);
    const removed = few && (await findFew(db, [sql`${managedBy(organizationId, connectionId)} and u.active = 0`]));
    if (few === undefined || removed === undefined) return;
    parts.push(idList.includes(sql.ref('u.id'), idList.encode([...new Set([...few, ...removed])])));
  }

  return {
    async page(db: Handle, organizationId: string, query: PersonQuery): Promise<readonly Person[]> {
      if (query.statuses.length === 0) return [];
      const parts = conditions(organizationId, query);
      await narrow(db, organizationId, query, parts);
      const direction = query.descending ? sql`desc` : sql`asc`;
      const statement = sql<PersonRow>`select ${personColumns} from users as u where ${sql.join(parts, sql` and `)}
        order by ${KEYS[query.sort]} ${direction}, u.id ${direction} limit ${query.limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toPerson);
    },
  };
}
