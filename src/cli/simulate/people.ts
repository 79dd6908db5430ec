/**
 * Believable people and groups made from a seed. Nothing is kept: any of 100,000 people is made when asked for, so the
 * size of a run does not show in memory. The same seed and number give the same person.
 */
import { FAMILY_NAMES, GIVEN_NAMES, GROUPS, TITLES } from './names.ts';
import { createRandom, pick, toGuid, toToken } from './random.ts';

export interface Person {
  readonly index: number;
  /** The identity provider's own id of this person. */
  readonly externalId: string;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly title: string;
  readonly department: string;
  readonly employeeNumber: string;
  readonly phone: string;
  /** Index of the person that this one reports to; null for the head of the tree. */
  readonly manager: number | null;
  /** Indexes of groups. */
  readonly groups: readonly number[];
}

export interface GroupSeed {
  readonly index: number;
  readonly externalId: string;
  readonly name: string;
}

export interface People {
  readonly userCount: number;
  readonly groupCount: number;
  /** Any index from 0 up, also beyond `userCount`: those join later. */
  person(index: number): Person;
  group(index: number): GroupSeed;
}

export interface PeopleParts {
  readonly seed: number;
  readonly userCount: number;
  readonly groupCount: number;
  /** Domain of user names and addresses. */
  readonly domain: string;
  /** How many of the known groups to pass over, so that two connections of one organization push different ones. */
  readonly firstGroup?: number;
  readonly idStyle: 'okta' | 'guid';
}

/** How many people report to one. */
const SPAN = 7;
/** By the golden section, so that neighbours have nothing in common. */
const GIVEN_STEP = 79;
const FAMILY_STEP = 73;

export function displayName(person: Pick<Person, 'givenName' | 'familyName'>): string {
  return `${person.givenName} ${person.familyName}`;
}

export function createPeople(parts: PeopleParts): People {
  const { seed, userCount, groupCount, domain, firstGroup = 0, idStyle } = parts;
  const toId = (random: () => number) => (idStyle === 'guid' ? toGuid(random) : `00u${toToken(random, 17)}`);
  return {
    userCount,
    groupCount,
    person: (index) => {
      const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
      const { givenName, familyName, localPart } = toName(seed, index);
      const groups = toGroups(random, index, groupCount);
      return {
        index,
        externalId: toId(random),
        userName: `${localPart}@${domain}`,
        givenName,
        familyName,
        title: index === 0 ? 'Head of Machine Learning' : pick(random, TITLES),
        department: GROUPS[(firstGroup + (groups[0] ?? 0)) % GROUPS.length]?.department ?? 'Research',
        employeeNumber: String(10_001 + index),
        phone: `+1-555-01${String(Math.floor(random() * 100)).padStart(2, '0')}`,
        manager: index === 0 ? null : Math.floor((index - 1) / SPAN),
        groups,
      };
    },
    group: (index) => {
      const random = createRandom(Math.imul(seed + 7, 0xc2b2ae35) ^ Math.imul(index + 1, 0x27d4eb2f));
      const at = firstGroup + index;
      const name = GROUPS[at % GROUPS.length]?.name ?? 'group';
      const round = Math.floor(at / GROUPS.length);
      return { index, externalId: toId(random), name: round === 0 ? name : `${name}-${round + 1}` };
    },
  };
}

function toName(seed: number, index: number): { givenName: string; familyName: string; localPart: string } {
  const [given, family] = [GIVEN_NAMES.length, FAMILY_NAMES.length];
  const lap = (given * family) / toDivisor(given, family);
  const round = Math.floor(index / (given * family));
  // After a lap the same pairs would come again, so the family names move on by one: every pair once, then numbers.
  const familyAt = index * FAMILY_STEP + Math.floor(index / lap) + seed * 29;
  const givenName = GIVEN_NAMES[(index * GIVEN_STEP + seed * 41) % given] ?? 'Ada';
  const familyName = FAMILY_NAMES[familyAt % family] ?? 'Byron';
  const suffix = round === 0 ? '' : String(round + 1);
  return { givenName, familyName, localPart: `${toAscii(givenName)}.${toAscii(familyName)}${suffix}` };
}

function toDivisor(a: number, b: number): number {
  return b === 0 ? a : toDivisor(b, a % b);
}

/** User names in the plain letters that directories use for them. An apostrophe stays: it is legal, and breaks naive parsers. */
function toAscii(name: string): string {
  const special: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ı: 'i', đ: 'd' };
  const plain = name.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return plain.replace(/[łøıđ]/g, (letter) => special[letter] ?? '').replace(/[^a-z'-]/g, '');
}

/** One group for everybody, earlier ones larger; a second one for every third person. */
function toGroups(random: () => number, index: number, groupCount: number): readonly number[] {
  if (groupCount === 0) return [];
  // The first people fill the groups in turn, so that none is empty when there are people enough.
  const first = index < groupCount ? index : Math.floor(random() ** 1.5 * groupCount);
  const second = Math.floor(random() * groupCount);
  return random() < 1 / 3 && second !== first ? [first, second] : [first];
}
