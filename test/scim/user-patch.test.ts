import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/errors.ts';
import { ENTERPRISE_SCHEMA, USER_SCHEMA, userSchema } from '../../src/schema/attribute.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import { PATCH_SCHEMA, parsePatch } from '../../src/scim/patch.ts';
import { applyUserPatch } from '../../src/scim/user-patch.ts';
import type { Repair } from '../../src/synclog/exchange.ts';

const work = { type: 'work', value: 'w@x', primary: true };
const home = { type: 'home', value: 'h@x' };
const ada: JsonObject = {
  userName: 'ada',
  active: true,
  name: { givenName: 'Ada', familyName: 'Byron' },
  emails: [work, home],
};
const enterprise = { department: 'K', manager: { value: 'm', $ref: '../Users/m' } };
const employee: JsonObject = { ...ada, [ENTERPRISE_SCHEMA]: enterprise };

function patch(
  resource: JsonObject,
  operations: readonly unknown[],
  createMissingElement = true,
  repairs: Repair[] = [],
) {
  const parsed = parsePatch(userSchema, { schemas: [PATCH_SCHEMA], Operations: operations });
  return applyUserPatch(resource, parsed, { createMissingElement, onRepair: (repair) => repairs.push(repair) });
}

describe('what a patch makes of a user', () => {
  const cases: readonly { name: string; from?: JsonObject; given: unknown[]; want: object }[] = [
    {
      name: 'replaces active',
      given: [{ op: 'replace', path: 'active', value: false }],
      want: { ...ada, active: false },
    },
    {
      name: 'takes a core URN',
      given: [{ op: 'add', path: `${USER_SCHEMA}:title`, value: 'Dr' }],
      want: { ...ada, title: 'Dr' },
    },
    {
      name: 'merges a complex value',
      given: [{ op: 'replace', path: 'name', value: { familyName: 'King' } }],
      want: { ...ada, name: { givenName: 'Ada', familyName: 'King' } },
    },
    {
      name: 'takes a part away',
      given: [{ op: 'remove', path: 'name.givenName' }],
      want: { ...ada, name: { familyName: 'Byron' } },
    },
    {
      name: 'drops a complex value with nothing left',
      given: [{ op: 'replace', path: 'name', value: { givenName: '', familyName: null } }],
      want: { userName: 'ada', active: true, emails: [work, home] },
    },
    {
      name: 'replaces all elements without a filter',
      given: [{ op: 'replace', value: { emails: [{ value: 'n' }] } }],
      want: { ...ada, emails: [{ value: 'n' }] },
    },
    {
      name: 'appends what is new and not what is there',
      given: [{ op: 'add', path: 'emails', value: [{ value: 'h@x', type: 'home' }, { value: 'n' }, { value: 'n' }] }],
      want: { ...ada, emails: [work, home, { value: 'n' }] },
    },
    {
      name: 'takes primary from the others when an element is added',
      given: [{ op: 'add', path: 'emails', value: [{ value: 'n', primary: true }] }],
      want: { ...ada, emails: [{ ...work, primary: false }, home, { value: 'n', primary: true }] },
    },
    {
      name: 'takes an element that is there for the same, also when it becomes primary',
      given: [{ op: 'add', path: 'emails', value: [{ ...home, primary: true }] }],
      want: {
        ...ada,
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    },
    {
      name: 'takes primary from the others through a filter',
      given: [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
      want: {
        ...ada,
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    },
    {
      name: 'merges into every match',
      given: [{ op: 'replace', path: 'emails[value ew "@x"]', value: { display: 'd' } }],
      want: {
        ...ada,
        emails: [
          { ...work, display: 'd' },
          { ...home, display: 'd' },
        ],
      },
    },
    {
      name: 'writes a part of the match',
      given: [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'n' }],
      want: { ...ada, emails: [{ ...work, value: 'n' }, home] },
    },
    {
      name: 'makes the missing element of its filter',
      given: [{ op: 'replace', path: 'addresses[type eq "work"].postalCode', value: '94105' }],
      want: { ...ada, addresses: [{ type: 'work', postalCode: '94105' }] },
    },
    {
      name: 'makes a missing primary element',
      given: [{ op: 'replace', path: 'roles[primary eq true].value', value: 'Admin' }],
      want: { ...ada, roles: [{ primary: true, value: 'Admin' }] },
    },
    {
      name: 'never lets a made element take primary',
      given: [{ op: 'add', path: 'emails[type eq "other" and primary eq true]', value: { value: 'o' } }],
      want: { ...ada, emails: [work, home, { type: 'other', primary: false, value: 'o' }] },
    },
    {
      name: 'removes the match',
      given: [{ op: 'remove', path: 'emails[type eq "work"]' }],
      want: { ...ada, emails: [home] },
    },
    {
      name: 'removes a part of the match',
      given: [{ op: 'remove', path: 'emails[type eq "work"].primary' }],
      want: { ...ada, emails: [{ type: 'work', value: 'w@x' }, home] },
    },
    {
      name: 'removes the attribute with its last element',
      given: [{ op: 'remove', path: 'emails[value pr]' }],
      want: { userName: 'ada', active: true, name: ada.name },
    },
    {
      name: 'removes only the listed elements',
      given: [
        {
          op: 'remove',
          path: 'emails',
          value: [
            { value: 'H@X', type: 'home', display: 'other' },
            { value: 'w@x', type: 'home' },
          ],
        },
      ],
      want: { ...ada, emails: [work] },
    },
    {
      name: 'removes all elements without a value',
      given: [{ op: 'remove', path: 'emails' }],
      want: { userName: 'ada', active: true, name: ada.name },
    },
    {
      name: 'adds an attribute of an extension',
      given: [{ op: 'add', path: `${ENTERPRISE_SCHEMA}:employeeNumber`, value: '7' }],
      want: { ...ada, [ENTERPRISE_SCHEMA]: { employeeNumber: '7' } },
    },
    {
      name: 'merges an extension',
      from: employee,
      given: [{ op: 'replace', path: ENTERPRISE_SCHEMA, value: { department: 'L' } }],
      want: { ...ada, [ENTERPRISE_SCHEMA]: { ...enterprise, department: 'L' } },
    },
    { name: 'removes an extension', from: employee, given: [{ op: 'remove', path: ENTERPRISE_SCHEMA }], want: ada },
    {
      name: 'drops an extension with nothing left',
      from: employee,
      given: [{ op: 'replace', value: { [ENTERPRISE_SCHEMA]: { department: '', manager: null } } }],
      want: ada,
    },
    {
      name: 'gives another manager without the old reference',
      from: employee,
      given: [{ op: 'replace', path: `${ENTERPRISE_SCHEMA}:manager`, value: { value: 'n' } }],
      want: { ...ada, [ENTERPRISE_SCHEMA]: { department: 'K', manager: { value: 'n' } } },
    },
    {
      name: 'clears the manager with an empty value',
      from: employee,
      given: [{ op: 'replace', path: `${ENTERPRISE_SCHEMA}:manager`, value: { value: '' } }],
      want: { ...ada, [ENTERPRISE_SCHEMA]: { department: 'K' } },
    },
    {
      name: 'writes manager.value',
      from: employee,
      given: [{ op: 'replace', path: `${ENTERPRISE_SCHEMA}:manager.value`, value: 'n' }],
      want: { ...ada, [ENTERPRISE_SCHEMA]: { department: 'K', manager: { value: 'n' } } },
    },
    {
      name: 'applies operations on one attribute in order',
      given: [
        { op: 'remove', path: 'title' },
        { op: 'add', path: 'title', value: 'a' },
        { op: 'replace', path: 'title', value: 'b' },
      ],
      want: { ...ada, title: 'b' },
    },
  ];
  it.each(cases)('$name', ({ from = ada, given, want }) => {
    const before = structuredClone(from);
    expect(patch(from, given)).toEqual(want);
    expect(from).toEqual(before);
  });
});

describe('a patch that changes nothing', () => {
  const cases: readonly { name: string; given: unknown[] }[] = [
    { name: 'without operations', given: [] },
    {
      name: 'with the value that is there',
      given: [{ op: 'replace', value: { active: true, name: { givenName: 'Ada' } } }],
    },
    { name: 'with an element that is there', given: [{ op: 'add', path: 'emails', value: [home] }] },
    {
      name: 'there and back',
      given: [
        { op: 'add', path: 'title', value: 'a' },
        { op: 'remove', path: 'title' },
      ],
    },
    {
      name: 'removing what does not match',
      given: [
        { op: 'remove', path: 'emails[type eq "other"]' },
        { op: 'remove', path: 'ims[type eq "x"].value' },
      ],
    },
    {
      name: 'clearing an element that is not there',
      given: [{ op: 'replace', path: 'emails[type eq "other"].value', value: '' }],
    },
    { name: 'removing an extension that is not there', given: [{ op: 'remove', path: ENTERPRISE_SCHEMA }] },
  ];
  it.each(cases)('gives the same object back: $name', ({ given }) => {
    expect(patch(ada, given)).toBe(ada);
    expect(patch(ada, given, false)).toBe(ada);
  });
});

describe('elements that are missing', () => {
  const refusal = (path: string, createMissingElement: boolean) => {
    try {
      patch(ada, [{ op: 'replace', path, value: 'x' }], createMissingElement);
    } catch (error) {
      if (isAppError(error)) return error.code;
      throw error;
    }
    return 'none';
  };

  it('are no target where they may not be made', () => {
    expect(refusal('emails[type eq "other"].value', false)).toBe('no_target');
    expect(refusal('ims.value', false)).toBe('no_target');
  });

  it.each([
    'type ne "work" and type ne "home"',
    'type eq "a" or type eq "b"',
    'type eq "a" and type eq "b"',
    'display pr',
  ])('are no target where the filter [%s] does not say how to make one', (filter) =>
    expect(refusal(`emails[${filter}].value`, true)).toBe('no_target'),
  );

  it('are reported when made', () => {
    const repairs: Repair[] = [];
    patch(ada, [{ op: 'replace', path: 'phoneNumbers[type eq "mobile"].value', value: '1' }], true, repairs);
    expect(repairs).toMatchObject([{ code: 'value-path-created', at: 'Operations[0]: phoneNumbers.value' }]);
  });
});

it('refuses to mark two elements primary', () => {
  expect(() => patch(ada, [{ op: 'replace', path: 'emails[value pr].primary', value: true }])).toThrow(
    'more than one element with primary true',
  );
});

it('bounds the elements that additions pile up', () => {
  const many = (from: number) => Array.from({ length: 600 }, (_, index) => ({ value: `${from + index}` }));
  const given = [
    { op: 'add', path: 'ims', value: many(0) },
    { op: 'add', path: 'ims', value: many(600) },
  ];
  expect(() => patch(ada, given)).toThrow('more than 1000 elements');
});

describe('the work of one patch is bounded', () => {
  const crowd: JsonObject = {
    ...ada,
    emails: Array.from({ length: 990 }, (_, n) => ({ type: `t${n}`, value: `a${n}@x` })),
  };
  const terms = Array.from({ length: 41 }, (_, n) => `value co "nobody${n}"`).join(' or ');
  const many = (operation: object, count = 1000) => Array.from({ length: count }, () => operation);
  const listed = Array.from({ length: 500 }, (_, n) => ({ value: `b${n}@x` }));

  it.each<[name: string, operations: object[]]>([
    ['filters of many terms', many({ op: 'remove', path: `emails[${terms}]` })],
    ['writes by filter', many({ op: 'replace', path: `emails[type eq "t989" or ${terms}].display`, value: 'x' })],
    ['additions to a long list', many({ op: 'add', path: 'emails', value: [{ value: 'a1@x', type: 't1' }] })],
    ['long lists to remove from a long list', many({ op: 'remove', path: 'emails', value: listed })],
  ])('refuses too many %s', (_name, operations) => {
    let refusal: unknown;
    try {
      patch(crowd, operations);
    } catch (error) {
      refusal = error;
    }
    expect(isAppError(refusal) && refusal.code).toBe('payload_too_large');
    expect(String(refusal)).toMatch(/Operations\[\d+\]: emails.*send fewer of them at once/);
  });

  it('takes a thousand operations on a list of usual length', () => {
    const operations = many({ op: 'replace', path: 'emails[type eq "work" and value co "w"].display', value: 'W' });
    expect(patch(ada, operations)).toEqual({ ...ada, emails: [{ ...work, display: 'W' }, home] });
  });

  it('takes a few operations on a list of any length', () => {
    const left = patch(crowd, many({ op: 'remove', path: `emails[type eq "t7" or ${terms}]` }, 9));
    expect(left.emails).toHaveLength(989);
  });
});
