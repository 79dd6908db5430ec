/**
 * How the two engines treat text alike. SQLite's `lower` and `like` know ASCII only and PostgreSQL's follow the database's
 * locale, so neither is used bare: folding is what JavaScript's toLowerCase does, order is by code point.
 */
import type { Database as SqliteConnection } from 'better-sqlite3';
import { type Expression, type RawBuilder, sql } from 'kysely';

type Text = Expression<string | null>;

export interface TextDialect {
  /** The text in lower case, as `toLowerCase` in JavaScript. */
  fold(text: Text): RawBuilder<string | null>;
  /** The text, compared and sorted by code point whatever the locale of the database. */
  byCodePoint(text: Text): RawBuilder<string | null>;
  /** Whether `part` occurs in the text, to the letter. */
  contains(text: Text, part: string): RawBuilder<boolean>;
}

/** A LIKE pattern that finds the text anywhere; the escape character is a backslash. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

const FOLD_FUNCTION = 'db_fold';

/** Each connection to SQLite needs this before it runs a filter. */
export function registerTextFunctions(connection: SqliteConnection): void {
  connection.function(FOLD_FUNCTION, { deterministic: true }, (text: unknown) =>
    typeof text === 'string' ? text.toLowerCase() : null,
  );
}

export const sqliteText: TextDialect = {
  fold: (text) => sql`${sql.raw(FOLD_FUNCTION)}(${text})`,
  byCodePoint: (text) => sql`${text} collate binary`,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
};

/** `und-x-icu` is the root locale of ICU, the library that JavaScript engines fold with too. */
export const postgresText: TextDialect = {
  fold: (text) => sql`lower(${text} collate "und-x-icu")`,
  byCodePoint: (text) => sql`(${text}) collate "C"`,
  contains: (text, part) => sql`strpos(${text}, cast(${part} as text)) > 0`,
};
