/**
 * Statements whose SQL is built once, at start, and run many times with other parameters: query building costs more than
 * running a statement by primary key.
 */
import type { CompiledQuery } from 'kysely';
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

/** A query of the builder, or an sql template. */
interface Buildable<R> {
  compile(db: Database): CompiledQuery<R>;
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
  const fill = (parameters: P): CompiledQuery<R> => ({
    ...compiled,
    parameters: compiled.parameters.map((value) =>
      value instanceof Placeholder ? (parameters as Record<string, unknown>)[value.name] : value,
    ),
  });
  return {
    async all(handle, parameters) {
      return (await databaseOf(handle).executeQuery(fill(parameters))).rows;
    },
    async first(handle, parameters) {
      return (await databaseOf(handle).executeQuery(fill(parameters))).rows[0];
    },
    async run(handle, parameters) {
      const result = await databaseOf(handle).executeQuery(fill(parameters));
      return Number(result.numAffectedRows ?? 0n);
    },
  };
}
