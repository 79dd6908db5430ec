/** What brings the grants that somebody holds by rules in line with what the rules give: pure, for the change and its preview. */

/** What makes two grants of one person by one connection's rules the same. */
export interface RuleGift {
  readonly ruleId: string | null;
  /** The group that feeds the rule; null for a condition on the person. */
  readonly groupId: string | null;
  readonly scope: 'organization' | 'team';
  /** Null for scope organization. */
  readonly teamId: string | null;
  readonly role: string;
}

export interface GiftDifference<Held, Wanted> {
  /** Wanted and not held. */
  readonly given: readonly Wanted[];
  /** Held and not wanted. */
  readonly taken: readonly Held[];
}

export function differenceOfGifts<Held extends RuleGift, Wanted extends RuleGift>(
  held: readonly Held[],
  wanted: readonly Wanted[],
): GiftDifference<Held, Wanted> {
  const [heldKeys, wantedKeys] = [new Set(held.map(keyOf)), new Set(wanted.map(keyOf))];
  return {
    given: wanted.filter((gift) => !heldKeys.has(keyOf(gift))),
    taken: held.filter((gift) => !wantedKeys.has(keyOf(gift))),
  };
}

function keyOf({ ruleId, groupId, scope, teamId, role }: RuleGift): string {
  return JSON.stringify([ruleId, groupId, scope, teamId, role]);
}
