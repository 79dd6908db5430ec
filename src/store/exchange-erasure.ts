/**
 * Exchanges that name somebody whose personal data is erased. Those about the person are found by subject, those that
 * changed something about them by the change, and what was refused or names them beside others by the text itself.
 */
import { type RawBuilder, sql } from 'kysely';
import { breathe } from '../directory/breath.ts';
import type { NamedPerson } from '../directory/people/named-person.ts';
import type { ExchangeStore } from '../directory/store.ts';
import { SEARCHED_MAX } from '../synclog/exchange.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { halvesOf, ofOrganization } from './exchange-conditions.ts';
import { exchangeColumns, type SelectedExchange, searchTextOf, toExchange } from './exchanges.ts';
import { createIdList } from './id-list.ts';
import { createNameReplacement, type NameReplacement } from './name-replacement.ts';
import type { ReadLog } from './read-batches.ts';
import { databaseOf } from './statement.ts';

/** Somebody else may have the same name, and what is about them stays. */
const aboutNobody = sql`(e.subject_id is null or e.subject_type <> 'user')`;

/** Rows that are looked at in one statement. */
const PAGE = 2000;
/** Rows that are written anew before others get their turn. */
const WRITTEN = 200;

type Found = SelectedExchange & { readonly request_body: string | null; readonly response_body: string | null };

/** By index: exchanges about the person that changed nothing, and those of the changes. */
function idsByPerson(userId: string): RawBuilder<{ id: string }> {
  return sql<{ id: string }>`select id from exchanges where id in (
    select id from exchanges where subject_id = ${userId} and outcome <> 'read' and outcome <> 'changed'
    union select exchange_id from changes where subject_id = ${userId} and exchange_id is not null
    union select exchange_id from changes where related_id = ${userId} and exchange_id is not null)`;
}

export function createExchangeErasure(
  engine: Engine,
  readLog: ReadLog,
): Pick<ExchangeStore, 'countNames' | 'replaceNames'> {
  const idList = createIdList(engine.kind);
  const columns = sql`${exchangeColumns(engine)}, e.request_body, e.response_body`;

  async function byPerson(db: Handle, userId: string): Promise<Set<string>> {
    const { rows } = await idsByPerson(userId).execute(databaseOf(db));
    return new Set(rows.map(({ id }) => id));
  }

  async function select(db: Handle, ids: readonly string[]): Promise<readonly Found[]> {
    const among = idList.among('e.id', ids);
    return (await sql<Found>`select ${columns} from exchanges as e where ${among}`.execute(databaseOf(db))).rows;
  }

  /** Of the newest `SEARCHED_MAX` of each half, in pages that end by themselves. */
  async function byText(
    db: Handle,
    organizationId: string,
    names: NameReplacement,
    each: (row: Found) => Promise<void>,
  ): Promise<void> {
    if (names.isEmpty) return;
    const texts = ['e.search_text', 'e.request_body', 'e.response_body'];
    for (const half of halvesOf(organizationId)) {
      let before: RawBuilder<unknown> = sql``;
      for (let searched = 0; searched < SEARCHED_MAX; searched += PAGE) {
        const page = sql<{ id: string }>`select e.id from exchanges as e where ${half} ${before}
          order by e.id desc limit ${PAGE}`;
        const ids = (await page.execute(databaseOf(db))).rows.map(({ id }) => id);
        const last = ids.at(-1);
        if (last === undefined) break;
        const statement = sql<Found>`select ${columns} from exchanges as e
          where ${half} ${before} and e.id >= ${last} and ${aboutNobody} and ${names.mayBeInOther(engine.kind, texts)}`;
        const { rows } = await statement.execute(databaseOf(db));
        for (const row of rows.filter((found) => textsOf(found).some(names.isInOther))) await each(row);
        if (ids.length < PAGE) break;
        before = sql`and e.id < ${last}`;
        await breathe();
      }
    }
  }

  async function write(
    db: Handle,
    row: Found,
    userId: string,
    { pseudonym, replace }: Pick<NameReplacement, 'pseudonym' | 'replace'>,
  ): Promise<void> {
    const exchange = toExchange(row);
    const isTheirs = row.subject_id === userId;
    const repairs = exchange.repairs.map((repair) => ({ ...repair, detail: replace(repair.detail) }));
    // Where somebody signed in, it is their own device.
    const isTheirDevice = isTheirs && row.operation.startsWith('signin.');
    const said = {
      id: row.id,
      path: replace(row.path),
      summary: isTheirs ? `about ${pseudonym}` : replace(row.summary),
      errorDetail: isTheirs ? null : replace(row.error_detail),
      subject: exchange.subject && {
        ...exchange.subject,
        name: isTheirs ? pseudonym : replace(exchange.subject.name),
      },
      userAgent: isTheirDevice ? null : row.user_agent,
    };
    await sql`update exchanges set path = ${said.path}, summary = ${said.summary}, error_detail = ${said.errorDetail},
        subject_name = ${said.subject?.name ?? null}, search_text = ${searchTextOf(said)},
        repairs = ${repairs.length === 0 ? null : engine.json.value(JSON.stringify(repairs))},
        user_agent = ${said.userAgent}, remote_address = ${isTheirDevice ? null : row.remote_address},
        request_body = null, response_body = null
      where id = ${row.id}`.execute(databaseOf(db));
  }

  return {
    async countNames(db, { organizationId, userId, names }: NamedPerson) {
      const found = await byPerson(db, userId);
      await byText(db, organizationId, createNameReplacement(names, ''), async ({ id }) => void found.add(id));
      return found.size;
    },
    async replaceNames(db, { organizationId, userId, names }: NamedPerson, pseudonym) {
      const replacement = createNameReplacement(names, pseudonym);
      const ids = [...(await byPerson(db, userId))];
      for (let start = 0; start < ids.length; start += WRITTEN) {
        for (const row of await select(db, ids.slice(start, start + WRITTEN)))
          await write(db, row, userId, replacement);
        await breathe();
      }
      const inOther = { pseudonym, replace: replacement.replaceInOther };
      await byText(db, organizationId, replacement, (row) => write(db, row, userId, inOther));
      await readLog.replaceNames(db, ofOrganization(organizationId, 'b'), userId, replacement);
    },
  };
}

function textsOf(row: Found): readonly (string | null)[] {
  return [row.summary, row.path, row.error_detail, row.subject_name, row.repairs, row.request_body, row.response_body];
}
