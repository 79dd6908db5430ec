/**
 * SQLite: one connection that writes (group commit) and one, read-only, that reads, so that nobody is shown what is not
 * committed yet. Durable: WAL with synchronous=FULL, so a commit is on disk before it is answered (design rule 1).
 */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { ConnectionProvider, KyselyProps } from 'kysely';
import { DefaultQueryExecutor, Kysely, Transaction } from 'kysely';
import type { Database, Engine } from './engine.ts';
import { GroupCommit, type GroupCommitOptions, type Lease } from './group-commit.ts';
import { sqliteJson } from './json.ts';
import { SqliteConnection, SqliteDialect } from './sqlite-driver.ts';
import type { DirectConnection, DirectHandle, FixedQuery } from './statement.ts';
import type { Tables } from './tables.ts';
import { registerTextFunctions } from './text.ts';

export interface SqliteOptions extends GroupCommitOptions {
  /** Page cache of each of the two connections, in KiB. Default 16,384. */
  readonly cacheKib?: number;
}

const MIB = 1024 * 1024;

function openRaw(path: string, options: SqliteOptions, readonly: boolean): BetterSqlite3.Database {
  // Opening meets a lock only while another process makes the file or recovers its log; reading, never.
  const raw = new BetterSqlite3(path, { readonly, timeout: 5000 });
  raw.pragma(`cache_size = -${options.cacheKib ?? 16_384}`);
  // Mapped pages would count as memory of the process, once for each connection, and made nothing faster.
  raw.pragma('mmap_size = 0');
  raw.pragma('temp_store = memory');
  registerTextFunctions(raw);
  return raw;
}

async function openWriter(path: string, options: SqliteOptions): Promise<BetterSqlite3.Database> {
  const raw = openRaw(path, options, false);
  // Changing to WAL needs the file for a moment alone: two processes may meet here at their first start.
  for (let attempt = 0; raw.pragma('journal_mode', { simple: true }) !== 'wal'; attempt += 1) {
    try {
      raw.pragma('journal_mode = wal');
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((done) => setTimeout(done, 25));
    }
  }
  raw.pragma('synchronous = full');
  raw.pragma('foreign_keys = on');
  // 64 MiB between checkpoints: a checkpoint writes a page once however often it changed, and pages of indexes change often.
  raw.pragma('wal_autocheckpoint = 16000');
  raw.pragma(`journal_size_limit = ${64 * MIB}`);
  // From now on group-commit.ts waits for locks by itself, without blocking the event loop.
  raw.pragma('busy_timeout = 0');
  return raw;
}

/** Reads past Kysely where a statement is fixed (statement.ts). */
class DirectReader extends Kysely<Tables> implements DirectHandle {
  readonly direct: DirectConnection;

  constructor(raw: BetterSqlite3.Database, connection: SqliteConnection) {
    super({ dialect: new SqliteDialect(raw, connection) });
    this.direct = connection;
  }
}

/** The writer as one work sees it: refuses to run anything once the work is over. */
class LeasedConnection implements DirectConnection, ConnectionProvider {
  readonly #connection: SqliteConnection;
  readonly #writesBefore: number;
  #over = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.#writesBefore = connection.writes;
  }

  hasWritten(): boolean {
    return this.#connection.writes > this.#writesBefore;
  }

  end(): void {
    this.#over = true;
  }

  #open(): SqliteConnection {
    if (this.#over) throw new Error('This write is over; await every query before the work returns.');
    return this.#connection;
  }

  async provideConnection<T>(consumer: (connection: SqliteConnection) => Promise<T>): Promise<T> {
    return consumer(this.#open());
  }

  all(query: FixedQuery, parameters: readonly unknown[]): unknown[] {
    return this.#open().all(query, parameters);
  }

  first(query: FixedQuery, parameters: readonly unknown[]): unknown {
    return this.#open().first(query, parameters);
  }

  run(query: FixedQuery, parameters: readonly unknown[]): number {
    return this.#open().run(query, parameters);
  }
}

class LeasedTransaction extends Transaction<Tables> implements DirectHandle {
  readonly direct: DirectConnection;

  constructor(props: KyselyProps, direct: DirectConnection) {
    super(props);
    this.direct = direct;
  }
}

/**
 * Gives out handles on the writer, one per work: Kysely transactions that go straight to the connection, past acquiring,
 * mutex and releasing.
 */
function createLeases(raw: BetterSqlite3.Database): () => Lease<Database> {
  const connection = new SqliteConnection(raw);
  const dialect = new SqliteDialect(raw, connection);
  const compiler = dialect.createQueryCompiler();
  const adapter = dialect.createAdapter();
  const driver = dialect.createDriver();
  const config = { dialect };
  return () => {
    const leased = new LeasedConnection(connection);
    const executor = new DefaultQueryExecutor(compiler, adapter, leased);
    return {
      tx: new LeasedTransaction({ config, dialect, driver, executor }, leased),
      end: () => leased.end(),
      hasWritten: () => leased.hasWritten(),
    };
  };
}

/**
 * Opens the file at `path`, makes it and its folder when missing. Does not migrate.
 * @throws when the file cannot be opened or is no database.
 */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<Engine> {
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true });
  const rawWriter = await openWriter(file, options);
  const rawReader = openRaw(file, options, true);
  const dataVersion = rawReader.prepare<[], number>('pragma data_version').pluck();
  const commits = new GroupCommit(rawWriter, createLeases(rawWriter), options);
  return {
    kind: 'sqlite',
    json: sqliteJson,
    rowLocks: false,
    roundTrips: false,
    commitToken: () => dataVersion.get() ?? 0,
    reader: new DirectReader(rawReader, new SqliteConnection(rawReader)),
    write: (work, { durable = true } = {}) => commits.write(work, durable),
    stats: () => commits.stats(),
    async close() {
      await commits.close();
      if (!rawWriter.open) return;
      rawReader.close();
      rawWriter.close();
    },
  };
}
