import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/errors.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA, userSchema } from '../../src/schema/attribute.ts';
import { parseGroup, parseResource } from '../../src/scim/resource.ts';

const user = (rest: object) => ({ schemas: [USER_SCHEMA], userName: 'ada', ...rest });

/** [code, message] of what it throws. */
function refusal(run: () => unknown): readonly [string, string] {
  try {
    run();
  } catch (error) {
    if (isAppError(error)) return [error.code, error.message];
    throw error;
  }
  return ['nothing', 'was refused'];
}

describe('a user that is accepted', () => {
  const cases: readonly { name: string; given: object; want: object }[] = [
    {
      name: 'spells names as the schema does',
      given: { USERNAME: 'b', schemas: [USER_SCHEMA] },
      want: { userName: 'b' },
    },
    {
      name: 'spells parts and elements as the schema does',
      given: user({ Emails: [{ Primary: true, VALUE: 'a@x' }] }),
      want: { userName: 'ada', emails: [{ primary: true, value: 'a@x' }] },
    },
    {
      name: 'ignores what is read-only',
      given: user({ id: 'x', meta: { resourceType: 'User' }, groups: [{ value: 'g' }] }),
      want: { userName: 'ada' },
    },
    { name: 'throws the password away', given: user({ password: 'secret' }), want: { userName: 'ada' } },
    {
      name: 'takes null and the empty list for unassigned',
      given: user({ title: null, roles: [], name: { givenName: null } }),
      want: { userName: 'ada' },
    },
    {
      name: 'drops null parts of an element and elements with nothing in them',
      given: user({ addresses: [{ type: 'work', country: null }, { country: null }] }),
      want: { userName: 'ada', addresses: [{ type: 'work' }] },
    },
    { name: 'keeps empty strings as sent', given: user({ title: '' }), want: { userName: 'ada', title: '' } },
    {
      name: 'keeps an element without a value',
      given: user({ emails: [{ type: 'work' }] }),
      want: { userName: 'ada', emails: [{ type: 'work' }] },
    },
    {
      name: 'enforces no canonical type, URI or locale',
      given: user({ emails: [{ value: 'a', type: 'I' }], profileUrl: 'RVSZ', locale: 'PUWG' }),
      want: { userName: 'ada', emails: [{ value: 'a', type: 'I' }], profileUrl: 'RVSZ', locale: 'PUWG' },
    },
    {
      name: 'finds an extension by its URN in any case',
      given: user({
        [ENTERPRISE_SCHEMA.toUpperCase()]: { Department: 'K', manager: { value: 'm', displayName: 'no' } },
      }),
      want: { userName: 'ada', [ENTERPRISE_SCHEMA]: { department: 'K', manager: { value: 'm' } } },
    },
    {
      name: 'leaves an empty extension out',
      given: user({ [ENTERPRISE_SCHEMA]: { department: null } }),
      want: { userName: 'ada' },
    },
    { name: 'keeps active false', given: user({ active: false }), want: { userName: 'ada', active: false } },
  ];
  it.each(cases)('$name', ({ given, want }) => expect(parseResource(userSchema, given)).toEqual(want));
});

