/** For a page of people: what rules give them and they do not hold, and the other way round. Reads; changes nothing. */
import { differenceOfGifts, type GiftDifference } from '../../mapping/difference.ts';
import type { CompiledRules } from '../../mapping/resolve.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { WantedRole } from '../roles/grants.ts';
import type { DirectoryStore } from '../store.ts';
import { wantedOfGroup, wantedOfUser } from './rule-grants.ts';
import type { HeldGift, RuleGroup, RulePerson } from './rule-people.ts';
import type { TeamsOfRules } from './rule-teams.ts';

export interface PersonDifference extends GiftDifference<HeldGift, WantedRole> {
  readonly person: RulePerson;
}

export interface RuleReader {
  /** Only people for whom something differs. */
  differencesOf(people: readonly RulePerson[]): Promise<readonly PersonDifference[]>;
  /** What the group's members get, worked out once. */
  ofGroup(group: RuleGroup): Promise<readonly WantedRole[]>;
}

export function createRuleReader(
  { rulePeople }: DirectoryStore,
  db: Handle,
  { connectionId, rules, teams }: { connectionId: string; rules: CompiledRules; teams: TeamsOfRules },
): RuleReader {
  const known = new Map<string, readonly WantedRole[]>();

  async function ofGroup(group: RuleGroup): Promise<readonly WantedRole[]> {
    const wanted = known.get(group.id) ?? (await wantedOfGroup(teams, rules, group));
    known.set(group.id, wanted);
    return wanted;
  }

  async function wantedOf(person: RulePerson, groups: readonly RuleGroup[]): Promise<readonly WantedRole[]> {
    const wanted: WantedRole[] = [];
    for (const group of groups) wanted.push(...(await ofGroup(group)));
    if (!rules.hasUserRules || !person.isManaged) return wanted;
    return [...wanted, ...(await wantedOfUser(teams, rules, connectionId, JSON.parse(person.attributes)))];
  }

  return {
    ofGroup,
    async differencesOf(people) {
      const ids = people.map(({ id }) => id);
      const groups = await rulePeople.groupsOf(db, connectionId, ids);
      const held = await rulePeople.heldBy(db, connectionId, ids);
      const differences: PersonDifference[] = [];
      for (const person of people) {
        const wanted = await wantedOf(person, groups.get(person.id) ?? []);
        const difference = differenceOfGifts(held.get(person.id) ?? [], wanted);
        if (difference.given.length + difference.taken.length > 0) differences.push({ person, ...difference });
      }
      return differences;
    },
  };
}
