/** Plain reads in SQL: written in batches, found again one by one. */
import { type RawBuilder, sql } from 'kysely';
import { breathe } from '../directory/breath.ts';
import { type Exchange, type ExchangeQuery, SEARCHED_MAX } from '../synclog/exchange.ts';
import { firstIdAt, timeOfId } from '../synclog/exchange-id.ts';
import type { Handle } from '../synclog/handle.ts';
import { BATCH_SPAN_MS, type ReadBatch, readsOf, replaceInReads } from '../synclog/read-batch.ts';
import type { Engine } from './engine.ts';
import { earliestBound } from './exchange-conditions.ts';
import type { NameReplacement } from './name-replacement.ts';
import { databaseOf, prepare } from './statement.ts';
import { anywhere } from './text.ts';

/** Batches that are taken apart in one go. */
const PAGE = 10;
/** Batches in which names of an erased person are looked for in one statement. */
const SEARCHED_PAGE = 200;

const COLUMNS = sql`b.id, b.first_id as "firstId", b.last_at as "lastAt", b.organization_id as "organizationId",
  b.connection_id as "connectionId", b.token_id as "tokenId", b.operation, b.method, b.user_agent as "userAgent",
  b.remote_address as "remoteAddress", b.reads, b.entries`;

export interface ReadLog {
  insert(db: Handle, batches: readonly ReadBatch[]): Promise<void>;
  /**
   * Newest first; without those that are somebody's story (there is none).
   * @param floor the oldest id that is looked at
   */
  list(ofOrganization: RawBuilder<unknown>, query: ExchangeQuery, floor?: string): Promise<readonly Exchange[]>;
  find(ofOrganization: RawBuilder<unknown>, id: string): Promise<Exchange | undefined>;
  /** In the newest `SEARCHED_MAX` reads, and a batch more. */
  /** In reads of the person, and in those of nobody alone. */
  replaceNames(db: Handle, ofOrganization: RawBuilder<unknown>, userId: string, names: NameReplacement): Promise<void>;
  /** Removes batches whose reads are all older; says how many reads that were. */
  prune(db: Handle, before: number, batches: number): Promise<{ readonly batches: number; readonly reads: number }>;
}

