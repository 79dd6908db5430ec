import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/errors.ts';
import { ENTERPRISE_SCHEMA, groupSchema, type ResourceSchema, userSchema } from '../../src/schema/attribute.ts';
import { PATCH_SCHEMA, parsePatch } from '../../src/scim/patch.ts';

const body = (...operations: unknown[]) => ({ schemas: [PATCH_SCHEMA], Operations: operations });

function refusal(given: unknown, schema: ResourceSchema = userSchema): readonly [string, string] {
  try {
    parsePatch(schema, given);
  } catch (error) {
    if (isAppError(error)) return [error.code, error.message];
    throw error;
  }
  return ['nothing', 'was refused'];
}

/** The operations, short: op, attribute, value or values. */
const summary = (given: unknown, schema: ResourceSchema = userSchema) =>
  parsePatch(schema, given).map((operation) => [
    operation.op,
    operation.path.attribute?.name ?? operation.path.extension,
    operation.op === 'remove' ? operation.values : operation.value,
  ]);

describe('a patch that is accepted', () => {
  it('may be empty', () => expect(parsePatch(userSchema, body())).toEqual([]));

  it('expands a value without a path into one operation for each attribute', () => {
    const value = {
      active: false,
      name: { givenName: 'A' },
      [ENTERPRISE_SCHEMA]: { department: 'K', manager: { value: 'm' } },
    };
    expect(summary(body({ op: 'replace', value }))).toEqual([
      ['replace', 'active', false],
      ['replace', 'name', { givenName: 'A' }],
      ['replace', 'department', 'K'],
      ['replace', 'manager', { value: 'm' }],
    ]);
  });

  it('ignores what is read-only in a value without a path: Okta and authentik send id and schemas', () => {
    const value = { id: 'x', schemas: ['y'], meta: {}, groups: [], userName: 'b' };
    expect(summary(body({ op: 'replace', value }))).toEqual([['replace', 'userName', 'b']]);
  });

  it('throws passwords away', () => {
    const operations = [
      { op: 'replace', path: 'password', value: 'x' },
      { op: 'add', value: { password: 'x' } },
      { op: 'remove', path: 'password' },
    ];
    expect(parsePatch(userSchema, body(...operations))).toEqual([]);
  });

  it.each([null, ''])('unassigns an optional attribute with %j', (value) => {
    expect(summary(body({ op: 'replace', path: 'title', value }, { op: 'add', value: { title: value } }))).toEqual([
      ['remove', 'title', undefined],
      ['remove', 'title', undefined],
    ]);
  });

  it('keeps an empty part of a complex value as one to take away', () => {
    expect(
      summary(body({ op: 'replace', path: 'name', value: { givenName: '', familyName: null, formatted: 'x' } })),
    ).toEqual([['replace', 'name', { givenName: null, familyName: null, formatted: 'x' }]]);
  });

  it('adds nothing where nothing is added', () => {
    expect(summary(body({ op: 'add', path: 'emails', value: [] }, { op: 'add', path: 'emails', value: null }))).toEqual(
      [],
    );
  });

  it('leaves members alone that are not named', () => {
    expect(summary(body({ op: 'replace', value: { displayName: 'x' } }), groupSchema)).toEqual([
      ['replace', 'displayName', 'x'],
    ]);
  });

  it('reads the listed members of a remove, and all of them without a value', () => {
    const remove = (rest: object) => summary(body({ op: 'remove', path: 'members', ...rest }), groupSchema);
    expect(remove({ value: [{ $ref: null, value: 'a' }] })).toEqual([['remove', 'members', [{ value: 'a' }]]]);
    expect(remove({})).toEqual([['remove', 'members', undefined]]);
    expect(remove({ value: null })).toEqual([['remove', 'members', undefined]]);
    expect(remove({ value: [] })).toEqual([]);
  });

  it('ignores a stray value beside a value filter', () => {
    const [operation] = parsePatch(groupSchema, body({ op: 'remove', path: 'members[value eq "a"]', value: '' }));
    expect(operation).toMatchObject({ op: 'remove' });
    expect(operation).not.toHaveProperty('values');
  });
});

