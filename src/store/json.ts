/** How the two engines reach into JSON columns. Paths come from the schema's allow-list, never from client text. */
import type { Expression, RawBuilder } from 'kysely';
import type { TextDialect } from './text.ts';

export interface JsonDialect extends TextDialect {
  /** JSON column as text, whatever the engine stores. */
  text(column: Expression<unknown>): RawBuilder<string>;
  /** JSON text as a value to be stored in a JSON column. */
  value(json: string): RawBuilder<string>;
  /** The string at `path` (keys of objects), or SQL null. */
  string(target: Expression<unknown>, path: readonly string[]): RawBuilder<string | null>;
  /** The boolean at `path` as 1 or 0, or SQL null. */
  boolean(target: Expression<unknown>, path: readonly string[]): RawBuilder<number | null>;
  /** The number at `path`, or SQL null. */
  number(target: Expression<unknown>, path: readonly string[]): RawBuilder<number | null>;
  /** Whether there is something (not null) at `path`. */
  exists(target: Expression<unknown>, path: readonly string[]): RawBuilder<boolean>;
  /** A FROM item over the array at `path`, one row per element with a column `value`; no rows when there is no array. */
  elements(target: Expression<unknown>, path: readonly string[], alias: string): RawBuilder<unknown>;
}
