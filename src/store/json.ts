/** How the two engines reach into JSON columns. Paths come from the schema's allow-list, never from client text. */
import { type Expression, type RawBuilder, sql } from 'kysely';
import { postgresText, sqliteText, type TextDialect } from './text.ts';

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

type Target = Expression<unknown>;

/** `$."a"."b"`: quoted, so that dots and colons of a URN are part of the key. */
function sqlitePath(path: readonly string[]): string {
  return path.reduce((text, key) => `${text}.${JSON.stringify(key)}`, '$');
}

/** SQLite keeps JSON as text; `json_type` tells true, false, text, integer, real, null, object and array apart. */
export const sqliteJson: JsonDialect = {
  ...sqliteText,
  text: (column) => sql`${column}`,
  value: (json) => sql`${json}`,
  string(target, path) {
    const at = sqlitePath(path);
    return sql`case json_type(${target}, ${at}) when 'text' then json_extract(${target}, ${at}) end`;
  },
  boolean: (target, path) =>
    sql`case json_type(${target}, ${sqlitePath(path)}) when 'true' then 1 when 'false' then 0 end`,
  number(target, path) {
    const at = sqlitePath(path);
    return sql`case when json_type(${target}, ${at}) in ('integer', 'real') then json_extract(${target}, ${at}) end`;
  },
  exists: (target, path) => sql`coalesce(json_type(${target}, ${sqlitePath(path)}), 'null') <> 'null'`,
  // json_each gives primitives unquoted and walks objects and scalars too; here `value` is JSON whatever it holds.
  elements: (target, path, alias) => sql`(select case type when 'text' then json_quote(value)
      when 'true' then 'true' when 'false' then 'false' when 'null' then 'null' else cast(value as text) end as value
    from json_each(${target}, ${sqlitePath(path)}) where json_type(${target}, ${sqlitePath(path)}) = 'array')
    as ${sql.ref(alias)}`,
};

function at(target: Target, path: readonly string[]): RawBuilder<unknown> {
  return path.length === 0 ? sql`${target}` : sql`(${target} #> ${path}::text[])`;
}

export const postgresJson: JsonDialect = {
  ...postgresText,
  text: (column) => sql`${column}::text`,
  value: (json) => sql`${json}::jsonb`,
  string: (target, path) =>
    sql`case jsonb_typeof(${at(target, path)}) when 'string' then (${target} #>> ${path}::text[]) collate "C" end`,
  boolean: (target, path) => sql`case ${at(target, path)} when 'true'::jsonb then 1 when 'false'::jsonb then 0 end`,
  number: (target, path) =>
    sql`case jsonb_typeof(${at(target, path)}) when 'number' then (${target} #>> ${path}::text[])::double precision end`,
  exists: (target, path) => sql`coalesce(jsonb_typeof(${at(target, path)}), 'null') <> 'null'`,
  elements: (target, path, alias) =>
    sql`jsonb_array_elements(case jsonb_typeof(${at(target, path)}) when 'array' then ${at(target, path)} end)
      as ${sql.ref(alias)}(value)`,
};