describe('a patch that is refused', () => {
  const cases: readonly { name: string; given: unknown; code: string; text: string; schema?: ResourceSchema }[] = [
    { name: 'no schemas', given: { Operations: [] }, code: 'invalid_syntax', text: PATCH_SCHEMA },
    {
      name: 'no Operations',
      given: { schemas: [PATCH_SCHEMA] },
      code: 'invalid_syntax',
      text: 'Operations must be a list',
    },
    { name: 'no object', given: null, code: 'invalid_syntax', text: 'not null' },
    {
      name: 'an operation that is a string',
      given: body('add'),
      code: 'invalid_syntax',
      text: 'Operations[0] must be an object',
    },
    {
      name: 'an unknown op',
      given: body({ op: 'replace', path: 'title', value: 'a' }, { op: 'Replace' }),
      code: 'invalid_syntax',
      text: 'Operations[1].op',
    },
    {
      name: 'too many operations',
      given: body(...Array.from({ length: 1001 }, () => ({}))),
      code: 'payload_too_large',
      text: '1001',
    },
    {
      name: 'remove without a path',
      given: body({ op: 'remove', value: { title: 'a' } }),
      code: 'no_target',
      text: 'Operations[0]: remove needs a path',
    },
    {
      name: 'a path that is no string',
      given: body({ op: 'add', path: 7, value: 1 }),
      code: 'invalid_path',
      text: 'Operations[0].path',
    },
    {
      name: 'an unknown path',
      given: body({ op: 'add', path: 'shoe', value: 1 }),
      code: 'invalid_path',
      text: '"shoe"',
    },
    {
      name: 'an unknown key in a value',
      given: body({ op: 'add', value: { shoe: 1 } }),
      code: 'invalid_syntax',
      text: 'Operations[0]: shoe',
    },
    {
      name: 'a value without path that is no object',
      given: body({ op: 'add', value: 'x' }),
      code: 'invalid_value',
      text: 'has no path',
    },
    {
      name: 'no value',
      given: body({ op: 'add', path: 'title' }),
      code: 'invalid_value',
      text: 'add of title needs a value',
    },
    { name: 'id', given: body({ op: 'replace', path: 'id', value: 'x' }), code: 'mutability', text: 'id is read-only' },
    {
      name: 'meta',
      given: body({ op: 'remove', path: 'meta.created' }),
      code: 'mutability',
      text: 'meta.created is read-only',
    },
    {
      name: 'groups',
      given: body({ op: 'add', path: 'groups', value: [] }),
      code: 'mutability',
      text: 'groups is read-only',
    },
    {
      name: 'schemas',
      given: body({ op: 'add', path: 'schemas', value: [] }),
      code: 'mutability',
      text: 'schemas is read-only',
    },
    {
      name: 'a read-only part',
      given: body({ op: 'add', path: `${ENTERPRISE_SCHEMA}:manager.displayName`, value: 'x' }),
      code: 'mutability',
      text: 'manager.displayName',
    },
    {
      name: 'a wrong type',
      given: body({ op: 'replace', path: 'active', value: 'False' }),
      code: 'invalid_value',
      text: 'Operations[0]: active must be true or false, not the string "False"',
    },
    {
      name: 'a wrong type in an element',
      given: body({ op: 'add', value: { emails: [{ primary: 1 }] } }),
      code: 'invalid_value',
      text: 'Operations[0]: emails[0].primary',
    },
    {
      name: 'a list for one value',
      given: body({ op: 'replace', path: 'title', value: ['x'] }),
      code: 'invalid_value',
      text: 'title has one value',
    },
    {
      name: 'active null',
      given: body({ op: 'replace', value: { title: null, active: null } }),
      code: 'invalid_value',
      text: 'active must be true or false',
    },
    {
      name: 'removing active, which would bring a person back',
      given: body({ op: 'remove', path: 'active' }),
      code: 'invalid_value',
      text: 'active cannot be removed',
    },
    {
      name: 'userName null',
      given: body({ op: 'replace', path: 'userName', value: null }),
      code: 'invalid_value',
      text: 'userName is required',
    },
    {
      name: 'removing userName',
      given: body({ op: 'remove', path: 'userName' }),
      code: 'mutability',
      text: 'userName is required',
    },
    {
      name: 'removing a member that is not named',
      schema: groupSchema,
      given: body({ op: 'remove', path: 'members', value: [{ value: 'a' }, { $ref: null, value: null }] }),
      code: 'invalid_value',
      text: 'members[1].value',
    },
    {
      name: 'removing "" from members',
      schema: groupSchema,
      given: body({ op: 'remove', path: 'members', value: '' }),
      code: 'invalid_value',
      text: 'members must be a list',
    },
    {
      name: 'replacing members with ""',
      schema: groupSchema,
      given: body({ op: 'replace', path: 'members', value: '' }),
      code: 'invalid_value',
      text: 'members must be a list',
    },
    {
      name: 'removing an e-mail that is not named',
      given: body({ op: 'remove', path: 'emails', value: [{ type: 'work' }] }),
      code: 'invalid_value',
      text: 'emails[0] does not say',
    },
    {
      name: 'a member changed in place',
      schema: groupSchema,
      given: body({ op: 'replace', path: 'members[value eq "a"].display', value: 'x' }),
      code: 'mutability',
      text: 'members.display',
    },
    {
      name: 'a member written through a filter',
      schema: groupSchema,
      given: body({ op: 'add', path: 'members[value eq "a"]', value: { value: 'b' } }),
      code: 'mutability',
      text: 'members cannot',
    },
    {
      name: 'nested groups',
      schema: groupSchema,
      given: body({ op: 'add', path: 'members', value: [{ value: 'a', type: 'Group' }] }),
      code: 'invalid_value',
      text: 'nested groups',
    },
  ];
  it.each(cases)('for $name', ({ given, code, text, schema }) =>
    expect(refusal(given, schema)).toEqual([code, expect.stringContaining(text)]),
  );

  it('without a path where the connection wants paths', () => {
    expect(() => parsePatch(userSchema, body({ op: 'add', value: {} }), { requirePath: true })).toThrow('has no path');
  });
});
