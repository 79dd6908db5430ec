/** Names of somebody in texts: looked for by the database, and replaced where they stand by themselves. */
import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';

/** Shorter ones stand in too many texts that are about somebody else. */
const SEARCHED_MIN = 3;

export interface NameReplacement {
  readonly pseudonym: string;
  isIn(text: string | null): boolean;
  replace<T extends string | null>(text: T): T;
  /** Whether one of the columns may hold a name; `isIn` knows. */
  mayBeIn(kind: Engine['kind'], columns: readonly string[]): RawBuilder<unknown>;
  /** Nothing to look for. */
  readonly isEmpty: boolean;
}

/** As they stand in a text, in JSON, and in a URL. */
function spellingsOf(name: string): readonly string[] {
  const encoded = encodeURIComponent(name.toWellFormed());
  return [name, JSON.stringify(name).slice(1, -1), encoded, encoded.replaceAll('%20', '+')];
}

/** Whether somebody else's text is unlikely to hold it by chance: no short word, no short number. */
function isTelling(name: string): boolean {
  return name.length >= SEARCHED_MIN && (/\D/.test(name) || name.length >= 6);
}

/** What the database looks for. Engines fold other letters than ASCII each in its own way, so the longest part without any. */
function needlesOf(spellings: readonly string[]): readonly string[] {
  const needles = spellings.map((spelling) => {
    const plain =
      (spelling.toLowerCase().match(/[\x20-\x7e]+/g) ?? []).toSorted((a, b) => b.length - a.length)[0] ?? '';
    return plain.length < SEARCHED_MIN ? spelling : plain;
  });
  // What another one finds needs none of its own.
  return [...new Set(needles)].filter((one, _, all) => !all.some((other) => other !== one && one.includes(other)));
}

export function createNameReplacement(names: readonly string[], pseudonym: string): NameReplacement {
  const spellings = [...new Set(names.filter(isTelling).flatMap(spellingsOf))].toSorted((a, b) => b.length - a.length);
  const alternatives = spellings.map((spelling) => spelling.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  // In a URL an escaped character may stand before it.
  const standing = new RegExp(
    `(?:(?<![\\p{L}\\p{N}_-])|(?<=%[0-9a-f]{2}))(?:${alternatives})(?![\\p{L}\\p{N}_-])`,
    'giu',
  );
  const needles = needlesOf(spellings);
  const isEmpty = spellings.length === 0;
  return {
    ...{ pseudonym, isEmpty },
    isIn: (text) => !isEmpty && text !== null && text.search(standing) !== -1,
    replace: <T extends string | null>(text: T) =>
      (isEmpty || text === null ? text : text.replaceAll(standing, () => pseudonym)) as T,
    mayBeIn(kind, columns) {
      const refs = columns.map((column) => sql.ref(column));
      // LIKE of SQLite folds ASCII by itself; that of PostgreSQL takes ten times as long as looking for bytes in a folded text.
      if (kind === 'postgres')
        return sql`exists (select 1
          from (select lower(concat_ws(' ', ${sql.join(refs)}) collate "C") as text offset 0) as folded,
            unnest(${needles}::text[]) as needle
          where strpos(folded.text, needle) > 0)`;
      const patterns = needles.map((needle) => `%${needle.replaceAll(/[\\%_]/g, '\\$&')}%`);
      const found = refs.flatMap((ref) => patterns.map((pattern) => sql`${ref} like ${pattern} escape '\\'`));
      return sql`(${sql.join(found, sql` or `)})`;
    },
  };
}
