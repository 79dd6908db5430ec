/**
 * Names of somebody in texts: looked for by the database, and replaced where they stand by themselves. In what is about the
 * person every name is one; in what is about a group, a list or nobody, "max" or "admin" may well be another's name or no
 * name at all, so that a name of one plain word counts there in quotes only, as the whole of a value.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';
import { anywhere } from './text.ts';

/** Shorter ones stand in too many texts that are about somebody else. */
const SEARCHED_MIN = 3;
/** Values that SCIM and this program write in quotes themselves. */
const RESERVED = new Set(
  `user users group groups role admin member members viewer service active inactive work home mobile other direct indirect
  true false null add remove replace post put patch delete get none`.split(/\s+/),
);

export interface NameReplacement {
  readonly pseudonym: string;
  /** In what is about the person. */
  replace<T extends string | null>(text: T): T;
  isInOther(text: string | null): boolean;
  replaceInOther<T extends string | null>(text: T): T;
  /** Whether one of the columns may hold a name, or another text: `isInOther` knows. */
  mayBeInOther(kind: Engine['kind'], columns: readonly string[], another?: string): RawBuilder<unknown>;
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

/** One word of letters alone. */
function isPlain(name: string): boolean {
  return /^\p{L}+$/u.test(name);
}

/** In JSON, in JSON inside of JSON, and in a URL. */
function quoted(name: string): readonly string[] {
  return [`"${name}"`, `\\"${name}\\"`, `%22${encodeURIComponent(name)}%22`];
}

function oneOf(spellings: readonly string[]): string {
  const longestFirst = spellings.toSorted((a, b) => b.length - a.length);
  return longestFirst.map((spelling) => spelling.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
}

/** In a URL an escaped character may stand before it. */
function asWords(spellings: readonly string[]): string {
  return `(?:(?<![\\p{L}\\p{N}_-])|(?<=%[0-9a-f]{2}))(?:${oneOf(spellings)})(?![\\p{L}\\p{N}_-])`;
}

/** Not a key of JSON, which has a colon after it; words of ours say after one how many were found. */
function asValues(names: readonly string[]): string {
  const words = oneOf(names.flatMap((name) => [name, encodeURIComponent(name)]));
  return `(?<=["]|%22)(?:${words})(?=\\\\?"(?!\\s*:)|": \\d+ of \\d|%22)`;
}

export function createNameReplacement(names: readonly string[], pseudonym: string): NameReplacement {
  const telling = [...new Set(names.filter(isTelling))];
  const plain = telling.filter((name) => isPlain(name) && !RESERVED.has(name.toLowerCase()));
  const certain = telling.filter((name) => !isPlain(name)).flatMap(spellingsOf);
  const own = telling.length === 0 ? undefined : new RegExp(asWords(telling.flatMap(spellingsOf)), 'giu');
  const parts = [certain.length > 0 ? asWords(certain) : '', plain.length > 0 ? asValues(plain) : ''].filter(Boolean);
  const others = parts.length === 0 ? undefined : new RegExp(parts.join('|'), 'giu');
  const needles = needlesOf([...certain, ...plain.flatMap(quoted)]);
  const replaced = <T extends string | null>(text: T, found: RegExp | undefined): T =>
    (text === null || found === undefined ? text : text.replaceAll(found, () => pseudonym)) as T;
  return {
    pseudonym,
    isEmpty: others === undefined,
    replace: (text) => replaced(text, own),
    isInOther: (text) => others !== undefined && text !== null && text.search(others) !== -1,
    replaceInOther: (text) => replaced(text, others),
    mayBeInOther(kind, columns, another) {
      const wanted = another === undefined ? needles : [...needles, another];
      const refs = columns.map((column) => sql.ref(column));
      // LIKE of SQLite folds ASCII by itself; that of PostgreSQL takes ten times as long as looking for bytes in a folded text.
      if (kind === 'postgres')
        return sql`exists (select 1
          from (select lower(concat_ws(' ', ${sql.join(refs)}) collate "C") as text offset 0) as folded,
            unnest(${wanted}::text[]) as needle
          where strpos(folded.text, needle) > 0)`;
      const patterns = wanted.map(anywhere);
      const found = refs.flatMap((ref) => patterns.map((pattern) => sql`${ref} like ${pattern} escape '\\'`));
      return sql`(${sql.join(found, sql` or `)})`;
    },
  };
}
