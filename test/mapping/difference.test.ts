import { describe, expect, it } from 'vitest';
import { differenceOfGifts, type RuleGift } from '../../src/mapping/difference.ts';

const gift = (change: Partial<RuleGift> = {}): RuleGift => ({
  ...{ ruleId: 'r', groupId: 'g', scope: 'team', teamId: 't', role: 'member' },
  ...change,
});

describe('what brings held grants in line with wanted ones', () => {
  it.each([
    { name: 'nothing, where both are alike', held: [gift()], wanted: [gift()], given: [], taken: [] },
    { name: 'what is wanted and not held', held: [], wanted: [gift()], given: [gift()], taken: [] },
    { name: 'what is held and not wanted', held: [gift()], wanted: [], given: [], taken: [gift()] },
    {
      name: 'one for the other, where the role differs',
      held: [gift()],
      wanted: [gift({ role: 'admin' })],
      given: [gift({ role: 'admin' })],
      taken: [gift()],
    },
    {
      name: 'the same role by another rule, group, team or place as another grant',
      held: [gift()],
      wanted: [
        gift({ ruleId: 's' }),
        gift({ groupId: null }),
        gift({ teamId: 'u' }),
        gift({ scope: 'organization', teamId: null }),
      ],
      given: [
        gift({ ruleId: 's' }),
        gift({ groupId: null }),
        gift({ teamId: 'u' }),
        gift({ scope: 'organization', teamId: null }),
      ],
      taken: [gift()],
    },
  ])('$name', ({ held, wanted, given, taken }) => {
    expect(differenceOfGifts(held, wanted)).toEqual({ given, taken });
  });
});