/** A word that the database finds in JSON text as it stands, in either case. */
function isPlainWord(word: string): boolean {
  return /^[\x20-\x7e]+$/.test(word) && !/["\\]/.test(word);
}

function conditionsOf(query: ExchangeQuery, words: readonly string[]): RawBuilder<unknown>[] {
  const found: RawBuilder<unknown>[] = [];
  if (query.connectionId !== undefined) found.push(sql`b.connection_id = ${query.connectionId}`);
  if (query.operation !== undefined) found.push(sql`b.operation = ${query.operation}`);
  if (query.from !== undefined) found.push(sql`b.id >= ${firstIdAt(query.from)}`);
  const until = earliestBound(query);
  if (until !== undefined) {
    found.push(sql`b.first_id < ${until}`);
    const at = timeOfId(until);
    if (!Number.isNaN(at)) found.push(sql`b.id < ${firstIdAt(at + 2 * BATCH_SPAN_MS)}`);
  }
  for (const word of words.filter(isPlainWord)) {
    const pattern = anywhere(word);
    found.push(sql`(lower(b.entries) like ${pattern} escape '\\' or lower(b.user_agent) like ${pattern} escape '\\')`);
  }
  return found;
}

function createMatch(query: ExchangeQuery, words: readonly string[], floor = ''): (read: Exchange) => boolean {
  const until = earliestBound(query);
  const from = query.from === undefined ? floor : firstIdAt(query.from);
  return (read) => {
    if ((until !== undefined && read.id >= until) || read.id < from) return false;
    if (words.length === 0) return true;
    const text = [read.summary, read.path, read.subject?.name, read.userAgent, read.id].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

export function createReadLog(engine: Engine): ReadLog {
  const { reader } = engine;
  const insertOne = prepare<ReadBatch>(
    reader,
    (
      param,
    ) => sql`insert into read_batches (id, first_id, last_at, organization_id, connection_id, token_id, operation, method,
        user_agent, remote_address, reads, entries)
      values (${param('id')}, ${param('firstId')}, ${param('lastAt')}, ${param('organizationId')}, ${param('connectionId')},
        ${param('tokenId')}, ${param('operation')}, ${param('method')}, ${param('userAgent')}, ${param('remoteAddress')},
        ${param('reads')}, ${param('entries')})`,
  );

  async function select(conditions: readonly RawBuilder<unknown>[], limit: number): Promise<readonly ReadBatch[]> {
    const statement = sql<ReadBatch>`select ${COLUMNS} from read_batches as b
      where ${sql.join(conditions, sql` and `)} order by b.id desc limit ${limit}`;
    return (await statement.execute(reader)).rows;
  }

  return {
    async insert(db, batches) {
      for (const batch of batches) await insertOne.run(db, batch);
    },
    async list(ofOrganization, query, floor) {
      const words =
        query.text
          ?.toLowerCase()
          .split(/\s+/)
          .filter((word) => word !== '') ?? [];
      const conditions = [ofOrganization, ...conditionsOf(query, words)];
      if (floor !== undefined) conditions.push(sql`b.id >= ${floor}`);
      const matches = createMatch(query, words, floor);
      let found: Exchange[] = [];
      let after: RawBuilder<unknown>[] = [];
      for (;;) {
        const page = await select([...conditions, ...after], PAGE);
        found.push(...page.flatMap(readsOf).filter(matches));
        found = found.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, query.limit);
        const oldest = page.at(-1)?.id;
        // Batches of several clients overlap: a read is settled when it is newer than all that the next batch can hold.
        const settled = found.length === query.limit && (found.at(-1)?.id ?? '') > (oldest ?? '');
        if (oldest === undefined || page.length < PAGE || settled) return found;
        after = [sql`b.id < ${oldest}`];
        // A filter that finds nothing walks the whole log: others come in between.
        await new Promise(setImmediate);
      }
    },
    async find(ofOrganization, id) {
      const at = timeOfId(id);
      if (Number.isNaN(at)) return undefined;
      const bounds = sql`b.first_id <= ${id} and b.id >= ${id} and b.id < ${firstIdAt(at + 2 * BATCH_SPAN_MS)}`;
      const batches = await select([ofOrganization, bounds], Number.MAX_SAFE_INTEGER);
      return batches.flatMap(readsOf).find((read) => read.id === id);
    },
    async replaceNames(db, ofOrganization, userId, names) {
      let older: RawBuilder<unknown> = sql``;
      for (let searched = 0; searched < SEARCHED_MAX; ) {
        const page = sql<{ id: string; reads: number }>`select b.id, b.reads from read_batches as b
          where ${ofOrganization} ${older} order by b.id desc limit ${SEARCHED_PAGE}`;
        const { rows: batches } = await page.execute(databaseOf(db));
        const last = batches.at(-1)?.id;
        if (last === undefined) return;
        const naming = sql<ReadBatch>`select ${COLUMNS} from read_batches as b
          where ${ofOrganization} ${older} and b.id >= ${last} and ${names.mayBeInOther(engine.kind, ['b.entries'], userId)}`;
        for (const batch of (await naming.execute(databaseOf(db))).rows) {
          const entries = replaceInReads(batch, userId, names);
          if (entries !== undefined)
            await sql`update read_batches set entries = ${entries} where id = ${batch.id}`.execute(databaseOf(db));
        }
        if (batches.length < SEARCHED_PAGE) return;
        searched += batches.reduce((sum, { reads }) => sum + Number(reads), 0);
        older = sql`and b.id < ${last}`;
        await breathe();
      }
    },
    async prune(db, before, batches) {
      const statement = sql<{ reads: number }>`delete from read_batches where id in
        (select id from read_batches where id < ${firstIdAt(before)} order by id limit ${batches}) returning reads`;
      const { rows } = await statement.execute(databaseOf(db));
      return { batches: rows.length, reads: rows.reduce((sum, row) => sum + Number(row.reads), 0) };
    },
  };
}
