import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/errors.ts';
import { defaultRules, parseRules, parseStoredRules } from '../../src/mapping/rule.ts';

function faults(...rules: unknown[]): string {
  try {
    parseRules({ rules });
  } catch (error) {
    if (isAppError(error, 'invalid_value')) return error.message;
    throw error;
  }
  return 'accepted';
}

const give = { team: 'x', role: 'member' };

describe('parseRules', () => {
  it('takes the default rules back', () => {
    expect(parseRules({ rules: defaultRules })).toEqual(defaultRules);
    expect(parseStoredRules(JSON.stringify({ rules: defaultRules }))).toEqual(defaultRules);
  });

  it('takes every kind of condition and gift', () => {
    const rules = [
      { id: 'a', when: { group: 'Admins' }, give: { organizationRole: 'admin' } },
      { id: 'b', when: { groupPattern: 'ml-{team}-{role}' }, give: { team: '{team}', role: '{role}' } },
      { id: 'c', when: { user: 'department eq "R&D" and active eq true' }, give: { team: 'rnd', role: 'viewer' } },
      { id: 'd', when: { everyOtherGroup: true }, give: { team: 'all-{group}', role: 'member' } },
    ];
    expect(parseRules({ rules })).toEqual(rules);
  });

  it('gives a rule without an id the same one each time, by its content', () => {
    const rule = { when: { group: 'a' }, give };
    const turned = { give: { role: 'member', team: 'x' }, when: { group: ' a ' } };
    const [first] = parseRules({ rules: [rule] });
    const [second, third] = parseRules({ rules: [turned, { when: { group: 'b' }, give }] });
    expect(first?.id).toMatch(/^rule-[0-9a-f]{12}$/);
    expect(second?.id).toBe(first?.id);
    expect(third?.id).not.toBe(first?.id);
  });

  it.each([
    [{ when: { group: 'a', user: 'title pr' }, give }, 'rules[0].when: give one of'],
    [{ when: {}, give }, 'rules[0].when: give one of'],
    [{ when: { group: '' }, give }, 'rules[0].when'],
    [{ when: { everyOtherGroup: false }, give }, 'rules[0].when'],
    [{ when: { group: 'a' }, give: { organizationRole: 'owner' } }, 'rules[0].give: give'],
    [
      { when: { group: 'a' }, give: { organizationRole: 'admin', team: 'x' } },
      'rules[0].give: Unrecognized key: "team"',
    ],
    [{ when: { group: 'a' }, give: { team: 'x' } }, 'rules[0].give: give'],
    [{ when: { group: 'a' }, give, more: 1 }, 'rules[0]: '],
    [{ id: 'a b', when: { group: 'a' }, give }, 'rules[0].id: use 1 to 64'],
    ['text', 'rules[0]: '],
    [null, 'rules[0]: '],
    [{ when: { group: 'a' }, give: { team: 'x', role: 'owner' } }, 'rules[0].give.role: "owner" is no role'],
    [
      { when: { group: 'a' }, give: { team: '{team}', role: 'member' } },
      'rules[0].give.team: {team} is not captured; known are {group}',
    ],
    [
      { when: { groupPattern: 'x-{a}' }, give: { team: 'x', role: '{b}' } },
      'rules[0].give.role: {b} is not captured; known are {group}, {a}',
    ],
    [{ when: { user: 'title pr' }, give: { team: '{group}', role: 'member' } }, 'a user condition captures nothing'],
    [{ when: { groupPattern: '{a}{b}' }, give }, 'rules[0].when.groupPattern: two captures'],
    [
      { when: { user: 'nope eq "x"' }, give },
      'rules[0].when.user: The filter is not valid: User has no attribute "nope"',
    ],
    [{ when: { user: 'title eq' }, give }, 'rules[0].when.user: The filter is not valid'],
    [{ when: { user: 'title pr or not (groups.value eq "7")' }, give }, 'rules[0].when.user: groups is not sent'],
    [{ when: { user: 'meta.created pr' }, give }, 'rules[0].when.user: meta is not sent'],
  ])('refuses %j', (rule, want) => {
    expect(faults(rule)).toContain(want);
  });

  it.each([[[]], [null], ['x'], [{}], [{ rules: {} }], [{ rules: [], more: 1 }], [{ rules: Array(501).fill({}) }]])(
    'refuses the document %j',
    (document) => {
      expect(() => parseRules(document)).toThrow('Give a document {"rules": [...]}');
    },
  );

  it('reports everything at once, each with its index', () => {
    const message = faults(
      { id: 'same', when: { group: 'a' }, give: { team: '{x}', role: 'boss' } },
      { when: { user: 'nope pr' }, give },
      { id: 'same', when: { group: 'b' }, give },
      { when: 7, give },
    );
    for (const want of [
      'rules[0].give.team',
      'rules[0].give.role',
      'rules[1].when.user',
      'rules[2]: the same id',
      'rules[3].when',
    ]) {
      expect(message).toContain(want);
    }
  });

  it('takes the custom roles that the organization has, and no others', () => {
    const rule = (role: string) => ({ rules: [{ when: { group: 'a' }, give: { team: 'x', role } }] });
    expect(parseRules(rule('labeler'), ['Labeler'])).toMatchObject([{ give: { role: 'labeler' } }]);
    expect(() => parseRules(rule('painter'), ['Labeler'])).toThrow(
      '"painter" is no role; use one of admin, member, viewer, Labeler or a {capture}',
    );
  });

  it('refuses the same rule twice', () => {
    expect(faults({ when: { group: 'a' }, give }, { when: { group: 'a' }, give })).toContain(
      'rules[1]: the same id or the same content as rules[0]',
    );
  });

  it('calls broken stored rules a fault of its own', () => {
    expect(() => parseStoredRules('{"rules":[{}]}')).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
