/**
 * Lists of people in SQL. Each order has an index that a page is read from, row by row, until it is full. That is quick as
 * long as many of the rows fit. What few fit (a name, a small connection) is looked for first, in an index of its own, up to
 * a bound: if all of them are found within it the page is made of those, else they are many, and walking the order is quick.
 */
import { type RawBuilder, sql } from 'kysely';
import {
  MIDDLE_LENGTH,
  type Person,
  type PersonQuery,
  type PersonSort,
  type PersonStatus,
  type PersonStore,
} from '../directory/people/person.ts';
import { foldCase } from '../directory/people/user.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { type PersonRow, personColumns, toPerson } from './person-row.ts';
import { databaseOf } from './statement.ts';

/** Ids that are looked for at most in one index. */
const FEW = 1000;

/**
 * The middle of names is looked for where fewer than this begin so, by reading indexes from end to end: for a text that is
 * not found in half of the names anyway, and as long as that takes some ten milliseconds.
 */
const ENOUGH = 50;
const MIDDLE_MAX_PEOPLE = 100_000;

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

const [NAME, LAST_WORD, ADDRESS, USER_NAME] = [
  sql<string>`u.name_key`,
  sql<string>`u.last_word_key`,
  sql<string>`coalesce(u.email_key, '')`,
  sql<string>`u.user_name_key`,
];

/** What a text is looked for in, and how. */
interface Likeness {
  readonly names: readonly RawBuilder<string>[];
  readonly fits: (column: RawBuilder<string>) => RawBuilder<unknown>;
}

/** Whose name, address or userName is like that, each way by its index: SQLite keeps to the order of a cross join. */
function waysOf(organizationId: string, { names, fits }: Likeness): readonly RawBuilder<unknown>[] {
  const userName = fits(USER_NAME);
  return [
    ...names.map((name) => sql`users as u where u.organization_id = ${organizationId} and ${fits(name)}`),
    sql`connections as c cross join users as u where c.organization_id = ${organizationId} and u.connection_id = c.id
      and u.deleted_at is null and u.user_name_key >= '' and ${userName}`,
    sql`users as u where u.organization_id = ${organizationId} and u.connection_id is null and u.deleted_at is null and ${userName}`,
  ];
}

interface Named {
  readonly condition: RawBuilder<unknown>;
  /** The condition names them one by one. */
  readonly few: boolean;
}

function isLike({ names, fits }: Likeness): RawBuilder<unknown> {
  return sql`(${sql.join([...names, USER_NAME].map(fits), sql` or `)})`;
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

export function createPersonPages({ kind, json }: Engine): Pick<PersonStore, 'page'> {
  const idList = createIdList(kind);

  /** Ids that one of the ways (tables and conditions) finds; undefined: too many. */
  async function findFew(db: Handle, ways: readonly RawBuilder<unknown>[]): Promise<ReadonlySet<string> | undefined> {
    const found = new Set<string>();
    for (const way of ways) {
      const statement = sql<{ id: string }>`select u.id from ${way} limit ${FEW + 1}`;
      const { rows } = await statement.execute(databaseOf(db));
      if (rows.length > FEW) return undefined;
      for (const { id } of rows) found.add(id);
    }
    return found;
  }

  async function isSmall(db: Handle, organizationId: string): Promise<boolean> {
    const statement = sql<{ n: number }>`select count(*) as n from (select 1 from users
      where organization_id = ${organizationId} limit ${MIDDLE_MAX_PEOPLE + 1}) as counted`;
    return Number((await statement.execute(databaseOf(db))).rows[0]?.n) <= MIDDLE_MAX_PEOPLE;
  }

  function oneOf(ids: ReadonlySet<string>): RawBuilder<unknown> {
    return idList.includes(sql.ref('u.id'), idList.encode([...ids]));
  }

  /** Whose names begin so, and, where they are few, who has it in the middle of a name. */
  async function findNamed(db: Handle, organizationId: string, text: string): Promise<Named> {
    const beginning: Likeness = {
      names: [NAME, LAST_WORD, ADDRESS],
      fits: (column) => beginsWith(column, text),
    };
    const few = await findFew(db, waysOf(organizationId, beginning));
    if (few === undefined) return { condition: isLike(beginning), few: false };
    const goesOn = few.size < ENOUGH && text.length >= MIDDLE_LENGTH && (await isSmall(db, organizationId));
    if (!goesOn) return { condition: oneOf(few), few: true };
    const middle: Likeness = { names: [NAME, ADDRESS], fits: (column) => json.contains(column, text) };
    const found = await findFew(db, waysOf(organizationId, middle));
    return found === undefined ? { condition: isLike(middle), few: false } : { condition: oneOf(found), few: true };
  }

  /** Adds what the text asks for; and the ids of those whom it, or the connection, leaves, where they are few. */
  async function narrow(
    db: Handle,
    organizationId: string,
    { text, connectionId }: PersonQuery,
    parts: RawBuilder<unknown>[],
  ): Promise<void> {
    const wanted = foldCase(text?.trim() ?? '');
    if (wanted !== '') {
      const named = await findNamed(db, organizationId, wanted);
      parts.push(named.condition);
      if (named.few) return;
    }
    if (connectionId === undefined) return;
    const managed = managedBy(organizationId, connectionId);
    const few = await findFew(db, [sql`users as u where ${managed} and u.deleted_at is null`]);
    const removed = few && (await findFew(db, [sql`users as u where ${managed} and u.active = 0`]));
    if (few === undefined || removed === undefined) return;
    parts.push(oneOf(new Set([...few, ...removed])));
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
