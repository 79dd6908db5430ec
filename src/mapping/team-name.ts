/** Team names that the tracker takes (W&B: letters, digits, `-` and `_`). */
import { createHash } from 'node:crypto';

export const TEAM_NAME_MAX_LENGTH = 64;

/** Letters that Unicode does not take apart into a base letter and a mark. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['Æ', 'AE'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['ø', 'o'],
  ['Ø', 'O'],
  ['ł', 'l'],
  ['Ł', 'L'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ı', 'i'],
]);

/**
 * Diacritics go, everything else that is not allowed becomes one `-` per run; a name that is safe already stays as it is.
 * Never empty: a name with nothing left is named by its hash. Two names may come out alike: see nextFreeTeamName.
 */
export function toSafeTeamName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæÆœŒøØłŁđĐı]/g, (letter) => LETTERS.get(letter) ?? letter);
  const safe = plain.replace(/[^A-Za-z0-9_]+/g, (run) => (/[^-]/.test(run) ? '-' : run)).replace(/^-+/, '');
  const short = cut(safe, TEAM_NAME_MAX_LENGTH);
  return short === '' ? `team-${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : short;
}

/** `base`, `base-2`, `base-3`, ...: the first that is not taken, within the length that is allowed. */
export function nextFreeTeamName(base: string, taken: (name: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const name = cut(base, TEAM_NAME_MAX_LENGTH - suffix.length) + suffix;
    if (!taken(name)) return name;
  }
}

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/-+$/, '');
}
