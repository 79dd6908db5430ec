/** What a kind of column is called on each engine. */
import type { Engine } from '../../src/store/engine.ts';

export interface ColumnTypes {
  /** Text, compared by code point, so that order and uniqueness are the same on both engines. */
  readonly text: string;
  /** Epoch milliseconds, counters, sizes. */
  readonly integer: string;
  /** 0 or 1. */
  readonly flag: string;
  readonly json: string;
  /** Raw bytes. */
  readonly bytes: string;
  /** A primary key that grows with every row and is never given twice. */
  readonly position: string;
  /** The writing transaction, where the engine has such a number. */
  readonly transactionId: string;
  /** After the column list of every table. */
  readonly tableEnd: string;
  /** The same for a table whose rows are kept in the order of the primary key. */
  readonly clusteredTableEnd: string;
}

const sqlite: ColumnTypes = {
  text: 'text',
  integer: 'integer',
  flag: 'integer',
  json: 'text',
  bytes: 'blob',
  position: 'integer primary key autoincrement',
  transactionId: 'text',
  // Strict tables refuse a value of another type, as PostgreSQL does.
  tableEnd: 'strict',
  clusteredTableEnd: 'strict, without rowid',
};

const postgres: ColumnTypes = {
  text: 'text collate "C"',
  integer: 'bigint',
  flag: 'smallint',
  json: 'jsonb',
  bytes: 'bytea',
  position: 'bigint generated always as identity primary key',
  transactionId: 'xid8 not null default pg_current_xact_id()',
  tableEnd: '',
  clusteredTableEnd: '',
};

export function columnTypes(kind: Engine['kind']): ColumnTypes {
  return kind === 'sqlite' ? sqlite : postgres;
}
