/**
 * Statements whose SQL is built once, at start, and run many times with other parameters: query building costs more than
 * running a statement by primary key.
 */
import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Handle } from '../synclog/handle.ts';
import type { Database } from './engine.ts';

/** Stands for a parameter while a statement is built. */
class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export type Param<P> = <K extends keyof P & string>(name: K) => P[K];

export interface Statement<P, R> {
  all(db: Handle, parameters: P): Promise<readonly R[]>;
  first(db: Handle, parameters: P): Promise<R | undefined>;
  /** @returns how many rows were written */
  run(db: Handle, parameters: P): Promise<number>;
}

/** The database behind a handle: the store made it, so the store may look behind it. */
export function databaseOf(handle: Handle): Database {
  return handle as Database;
}

/** @param statement selects one number as `n` */
export async function countRows(db: Handle, statement: RawBuilder<unknown>): Promise<number> {
  const { rows } = await statement.execute(databaseOf(db));
  return Number((rows[0] as { readonly n?: unknown } | undefined)?.n ?? 0);
}

/** SQL that stays the same; a connection keeps what it prepared of it. */
export interface FixedQuery {
  readonly sql: string;
}

/**
 * A connection that answers at once. Handles of SQLite have one, so that a statement runs past Kysely's executor, whose
 * promises cost more than a look-up by key; handles of PostgreSQL have none.
 */
export interface DirectConnection {
  all(query: FixedQuery, parameters: readonly unknown[]): unknown[];
  first(query: FixedQuery, parameters: readonly unknown[]): unknown;
  /** @returns how many rows were written */
  run(query: FixedQuery, parameters: readonly unknown[]): number;
}

export interface DirectHandle {
  readonly direct: DirectConnection;
}

function directOf(handle: Handle): DirectConnection | undefined {
  return (handle as Partial<DirectHandle>).direct;
}

/** A query of the builder, or an sql template. */
interface Buildable<R> {
  compile(db: Database): CompiledQuery<R>;
}

/**
 * A text parameter of a statement that sorts or joins. SQLite (built with STAT4) looks at what is bound to a bare one and
 * plans the statement anew whenever that changes, which takes ten times as long as running it; a cast hides it.
 */
export function textParam(value: string): RawBuilder<string> {
  return sql<string>`cast(${value} as text)`;
}

/**
 * @param build makes the query; `param('name')` stands for a value that is given at each run
 */
export function prepare<P extends object, R = unknown>(
  db: Database,
  build: (param: Param<P>) => Buildable<R>,
): Statement<P, R> {
  const param = ((name: string) => new Placeholder(name)) as unknown as Param<P>;
  const compiled = build(param).compile(db);
  const names = compiled.parameters.map((value) => (value instanceof Placeholder ? value.name : undefined));
  const fill = (parameters: P): unknown[] => {
    const values = compiled.parameters.slice();
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index];
      if (name !== undefined) values[index] = (parameters as Record<string, unknown>)[name];
    }
    return values;
  };
  const execute = (handle: Handle, parameters: P) =>
    databaseOf(handle).executeQuery<R>({ ...compiled, parameters: fill(parameters) });
  return {
    async all(handle, parameters) {
      const direct = directOf(handle);
      if (direct !== undefined) return direct.all(compiled, fill(parameters)) as R[];
      return (await execute(handle, parameters)).rows;
    },
    async first(handle, parameters) {
      const direct = directOf(handle);
      if (direct !== undefined) return direct.first(compiled, fill(parameters)) as R | undefined;
      return (await execute(handle, parameters)).rows[0];
    },
    async run(handle, parameters) {
      const direct = directOf(handle);
      if (direct !== undefined) return direct.run(compiled, fill(parameters));
      return Number((await execute(handle, parameters)).numAffectedRows ?? 0n);
    },
  };
}
