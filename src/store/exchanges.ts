/** Exchanges in SQL: written with the change, or in batches for those that changed nothing. */
import { type RawBuilder, sql } from 'kysely';
import type { ExchangeStore } from '../directory/store.ts';
import type { Exchange, Outcome, Repair } from '../synclog/exchange.ts';
import { firstIdAt } from '../synclog/exchange-id.ts';
import type { Handle } from '../synclog/handle.ts';
import { isPlainRead, toReadBatches } from '../synclog/read-batch.ts';
import type { Engine } from './engine.ts';
import type { ReadLog } from './read-batches.ts';
import { databaseOf, prepare } from './statement.ts';
import type { Tables } from './tables.ts';

type Row = Tables['exchanges'];

/** Rows in one statement. */
const CHUNK = 50;

const NAMES = [
  'id',
  'organization_id',
  'connection_id',
  'token_id',
  'at',
  'duration_us',
  'method',
  'path',
  'operation',
  'status',
  'outcome',
  'error_code',
  'error_detail',
  'subject_type',
  'subject_id',
  'subject_name',
  'summary',
  'search_text',
  'repairs',
  'request_body',
  'response_body',
  'change_count',
  'user_agent',
  'remote_address',
] as const satisfies readonly (keyof Row)[];

type Searched = Pick<Exchange, 'summary' | 'path' | 'errorDetail' | 'subject' | 'userAgent' | 'id'>;

/** What a search by text looks at. */
export function searchTextOf({ summary, path, errorDetail, subject, userAgent, id }: Searched): string {
  return [summary, path, errorDetail, subject?.name, userAgent, id]
    .filter((part) => part !== null && part !== undefined)
    .join(' ')
    .toLowerCase();
}

function toRow(exchange: Exchange): Row {
  const { subject, repairs } = exchange;
  return {
    id: exchange.id,
    organization_id: exchange.organizationId,
    connection_id: exchange.connectionId,
    token_id: exchange.tokenId,
    at: exchange.at,
    duration_us: exchange.durationUs,
    method: exchange.method,
    path: exchange.path,
    operation: exchange.operation,
    status: exchange.status,
    outcome: exchange.outcome,
    error_code: exchange.errorCode,
    error_detail: exchange.errorDetail,
    subject_type: subject?.type ?? null,
    subject_id: subject?.id ?? null,
    subject_name: subject?.name ?? null,
    summary: exchange.summary,
    search_text: searchTextOf(exchange),
    repairs: repairs.length === 0 ? null : JSON.stringify(repairs),
    request_body: exchange.requestBody,
    response_body: exchange.responseBody,
    change_count: exchange.changeCount,
    user_agent: exchange.userAgent,
    remote_address: exchange.remoteAddress,
  };
}

export type SelectedExchange = Omit<Row, 'search_text' | 'request_body' | 'response_body'> &
  Partial<Pick<Row, 'request_body' | 'response_body'>>;

/** The columns of an exchange without its bodies. */
export function exchangeColumns({ json }: Engine): RawBuilder<unknown> {
  return sql`e.id, e.organization_id, e.connection_id, e.token_id, e.at, e.duration_us, e.method, e.path, e.operation,
    e.status, e.outcome, e.error_code, e.error_detail, e.subject_type, e.subject_id, e.subject_name, e.summary,
    ${json.text(sql.ref('e.repairs'))} as repairs, e.change_count, e.user_agent, e.remote_address`;
}

export function toExchange(row: SelectedExchange): Exchange {
  const { subject_id: id, subject_type: type, subject_name: name } = row;
  return {
    id: row.id,
    organizationId: row.organization_id,
    connectionId: row.connection_id,
    tokenId: row.token_id,
    at: row.at,
    durationUs: row.duration_us,
    method: row.method,
    path: row.path,
    operation: row.operation,
    status: row.status,
    outcome: row.outcome as Outcome,
    errorCode: row.error_code,
    errorDetail: row.error_detail,
    subject: id === null ? null : { type: type === 'group' ? 'group' : 'user', id, name: name ?? id },
    summary: row.summary,
    repairs: row.repairs === null ? [] : (JSON.parse(row.repairs) as Repair[]),
    requestBody: row.request_body ?? null,
    responseBody: row.response_body ?? null,
    changeCount: row.change_count,
    userAgent: row.user_agent,
    remoteAddress: row.remote_address,
  };
}

export function createExchangeStore(engine: Engine, readLog: ReadLog): Pick<ExchangeStore, 'insert' | 'prune'> {
  const { reader, json } = engine;
  const into = sql`insert into exchanges (${sql.join(NAMES.map((name) => sql.ref(name)))}) values`;
  const values = (row: { readonly [K in keyof Row]: unknown }): RawBuilder<unknown> => {
    const cells = NAMES.map((name) => (name === 'repairs' ? json.value(row.repairs as string) : sql`${row[name]}`));
    return sql`(${sql.join(cells)})`;
  };
  const insertOne = prepare<Row>(reader, (param) => {
    const row = Object.fromEntries(NAMES.map((name) => [name, param(name)])) as unknown as Row;
    return sql`${into} ${values(row)}`;
  });

  async function insertWhole(db: Handle, exchanges: readonly Exchange[]): Promise<void> {
    if (exchanges.length <= 4 || !engine.roundTrips) {
      for (const exchange of exchanges) await insertOne.run(db, toRow(exchange));
      return;
    }
    for (let start = 0; start < exchanges.length; start += CHUNK) {
      const rows = exchanges.slice(start, start + CHUNK).map((exchange) => values(toRow(exchange)));
      await sql`${into} ${sql.join(rows)}`.execute(databaseOf(db));
    }
  }

  return {
    async insert(db, exchanges) {
      const reads = exchanges.filter(isPlainRead);
      if (reads.length === 0) return insertWhole(db, exchanges);
      await readLog.insert(db, toReadBatches(reads));
      if (reads.length < exchanges.length)
        await insertWhole(
          db,
          exchanges.filter((exchange) => !isPlainRead(exchange)),
        );
    },
    async prune(db, before, limit) {
      const result = await sql`delete from exchanges where id in
        (select id from exchanges where id < ${firstIdAt(before)} order by id limit ${limit})`.execute(databaseOf(db));
      const whole = Number(result.numAffectedRows ?? 0n);
      // A batch takes as many pages as dozens of exchanges.
      const most = Math.ceil(limit / 20);
      const { batches, reads } = await readLog.prune(db, before, most);
      return { pruned: whole + reads, isDone: whole < limit && batches < most };
    },
  };
}
