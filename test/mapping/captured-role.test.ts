/** Which custom roles a rule may mean by a group's name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canCapture } from '../../src/mapping/captured-role.ts';
import { type MappingRule, parseRules } from '../../src/mapping/rule.ts';
import { matchTemplate, parseTemplate } from '../../src/mapping/template.ts';

const [TEAM_ROLE, GROUP_ROLE] = [
  { team: 'vision', role: '{role}' },
  { team: 'vision', role: '{group}' },
];

function ruleOf(when: object, give: object): MappingRule {
  const [rule] = parseRules({ rules: [{ when, give }] }, ['Labeler']);
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

describe('a rule', () => {
  it.each([
    [{ groupPattern: 'ml-{role}' }, TEAM_ROLE, 'Labeler', true],
    [{ groupPattern: 'ml-{team}-{role}' }, { team: '{team}', role: '{role}' }, 'Labeler', true],
    [{ groupPattern: '{role}-*' }, TEAM_ROLE, 'Lab-eler', true],
    // The last hyphen ends the team.
    [{ groupPattern: 'ml-{team}-{role}' }, { team: '{team}', role: '{role}' }, 'Lab-eler', false],
    [{ groupPattern: 'ml-{team}' }, { team: '{team}', role: 'member' }, 'Labeler', false],
    [{ groupPattern: 'ml-{team}' }, { team: '{team}', role: 'Labeler' }, 'Labeler', false],
    [{ groupPattern: 'lab*' }, GROUP_ROLE, 'Labeler', true],
    [{ groupPattern: 'ml-*' }, GROUP_ROLE, 'Labeler', false],
    [{ group: 'LABELER' }, GROUP_ROLE, 'Labeler', true],
    [{ group: 'others' }, GROUP_ROLE, 'Labeler', false],
    [{ everyOtherGroup: true }, GROUP_ROLE, 'Labeler', true],
    [{ everyOtherGroup: true }, { team: '{group}', role: 'member' }, 'Labeler', false],
    [{ groupPattern: 'ml-{role}' }, { organizationRole: 'admin' }, 'Labeler', false],
    [{ user: 'title eq "Labeler"' }, { team: 'vision', role: 'member' }, 'Labeler', false],
  ])('for %j that gives %j may mean %s: %s', (when, give, role, want) => {
    expect(canCapture(ruleOf(when, give), role)).toBe(want);
  });

  it('means each role that it gives to some group', () => {
    const letters = { unit: fc.constantFrom('a', 'x', '-', '.'), minLength: 1 } as const;
    const piece = fc.string({ ...letters, maxLength: 2 });
    const pattern = fc
      .tuple(piece, fc.shuffledSubarray(['{team}', '*']), fc.nat(2), piece, piece)
      .map(([first, others, at, one, two]) => {
        const places = others.toSpliced(at, 0, '{role}');
        return first + places.map((place, index) => place + [one, two, ''][index]).join('');
      });
    const name = fc.string({ ...letters, maxLength: 12 });
    fc.assert(
      fc.property(pattern, name, (groupPattern, displayName) => {
        const role = matchTemplate(parseTemplate(groupPattern, { wildcard: true }), displayName)?.get('role');
        fc.pre(role !== undefined);
        expect(canCapture(ruleOf({ groupPattern }, TEAM_ROLE), role)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
