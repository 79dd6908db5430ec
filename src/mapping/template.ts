/**
 * Names with places to fill: `ml-{team}-{role}`. As a pattern, `{name}` takes one character or more and `*` any number; a
 * pattern stands for the whole name and letter case does not matter. Matched by looking for the fixed parts from the end
 * to the start, so the time is linear in the name whatever the pattern is.
 */
export interface Template {
  /** One more than there are places: what stands before, between and after them. */
  readonly fixed: readonly string[];
  /** Names of the places; null for `*`. */
  readonly places: readonly (string | null)[];
}

const PLACE = /\{([^{}]*)\}|\*/g;
const PLACE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,30}$/;

/** Stands for the name of the group itself. */
export const GROUP_PLACE = 'group';

/** Takes a text apart; `*` is an ordinary character where there is nothing to match. */
export function parseTemplate(text: string, options: { readonly wildcard: boolean }): Template {
  const fixed: string[] = [];
  const places: (string | null)[] = [];
  let start = 0;
  for (const match of text.matchAll(PLACE)) {
    if (match[0] === '*' && !options.wildcard) continue;
    fixed.push(text.slice(start, match.index));
    places.push(match[1] ?? null);
    start = match.index + match[0].length;
  }
  return { fixed: [...fixed, text.slice(start)], places };
}

/** What is wrong with a pattern, in words; empty when it is fine. */
export function faultsOfPattern({ fixed, places }: Template): readonly string[] {
  const names = places.filter((place) => place !== null);
  const faults = names.filter((name) => !PLACE_NAME.test(name)).map((name) => `{${name}} is no name for a capture`);
  if (names.includes(GROUP_PLACE))
    faults.push(`{${GROUP_PLACE}} always stands for the name of the group; name the capture otherwise`);
  for (const name of new Set(names.filter((other, index) => names.indexOf(other) !== index))) {
    faults.push(`{${name}} stands in the pattern more than once`);
  }
  if (fixed.slice(1, -1).includes('')) faults.push('two captures need some text between them');
  if (fixed.some((part) => /[{}]/.test(part))) faults.push('there is a brace without its other half');
  return faults;
}

/**
 * The captures, in the spelling of `name`; undefined when it does not match. Where there are several ways, earlier captures
 * take as much as they can: `ml-{team}-{role}` on `ml-vision-lab-admin` gives the team `vision-lab`.
 */
export function matchTemplate({ fixed, places }: Template, name: string): ReadonlyMap<string, string> | undefined {
  const folded = foldKeepingLength(name);
  const parts = fixed.map(foldKeepingLength);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (places.length === 0) return folded === first ? new Map() : undefined;
  if (!folded.endsWith(last)) return undefined;
  const captures = new Map<string, string>();
  let end = folded.length - last.length;
  for (let index = places.length - 1; index >= 0; index -= 1) {
    const place = places[index] ?? null;
    const part = parts[index] ?? '';
    const latest = end - (place === null ? 0 : 1) - part.length;
    if (latest < 0) return undefined;
    const start = index > 0 ? folded.lastIndexOf(part, latest) : folded.startsWith(part) ? 0 : -1;
    if (start < 0) return undefined;
    if (place !== null) captures.set(place, name.slice(start + part.length, end));
    end = start;
  }
  return captures;
}

/** Puts the captures into the places. Every place has one: rule.ts saw to it. */
export function fillTemplate({ fixed, places }: Template, captures: ReadonlyMap<string, string>): string {
  return fixed.reduce((text, part, index) => text + (captures.get(places[index - 1] ?? '') ?? '') + part);
}

/** Lower case where that changes no position, so that a capture can be cut out of the name as it was spelt. */
function foldKeepingLength(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (character) => {
    const folded = character.toLowerCase();
    return folded.length === character.length ? folded : character;
  }).join('');
}