describe('a user that is refused', () => {
  const own = (key: string) => JSON.parse(`{"schemas":["${USER_SCHEMA}"],"userName":"a","${key}":{"x":1}}`) as object;
  const cases: readonly { name: string; given: unknown; code: string; text: string }[] = [
    {
      name: 'names the wrong type',
      given: user({ emails: [{ primary: 'yes' }] }),
      code: 'invalid_value',
      text: 'emails[0].primary must be true or false, not the string "yes"',
    },
    {
      name: 'says no to two primaries',
      given: user({
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      }),
      code: 'invalid_value',
      text: 'emails has more than one',
    },
    {
      name: 'wants a list for emails',
      given: user({ emails: { value: 'a' } }),
      code: 'invalid_value',
      text: 'emails must be a list, not an object',
    },
    {
      name: 'wants no null in a list',
      given: user({ emails: [null] }),
      code: 'invalid_value',
      text: 'emails[0] must be an object, not null',
    },
    {
      name: 'wants a userName',
      given: { schemas: [USER_SCHEMA] },
      code: 'invalid_value',
      text: 'userName is required',
    },
    {
      name: 'wants a userName that is not blank',
      given: user({ userName: '  ' }),
      code: 'invalid_value',
      text: 'userName must not be empty',
    },
    {
      name: 'names an unknown attribute',
      given: user({ shoeSize: 3 }),
      code: 'invalid_syntax',
      text: 'shoeSize is not a known attribute',
    },
    {
      name: 'names an unknown part',
      given: user({ name: { nick: 'a' } }),
      code: 'invalid_syntax',
      text: 'name.nick is not',
    },
    {
      name: 'says no to one attribute in two spellings',
      given: user({ title: 'a', TITLE: 'b' }),
      code: 'invalid_syntax',
      text: 'title is there twice',
    },
    {
      name: 'says no to two odd spellings',
      given: user({ tiTle: 'a', TITLE: 'b' }),
      code: 'invalid_syntax',
      text: 'title is there twice',
    },
    { name: 'wants schemas', given: { userName: 'a' }, code: 'invalid_syntax', text: 'schemas must be a list' },
    {
      name: 'wants the core schema',
      given: { schemas: [ENTERPRISE_SCHEMA], userName: 'a' },
      code: 'invalid_syntax',
      text: 'schemas must contain',
    },
    {
      name: 'names an unknown schema',
      given: { schemas: [USER_SCHEMA, 'urn:x'], userName: 'a' },
      code: 'invalid_syntax',
      text: 'schemas[1]: "urn:x"',
    },
    {
      name: 'wants no NUL',
      given: user({ title: 'a\0' }),
      code: 'invalid_value',
      text: 'title must not contain a NUL',
    },
    {
      name: 'wants well-formed Unicode',
      given: user({ title: '\ud800' }),
      code: 'invalid_value',
      text: 'title is not well-formed',
    },
    {
      name: 'bounds strings',
      given: user({ title: 'é'.repeat(40_000) }),
      code: 'invalid_value',
      text: 'title is too long',
    },
    {
      name: 'bounds lists',
      given: user({ ims: Array.from({ length: 1001 }, () => ({ value: 'a' })) }),
      code: 'invalid_value',
      text: 'ims has 1001',
    },
    { name: 'wants an object', given: [], code: 'invalid_syntax', text: 'not a list' },
    { name: 'knows no __proto__', given: own('__proto__'), code: 'invalid_syntax', text: '__proto__ is not a known' },
    {
      name: 'knows no constructor',
      given: own('constructor'),
      code: 'invalid_syntax',
      text: 'constructor is not a known',
    },
    { name: 'shows odd keys escaped', given: user({ 'a\0b': 1 }), code: 'invalid_syntax', text: '"a\\u0000b" is not' },
  ];
  it.each(cases)('$name', ({ given, code, text }) =>
    expect(refusal(() => parseResource(userSchema, given))).toEqual([code, expect.stringContaining(text)]),
  );
});

describe('a group', () => {
  const group = (rest: object) => ({ schemas: [GROUP_SCHEMA], displayName: 'vision', ...rest });

  it('tells members that are absent from members that are none', () => {
    expect(parseGroup(group({}))).toEqual({ displayName: 'vision' });
    expect(parseGroup(group({ members: [] }))).toEqual({ displayName: 'vision', members: [] });
    expect(parseGroup(group({ members: null }))).toEqual({ displayName: 'vision', members: [] });
  });

  it('names each member once and drops references', () => {
    const members = [
      { $ref: null, value: 'a' },
      { value: 'b', display: 'B', type: 'user', $ref: 'https://x/Users/b' },
      { value: 'a' },
    ];
    expect(parseGroup(group({ members })).members).toEqual([
      { value: 'a' },
      { value: 'b', display: 'B', type: 'User' },
    ]);
  });

  it('takes more members than a user may have e-mail addresses', () => {
    const members = Array.from({ length: 5000 }, (_, index) => ({ value: `u${index}` }));
    expect(parseGroup(group({ members })).members).toHaveLength(5000);
  });

  const faults: readonly { name: string; given: object; text: string }[] = [
    {
      name: 'nested groups by type',
      given: { members: [{ value: 'a', type: 'Group' }] },
      text: 'members[0].type must be "User": nested groups are not offered',
    },
    {
      name: 'nested groups by reference',
      given: { members: [{ value: 'a', $ref: 'https://x/scim/v2/Groups/a' }] },
      text: 'nested groups are not offered',
    },
    {
      name: 'a member without a value',
      given: { members: [{ value: 'a' }, { display: 'B' }] },
      text: 'members[1].value must be the id',
    },
    {
      name: 'a member whose value is a number',
      given: { members: [{ value: 7 }] },
      text: 'members[0].value must be a string, not the number 7',
    },
    { name: 'a member as a bare string', given: { members: ['a'] }, text: 'members[0] must be an object' },
    { name: 'a blank displayName', given: { displayName: ' ' }, text: 'displayName must not be empty' },
  ];
  it.each(faults)('refuses $name', ({ given, text }) =>
    expect(refusal(() => parseGroup(group(given)))).toEqual(['invalid_value', expect.stringContaining(text)]),
  );
});
