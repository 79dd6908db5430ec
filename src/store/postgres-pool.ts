/**
 * The pool of connections to PostgreSQL as Kysely wants it, with the faults of the connection itself told apart: they
 * become AppError `busy`, so that a client is asked to come again instead of being told that something is broken.
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { AppError } from '../errors.ts';

export interface PostgresOptions {
  /** Connections of this process. Default 10. */
  readonly poolSize?: number;
  /** Past it a statement is cancelled; 0: never. Default 30,000. */
  readonly statementTimeoutMs?: number;
  /** Past it a transaction in which nothing happens is ended, so that a stuck one frees its locks. Default 30,000. */
  readonly idleInTransactionTimeoutMs?: number;
  /** How long to wait for a free connection. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Keep statements that come again prepared on the server: planning costs up to eight times what running one does.
   * Default true; turn it off behind a pooler that changes connections between transactions and cannot carry them.
   */
  readonly preparedStatements?: boolean;
  /** Hears of idle connections that broke; the pool replaces them by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** SQLSTATEs that say: not now. Too many connections, shutdown, starting up, read-only (fail-over), cancelled, no lock. */
const BUSY_STATES = new Set(['53300', '57P01', '57P02', '57P03', '57P05', '25P03', '25006', '57014', '55P03']);

/** What pg throws without a code. */
const LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether the database could not be reached, went away or is out of something, as opposed to refusing the statement. */
export function isConnectionFault(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return LOST.test(error.message);
  return SOCKET_CODES.has(code) || BUSY_STATES.has(code) || code.startsWith('08');
}

function translate(error: unknown): unknown {
  return isConnectionFault(error) ? new AppError('busy', undefined, { cause: error, retryAfterSeconds: 1 }) : error;
}

/** count(*) and bigint as numbers (ours stay far below 2^53); JSON as text, as on SQLite. */
const TEXT_PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: Number,
  [pg.types.builtins.JSON]: (text) => text,
  [pg.types.builtins.JSONB]: (text) => text,
};

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    (format === 'binary' ? undefined : TEXT_PARSERS[oid]) ?? pg.types.getTypeParser(oid, format),
};

function createPgPool(url: string, options: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 30_000,
    application_name: 'drawbridge',
    // An acknowledged write is on disk, whatever the server's default says.
    options: '-c synchronous_commit=on',
    keepAlive: true,
    types,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => options.onConnectionLost?.(error));
  return pool;
}

/** Statements that get a name. Each takes memory in every connection of the server and stays there. */
const NAMES_MAX = 300;
/** Texts that are watched for coming again. */
const WATCHED_MAX = 1000;
const USES_BEFORE_NAME = 3;

/** Names statements that come again; those that clients' filters make up once do not get that far. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #uses = new Map<string, number>();

  nameOf(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= NAMES_MAX) return known;
    const uses = (this.#uses.get(sql) ?? 0) + 1;
    if (uses < USES_BEFORE_NAME) {
      if (this.#uses.size >= WATCHED_MAX) this.#uses = new Map();
      this.#uses.set(sql, uses);
      return undefined;
    }
    this.#uses.delete(sql);
    const name = `drawbridge_${this.#names.size + 1}`;
    this.#names.set(sql, name);
    return name;
  }
}

/** A pooled connection whose queries fail with `busy` when the connection does. */
function wrapClient(client: pg.PoolClient, names: StatementNames | undefined): PostgresPoolClient {
  const query = async (text: string, values: unknown[] = []): Promise<unknown> => {
    // begin, commit and rollback have nothing to plan.
    const name = values.length === 0 ? undefined : names?.nameOf(text);
    try {
      return await client.query(name === undefined ? { text, values } : { name, text, values });
    } catch (error) {
      throw translate(error);
    }
  };
  return { query: query as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) };
}

export function createPostgresPool(url: string, options: PostgresOptions): PostgresPool {
  const pool = createPgPool(url, options);
  const names = options.preparedStatements === false ? undefined : new StatementNames();
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    async connect() {
      try {
        const client = await pool.connect();
        const known = wrapped.get(client);
        if (known !== undefined) return known;
        // While checked out, an error outside a query has no other listener; the next query reports it.
        client.on('error', () => undefined);
        const fresh = wrapClient(client, names);
        wrapped.set(client, fresh);
        return fresh;
      } catch (error) {
        throw translate(error);
      }
    },
    end: () => pool.end(),
  };
}
