import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/directory/connections/connection.ts';
import { ENT, repairOperation } from './request-shapes.ts';

interface Row {
  readonly name: string;
  readonly dialect?: Dialect;
  readonly resource?: 'Group';
  readonly given: unknown;
  readonly want: readonly unknown[];
  readonly codes: readonly string[];
}

const MANAGER = `${ENT}:manager`;

function check(rows: readonly Row[]) {
  it.each(rows)('$name', ({ dialect = 'entra', resource, given, want, codes }) => {
    const repaired = repairOperation(dialect, given, resource);
    expect(repaired.operations).toEqual(want);
    expect(repaired.codes).toEqual(codes);
  });
}

describe('operation names and keys', () => {
  check([
    {
      name: 'reads Replace as replace (row 3)',
      given: { op: 'Replace', path: 'title', value: 'x' },
      want: [{ op: 'replace', path: 'title', value: 'x' }],
      codes: ['operation-case'],
    },
    {
      name: 'reads ADD as add',
      given: { op: 'ADD', path: 'title', value: 'x' },
      want: [{ op: 'add', path: 'title', value: 'x' }],
      codes: ['operation-case'],
    },
    {
      name: 'passes an unknown operation on untouched',
      given: { op: 'frobnicate', path: 'nonsense', value: ['True'] },
      want: [{ op: 'frobnicate', path: 'nonsense', value: ['True'] }],
      codes: [],
    },
    {
      name: 'leaves out keys that no operation has (entra-095)',
      resource: 'Group',
      given: { name: 'addMember', op: 'add', path: 'members', value: [{ displayName: 'new User', value: 'u1' }] },
      want: [{ op: 'add', path: 'members', value: [{ value: 'u1' }] }],
      codes: ['operation-key', 'unknown-attribute'],
    },
    {
      name: 'reads Op, Path and Value in any case',
      given: { Op: 'Add', PATH: 'title', Value: 'x' },
      want: [{ op: 'add', path: 'title', value: 'x' }],
      codes: ['operation-key', 'operation-key', 'operation-key', 'operation-case'],
    },
    {
      name: 'reads an empty path as none',
      given: { op: 'replace', path: '', value: { active: 'True' } },
      want: [{ op: 'replace', value: { active: true } }],
      codes: ['path-empty', 'string-boolean'],
    },
    {
      name: 'leaves a remove without a path for the parser to refuse (entra-061)',
      given: { op: 'Remove', value: { displayName: 'Ada' } },
      want: [{ op: 'remove', value: { displayName: 'Ada' } }],
      codes: ['operation-case'],
    },
  ]);
});

describe('booleans', () => {
  check([
    ...['False', 'false', 'FALSE', ' False '].map((value) => ({
      name: `reads "${value}" for active (row 4)`,
      given: { op: 'replace', path: 'active', value },
      want: [{ op: 'replace', path: 'active', value: false }],
      codes: ['string-boolean'],
    })),
    {
      name: 'reads a boolean in a path-less object',
      given: { op: 'add', value: { active: 'True' } },
      want: [{ op: 'add', value: { active: true } }],
      codes: ['string-boolean'],
    },
    {
      name: 'reads a boolean inside an element (row 5)',
      given: { op: 'replace', path: 'roles', value: [{ primary: 'True', value: 'O' }] },
      want: [{ op: 'replace', path: 'roles', value: [{ primary: true, value: 'O' }] }],
      codes: ['string-boolean'],
    },
    {
      name: 'reads a boolean inside a path filter (row 5)',
      given: { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'O' },
      want: [{ op: 'replace', path: 'roles[primary eq true].value', value: 'O' }],
      codes: ['operation-case', 'string-boolean'],
    },
    {
      name: 'reads a bare True inside a path filter',
      given: { op: 'replace', path: 'emails[type eq "work" and Primary EQ True].value', value: 'a@b' },
      want: [{ op: 'replace', path: 'emails[type eq "work" and Primary EQ true].value', value: 'a@b' }],
      codes: ['string-boolean'],
    },
    {
      name: 'leaves text that only looks like a boolean in a filter',
      given: {
        op: 'replace',
        path: 'emails[value eq "True" and display eq "primary eq \\"True\\"]"].type',
        value: 'x',
      },
      want: [
        { op: 'replace', path: 'emails[value eq "True" and display eq "primary eq \\"True\\"]"].type', value: 'x' },
      ],
      codes: [],
    },
    {
      name: 'leaves other text for active to the parser',
      given: { op: 'replace', path: 'active', value: 'maybe' },
      want: [{ op: 'replace', path: 'active', value: 'maybe' }],
      codes: [],
    },
    {
      name: 'leaves the text "True" where text is wanted',
      given: { op: 'replace', path: 'title', value: 'True' },
      want: [{ op: 'replace', path: 'title', value: 'True' }],
      codes: [],
    },
    {
      name: 'leaves null for active to the parser (row 10)',
      given: { op: 'replace', value: { title: null, active: null } },
      want: [{ op: 'replace', value: { title: null, active: null } }],
      codes: [],
    },
  ]);
});

