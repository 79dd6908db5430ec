/** Names of somebody in texts: looked for by the database, and replaced where they stand by themselves. */
import { type RawBuilder, sql } from 'kysely';

/** Shorter ones stand in too many texts that are about somebody else. */
const SEARCHED_MIN = 3;

export interface NameReplacement {
  readonly pseudonym: string;
  isIn(text: string | null): boolean;
  replace<T extends string | null>(text: T): T;
  /** Whether one of the columns may hold a name; `isIn` knows. */
  mayBeIn(columns: readonly string[]): RawBuilder<unknown>;
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

function patternOf(spelling: string): string {
  // Engines fold other letters than ASCII each in its own way.
  const loose = [...spelling.toLowerCase()].map((letter) =>
    /[^\x20-\x7e]/.test(letter) ? '_' : letter.replace(/[\\%_]/, '\\$&'),
  );
  return `%${loose.join('')}%`;
}

export function createNameReplacement(names: readonly string[], pseudonym: string): NameReplacement {
  const spellings = [...new Set(names.filter(isTelling).flatMap(spellingsOf))].toSorted((a, b) => b.length - a.length);
  const alternatives = spellings.map((spelling) => spelling.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  // In a URL an escaped character may stand before it.
  const standing = new RegExp(
    `(?:(?<![\\p{L}\\p{N}_-])|(?<=%[0-9a-f]{2}))(?:${alternatives})(?![\\p{L}\\p{N}_-])`,
    'giu',
  );
  const isEmpty = spellings.length === 0;
  return {
    ...{ pseudonym, isEmpty },
    isIn: (text) => !isEmpty && text !== null && text.search(standing) !== -1,
    replace: <T extends string | null>(text: T) =>
      (isEmpty || text === null ? text : text.replaceAll(standing, () => pseudonym)) as T,
    mayBeIn(columns) {
      const patterns = [...new Set(spellings.map(patternOf))];
      const found = columns.flatMap((column) =>
        patterns.map((pattern) => sql`lower(${sql.ref(column)}) like ${pattern} escape '\\'`),
      );
      return sql`(${sql.join(found, sql` or `)})`;
    },
  };
}
