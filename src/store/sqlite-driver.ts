/**
 * A Kysely driver over one better-sqlite3 connection. Kysely's own prepares every statement again at each execution and
 * hands its connection out through a mutex; both cost more than a look-up by key. This one keeps prepared statements
 * (bounded, least recently used goes first) and lets queries in as they come: better-sqlite3 runs each to its end before
 * the next can start. Transactions are not its business: group-commit.ts opens them on the raw connection.
 */
import type BetterSqlite3 from 'better-sqlite3';
import type {
  CompiledQuery,
  DatabaseConnection,
  DatabaseIntrospector,
  Dialect,
  DialectAdapter,
  Driver,
  Kysely,
  QueryCompiler,
  QueryResult,
} from 'kysely';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { DirectConnection, FixedQuery } from './statement.ts';

/** Enough for every query of ours and the usual filters of clients; a statement takes a few kilobytes. */
const STATEMENTS_MAX = 500;

export class StatementCache {
  readonly #raw: BetterSqlite3.Database;
  readonly #max: number;
  readonly #statements = new Map<string, BetterSqlite3.Statement>();

  constructor(raw: BetterSqlite3.Database, max: number) {
    this.#raw = raw;
    this.#max = max;
  }

  get(sql: string): BetterSqlite3.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      // A Map keeps the order of insertion, so what was used last has to go to the end.
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#raw.prepare(sql);
    if (this.#statements.size >= this.#max) {
      const oldest = this.#statements.keys().next();
      if (!oldest.done) this.#statements.delete(oldest.value);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}

export class SqliteConnection implements DatabaseConnection, DirectConnection {
  readonly #raw: BetterSqlite3.Database;
  readonly #statements: StatementCache;
  #writes = 0;
  /** What the store built at start: as many as there are in its code, so none has to go. */
  readonly #fixed = new WeakMap<FixedQuery, BetterSqlite3.Statement>();

  constructor(raw: BetterSqlite3.Database, statementsMax: number = STATEMENTS_MAX) {
    this.#raw = raw;
    this.#statements = new StatementCache(raw, statementsMax);
  }

  /** Grows with every statement that may have written. */
  get writes(): number {
    return this.#writes;
  }

  all(query: FixedQuery, parameters: readonly unknown[]): unknown[] {
    return this.#prepared(query).all(parameters);
  }

  first(query: FixedQuery, parameters: readonly unknown[]): unknown {
    return this.#prepared(query).get(parameters);
  }

  run(query: FixedQuery, parameters: readonly unknown[]): number {
    const statement = this.#prepared(query);
    // With RETURNING a statement gives rows and has to be read to its end.
    return statement.reader ? statement.all(parameters).length : statement.run(parameters).changes;
  }

  #prepared(query: FixedQuery): BetterSqlite3.Statement {
    let statement = this.#fixed.get(query);
    if (statement === undefined) {
      statement = this.#raw.prepare(query.sql);
      this.#fixed.set(query, statement);
    }
    if (!statement.readonly) this.#writes += 1;
    return statement;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#statements.get(query.sql);
    if (!statement.readonly) this.#writes += 1;
    if (statement.reader) return { rows: statement.all(query.parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(query.parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; an open cursor would block every write
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not offered: read page by page, after a key.');
  }
}

/** Sharing the connection needs no lock, because no query of better-sqlite3 is ever half done. */
class SharedConnectionAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

function refuseTransaction(): never {
  throw new Error('Transactions are opened by engine.write only.');
}

class SqliteDriver implements Driver {
  readonly #raw: BetterSqlite3.Database;
  readonly #connection: SqliteConnection;

  constructor(raw: BetterSqlite3.Database, connection: SqliteConnection) {
    this.#raw = raw;
    this.#connection = connection;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    refuseTransaction();
  }

  async commitTransaction(): Promise<void> {
    refuseTransaction();
  }

  async rollbackTransaction(): Promise<void> {
    refuseTransaction();
  }

  async destroy(): Promise<void> {
    this.#raw.close();
  }
}

export class SqliteDialect implements Dialect {
  readonly #raw: BetterSqlite3.Database;
  readonly #connection: SqliteConnection;

  constructor(raw: BetterSqlite3.Database, connection: SqliteConnection = new SqliteConnection(raw)) {
    this.#raw = raw;
    this.#connection = connection;
  }

  createDriver(): Driver {
    return new SqliteDriver(this.#raw, this.#connection);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new SharedConnectionAdapter();
  }

  // biome-ignore lint/suspicious/noExplicitAny: the parameter type of Kysely's Dialect interface
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}