describe('paths', () => {
  check([
    {
      name: 'takes blanks and a leading slash off',
      given: { op: 'replace', path: ' /active ', value: true },
      want: [{ op: 'replace', path: 'active', value: true }],
      codes: ['path-form'],
    },
    {
      name: 'reads a dot after a schema URN as a colon',
      given: { op: 'replace', path: `${ENT}.department`, value: 'x' },
      want: [{ op: 'replace', path: `${ENT}:department`, value: 'x' }],
      codes: ['path-urn'],
    },
    {
      name: 'reads the mis-spelt enterprise URN',
      given: {
        op: 'replace',
        path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department',
        value: 'x',
      },
      want: [{ op: 'replace', path: `${ENT}:department`, value: 'x' }],
      codes: ['path-urn'],
    },
    {
      name: 'leaves a core URN and its case alone (entra-097)',
      resource: 'Group',
      given: {
        op: 'add',
        path: 'urn:ietf:params:scim:schemas:core:2.0:Group:Members',
        value: [{ value: 'u1' }],
      },
      want: [{ op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:Members', value: [{ value: 'u1' }] }],
      codes: [],
    },
    {
      name: 'leaves an enterprise path with the dotted version alone (row 6)',
      given: { op: 'replace', path: `${ENT}:employeeNumber`, value: 'Eqpj' },
      want: [{ op: 'replace', path: `${ENT}:employeeNumber`, value: 'Eqpj' }],
      codes: [],
    },
    {
      name: 'puts the URN before a bare enterprise attribute',
      given: { op: 'replace', path: 'department', value: 'x' },
      want: [{ op: 'replace', path: `${ENT}:department`, value: 'x' }],
      codes: ['enterprise-attribute'],
    },
    {
      name: 'leaves out an operation on an unknown attribute',
      given: { op: 'replace', path: 'favouriteColour', value: 'x' },
      want: [],
      codes: ['unknown-attribute'],
    },
    {
      name: 'leaves out an operation on an unknown sub-attribute',
      given: { op: 'replace', path: 'name.nick', value: 'x' },
      want: [],
      codes: ['unknown-attribute'],
    },
    {
      name: 'leaves out an operation on an extension that is not ours',
      given: { op: 'add', path: 'urn:ietf:params:scim:schemas:extension:Custom:2.0:User:badge', value: 'x' },
      want: [],
      codes: ['unknown-attribute'],
    },
    {
      name: 'leaves a broken path for the parser to refuse',
      given: { op: 'replace', path: 'emails[type eq "work".value', value: 'x' },
      want: [{ op: 'replace', path: 'emails[type eq "work".value', value: 'x' }],
      codes: [],
    },
    {
      name: 'repairs the object of a whole extension',
      given: { op: 'add', path: ENT, value: { employeeNumber: 42, 'manager.value': 'm' } },
      want: [{ op: 'add', path: ENT, value: { employeeNumber: '42', manager: { value: 'm' } } }],
      codes: ['dotted-key', 'text-value'],
    },
    {
      name: 'keeps null in the object of a value path, where it clears a sub-attribute',
      given: { op: 'replace', path: 'addresses[type eq "work"]', value: { country: null, region: 'CA' } },
      want: [{ op: 'replace', path: 'addresses[type eq "work"]', value: { country: null, region: 'CA' } }],
      codes: [],
    },
  ]);
});

describe('keys of path-less operations', () => {
  check([
    {
      name: 'expands dotted and URN keys (row 6, entra-flag-01)',
      given: {
        op: 'replace',
        value: {
          displayName: 'Bjfe',
          'name.givenName': 'Kkom',
          'name.familyName': 'Unua',
          [`${ENT}:employeeNumber`]: 'Aklq',
        },
      },
      want: [
        {
          op: 'replace',
          value: {
            displayName: 'Bjfe',
            name: { givenName: 'Kkom', familyName: 'Unua' },
            [ENT]: { employeeNumber: 'Aklq' },
          },
        },
      ],
      codes: ['dotted-key', 'dotted-key', 'urn-key'],
    },
    {
      name: 'keeps null under a dotted key: it clears',
      given: { op: 'replace', value: { 'name.middleName': null } },
      want: [{ op: 'replace', value: { name: { middleName: null } } }],
      codes: ['dotted-key'],
    },
    {
      name: 'expands a URN with a dot and one that is mis-spelt',
      given: {
        op: 'add',
        value: {
          [`${ENT}.department`]: 'K',
          'urn:ietf:params:scim:schemas:extension:enterprise:2.0User:costCenter': 'P',
        },
      },
      want: [{ op: 'add', value: { [ENT]: { department: 'K', costCenter: 'P' } } }],
      codes: ['urn-key', 'urn-key'],
    },
    {
      name: 'makes a value path an operation of its own, repaired like the others',
      given: { op: 'Replace', value: { title: 'x', 'roles[primary eq "True"].value': ['O'] } },
      want: [
        { op: 'replace', value: { title: 'x' } },
        { op: 'replace', path: 'roles[primary eq true].value', value: 'O' },
      ],
      codes: ['operation-case', 'value-path-key', 'string-boolean', 'single-element-array'],
    },
    {
      name: 'needs no operation for what is left of a lone value path',
      given: { op: 'replace', value: { 'emails.value': 'a@b' } },
      want: [{ op: 'replace', path: 'emails.value', value: 'a@b' }],
      codes: ['value-path-key'],
    },
    {
      name: 'merges into what was sent as an object',
      given: { op: 'replace', value: { 'name.givenName': 'Ada', name: { familyName: 'Byron' } } },
      want: [{ op: 'replace', value: { name: { familyName: 'Byron', givenName: 'Ada' } } }],
      codes: ['dotted-key'],
    },
    {
      name: 'keeps the object where both forms name the same',
      given: { op: 'replace', value: { 'name.givenName': 'B', Name: { givenName: 'A' } } },
      want: [{ op: 'replace', value: { Name: { givenName: 'A' } } }],
      codes: ['dotted-key', 'conflicting-key'],
    },
    {
      name: 'drops an operation that named only unknown attributes',
      given: { op: 'replace', value: { colour: 'red' } },
      want: [],
      codes: ['unknown-attribute'],
    },
    {
      name: 'leaves id, schemas and meta to the parser (authentik-03)',
      resource: 'Group',
      given: { op: 'replace', value: { schemas: ['x'], id: 'g', meta: {}, externalId: '2f', displayName: 'E' } },
      want: [{ op: 'replace', value: { schemas: ['x'], id: 'g', meta: {}, externalId: '2f', displayName: 'E' } }],
      codes: [],
    },
    {
      name: 'reads a list of one object as the object',
      given: { op: 'replace', value: [{ active: false }] },
      want: [{ op: 'replace', value: { active: false } }],
      codes: ['single-element-array'],
    },
  ]);
});

describe('manager (row 9)', () => {
  const rows: readonly (readonly [string, unknown, unknown, readonly string[]])[] = [
    ['wraps a bare id', 'm1', { value: 'm1' }, ['manager-value']],
    ['wraps a number', 7, { value: '7' }, ['manager-value']],
    ['clears on an empty text (entra-054)', '', null, ['empty-text']],
    ['clears on {"value": ""}', { value: '' }, null, ['manager-value']],
    ['clears on {"value": null}', { value: null, displayName: 'x' }, null, ['manager-value']],
    ['clears on an empty list', [], null, ['manager-value']],
    ['takes the one of a list', [{ $ref: 'r', value: 'm1' }], { $ref: 'r', value: 'm1' }, ['manager-value']],
    ['takes the first of a list', ['m1', 'm2'], { value: 'm1' }, ['manager-value', 'manager-value']],
    ['reads managerId', { managerId: 'm1' }, { value: 'm1' }, ['manager-id']],
    ['clears on an empty managerId', { managerId: '' }, null, ['manager-id', 'manager-value']],
    ['clears on a list of one empty value', { value: [''] }, null, ['manager-value']],
    ['keeps an id that nobody has (entra-055)', { value: 'GZFD' }, { value: 'GZFD' }, []],
    ['keeps null', null, null, []],
    ['leaves a list of lists to the parser', [['m1']], [['m1']], []],
  ];
  check(
    rows.map(([name, value, wanted, codes]) => ({
      name,
      given: { op: 'replace', path: MANAGER, value },
      want: [{ op: 'replace', path: MANAGER, value: wanted }],
      codes,
    })),
  );
  check([
    {
      name: 'reads the documented form without URN (entra-053)',
      given: { op: 'Add', path: 'manager', value: [{ $ref: 'http://x/Users/m', value: 'm' }] },
      want: [{ op: 'add', path: MANAGER, value: { $ref: 'http://x/Users/m', value: 'm' } }],
      codes: ['operation-case', 'enterprise-attribute', 'manager-value'],
    },
    {
      name: 'reads the path manager.managerId',
      given: { op: 'replace', path: 'manager.managerId', value: 'm' },
      want: [{ op: 'replace', path: `${MANAGER}.value`, value: 'm' }],
      codes: ['enterprise-attribute', 'manager-id'],
    },
    {
      name: 'leaves a stray value next to a removal alone',
      given: { op: 'remove', path: MANAGER, value: '' },
      want: [{ op: 'remove', path: MANAGER, value: '' }],
      codes: [],
    },
  ]);
});

describe('lists', () => {
  check([
    {
      name: 'unwraps a list round one value (row 37, gen-03)',
      resource: 'Group',
      given: { op: 'Replace', path: 'displayName', value: ['Platform'] },
      want: [{ op: 'replace', path: 'displayName', value: 'Platform' }],
      codes: ['operation-case', 'single-element-array'],
    },
    {
      name: 'unwraps, then reads the boolean',
      given: { op: 'replace', path: 'active', value: ['False'] },
      want: [{ op: 'replace', path: 'active', value: false }],
      codes: ['single-element-array', 'string-boolean'],
    },
    {
      name: 'leaves a list of several where one value is wanted',
      given: { op: 'replace', path: 'title', value: ['a', 'b'] },
      want: [{ op: 'replace', path: 'title', value: ['a', 'b'] }],
      codes: [],
    },
    {
      name: 'wraps a single object',
      given: { op: 'add', path: 'emails', value: { value: 'a@b', type: 'work' } },
      want: [{ op: 'add', path: 'emails', value: [{ value: 'a@b', type: 'work' }] }],
      codes: ['missing-array'],
    },
    {
      name: 'wraps a single value',
      given: { op: 'add', path: 'emails', value: 'a@b' },
      want: [{ op: 'add', path: 'emails', value: [{ value: 'a@b' }] }],
      codes: ['missing-array', 'bare-element'],
    },
    {
      name: 'reads text for a number, in an object too',
      given: { op: 'replace', value: { title: 3, emails: [{ value: 5 }] } },
      want: [{ op: 'replace', value: { title: '3', emails: [{ value: '5' }] } }],
      codes: ['text-value', 'text-value'],
    },
    {
      name: 'leaves a number whose digits are lost already',
      given: { op: 'replace', path: 'title', value: 2 ** 60 },
      want: [{ op: 'replace', path: 'title', value: 2 ** 60 }],
      codes: [],
    },
    {
      name: 'keeps one primary, the first',
      given: {
        op: 'replace',
        path: 'emails',
        value: [
          { value: 'a', primary: 'True' },
          { value: 'b', primary: true },
        ],
      },
      want: [
        {
          op: 'replace',
          path: 'emails',
          value: [
            { value: 'a', primary: true },
            { value: 'b', primary: false },
          ],
        },
      ],
      codes: ['string-boolean', 'second-primary'],
    },
    {
      name: 'leaves several of one type alone',
      given: {
        op: 'replace',
        path: 'emails',
        value: [
          { value: 'a', type: 'work' },
          { value: 'b', type: 'work' },
        ],
      },
      want: [
        {
          op: 'replace',
          path: 'emails',
          value: [
            { value: 'a', type: 'work' },
            { value: 'b', type: 'work' },
          ],
        },
      ],
      codes: [],
    },
    {
      name: 'leaves out empty entries',
      given: { op: 'replace', path: 'emails', value: [null, { value: 'a' }, { value: null, type: null }] },
      want: [{ op: 'replace', path: 'emails', value: [{ value: 'a' }] }],
      codes: ['null-element'],
    },
    {
      name: 'never empties a list of a PATCH by leaving out entries',
      given: { op: 'replace', path: 'emails', value: [null] },
      want: [{ op: 'replace', path: 'emails', value: [null] }],
      codes: [],
    },
    {
      name: 'reads an empty text for a list as null',
      given: { op: 'replace', path: 'phoneNumbers', value: '' },
      want: [{ op: 'replace', path: 'phoneNumbers', value: null }],
      codes: ['empty-text'],
    },
    {
      name: 'passes an empty text on where text is wanted',
      given: { op: 'replace', path: 'title', value: '' },
      want: [{ op: 'replace', path: 'title', value: '' }],
      codes: [],
    },
  ]);
});

describe('a removal that lists elements', () => {
  check([
    ...[
      { type: 'work', vlaue: 'a@b' },
      { type: 'work', display: null },
    ].map((element) => ({
      name: `names no more than before: ${JSON.stringify(element)}`,
      given: { op: 'remove', path: 'emails', value: [element] },
      want: [{ op: 'remove', path: 'emails', value: [element] }],
      codes: [],
    })),
    {
      name: 'loses what says nothing beside the value',
      given: { op: 'remove', path: 'emails', value: [{ value: 'a@b', label: 'x', display: null }] },
      want: [{ op: 'remove', path: 'emails', value: [{ value: 'a@b' }] }],
      codes: ['unknown-attribute', 'null-sub-attribute'],
    },
  ]);
});

describe('members', () => {
  const members = (name: string, given: object, want: object, codes: readonly string[]): Row => ({
    name,
    resource: 'Group',
    given: { path: 'members', ...given },
    want: [{ path: 'members', ...want }],
    codes,
  });
  check([
    members(
      'drops a null $ref on add (entra-086)',
      { op: 'Add', value: [{ $ref: null, value: 'u1' }] },
      { op: 'add', value: [{ value: 'u1' }] },
      ['operation-case', 'null-sub-attribute'],
    ),
    members(
      'keeps what a removal names (row 1)',
      { op: 'Remove', value: [{ $ref: null, value: 'u1' }] },
      { op: 'remove', value: [{ value: 'u1' }] },
      ['operation-case', 'null-sub-attribute'],
    ),
    members(
      'leaves a malformed removal malformed, so that it is refused (entra-090)',
      { op: 'remove', value: [{ $ref: null, value: null }] },
      { op: 'remove', value: [{ $ref: null, value: null }] },
      [],
    ),
    ...[[null], [{}], [{ id: 'u1' }], [{ $ref: null }], '', null, []].map((value) =>
      members(`leaves remove ${JSON.stringify(value)} as it is`, { op: 'remove', value }, { op: 'remove', value }, []),
    ),
    ...['', null, [], [null]].map((value) =>
      members(
        `leaves replace ${JSON.stringify(value)} as it is`,
        { op: 'replace', value },
        { op: 'replace', value },
        [],
      ),
    ),
    members('wraps a bare id', { op: 'add', value: 'u1' }, { op: 'add', value: [{ value: 'u1' }] }, [
      'missing-array',
      'bare-element',
    ]),
    members(
      'wraps bare ids in a removal',
      { op: 'remove', value: ['u1', 'u2'] },
      { op: 'remove', value: [{ value: 'u1' }, { value: 'u2' }] },
      ['bare-element', 'bare-element'],
    ),
    members(
      'leaves a filter in the path and its stray value alone (row 35, gen-02)',
      { op: 'remove', path: 'members[value eq "u1"]', value: '' },
      { op: 'remove', path: 'members[value eq "u1"]', value: '' },
      [],
    ),
    members(
      'leaves quotes and apostrophes in a filter alone (row 39, gen-06)',
      { op: 'remove', path: 'members[value eq "o\'brien@example.com"]' },
      { op: 'remove', path: 'members[value eq "o\'brien@example.com"]' },
      [],
    ),
  ]);
});

describe('roles as Entra sends them', () => {
  const json = '{"id":"06b0","value":"Admin","displayName":"Administrator"}';
  check([
    {
      name: 'reads the JSON text inside a value (entra-049)',
      given: { op: 'Add', path: 'roles', value: [{ value: json }] },
      want: [{ op: 'add', path: 'roles', value: [{ display: 'Administrator', value: 'Admin' }] }],
      codes: ['operation-case', 'role-json'],
    },
    {
      name: 'does so for bare elements as well',
      given: { op: 'add', path: 'roles', value: json },
      want: [{ op: 'add', path: 'roles', value: [{ display: 'Administrator', value: 'Admin' }] }],
      codes: ['missing-array', 'bare-element', 'role-json'],
    },
    {
      name: 'reads displayName of a role as display',
      given: { op: 'add', path: 'roles', value: [{ value: 'Admin', displayName: 'Administrator' }] },
      want: [{ op: 'add', path: 'roles', value: [{ value: 'Admin', display: 'Administrator' }] }],
      codes: ['role-display-name'],
    },
    ...[
      '{"value":',
      '{"value":1}',
      '{}',
      '[1]',
      '{"value":"{\\"value\\":\\"x\\"}"}',
      '{"__proto__":{"value":"x"}}',
    ].map((value) => ({
      name: `leaves ${value} as it is`,
      given: { op: 'add', path: 'roles', value: [{ value }] },
      want: [{ op: 'add', path: 'roles', value: [{ value }] }],
      codes: [],
    })),
    {
      name: 'is not done for other dialects',
      dialect: 'generic',
      given: { op: 'add', path: 'roles', value: [{ value: json }] },
      want: [{ op: 'add', path: 'roles', value: [{ value: json }] }],
      codes: [],
    },
  ]);
});
