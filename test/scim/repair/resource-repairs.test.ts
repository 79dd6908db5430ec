import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/directory/connections/connection.ts';
import { ENT, GROUP, repair, USER, userOf } from './request-shapes.ts';

interface Row {
  readonly name: string;
  readonly dialect?: Dialect;
  readonly resource?: 'Group';
  readonly given: unknown;
  readonly want: unknown;
  readonly codes: readonly string[];
}

function check(rows: readonly Row[]) {
  describe.each(['create', 'replace'] as const)('%s', (kind) => {
    it.each(rows)('$name', ({ dialect = 'generic', resource, given, want, codes }) => {
      const repaired = repair(dialect, { resource: resource ?? 'User', kind, body: given });
      expect(repaired.body).toEqual(want);
      expect(repaired.codes).toEqual(codes);
    });
  });
}

describe('schemas of a resource', () => {
  check([
    {
      name: 'are filled in where there are none (row 34, authentik-05)',
      resource: 'Group',
      given: { displayName: 'ak', externalId: '7', members: [{ value: 'u' }] },
      want: { schemas: [GROUP], displayName: 'ak', externalId: '7', members: [{ value: 'u' }] },
      codes: ['schemas-missing'],
    },
    {
      name: 'lose the group marker of Entra (row 36)',
      resource: 'Group',
      given: {
        schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
        displayName: 'x',
      },
      want: { schemas: [GROUP], displayName: 'x' },
      codes: ['unknown-schema'],
    },
    {
      name: 'lose the mis-spelt enterprise URN (entra-025)',
      given: userOf({ schemas: [USER, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'] }),
      want: userOf({ schemas: [USER] }),
      codes: ['unknown-schema'],
    },
    {
      name: 'gain the enterprise URN where its data is present',
      given: userOf({ [ENT]: { department: 'x' } }),
      want: userOf({ schemas: [USER, ENT], [ENT]: { department: 'x' } }),
      codes: ['schemas-extension'],
    },
    {
      name: 'have SCIM 1 mapped (OneLogin)',
      given: { schemas: ['urn:scim:schemas:core:1.0', 'urn:scim:schemas:extension:enterprise:1.0'], userName: 'ada' },
      want: { schemas: [USER], userName: 'ada' },
      codes: ['schema-urn', 'unknown-schema'],
    },
    {
      name: 'have SCIM 1 mapped for groups too',
      resource: 'Group',
      given: { schemas: ['urn:scim:schemas:core:1.0'], displayName: 'x' },
      want: { schemas: [GROUP], displayName: 'x' },
      codes: ['schema-urn'],
    },
    {
      name: 'may be one text',
      given: userOf({ schemas: USER }),
      want: userOf({ schemas: [USER] }),
      codes: ['missing-array'],
    },
    {
      name: 'are left to the parser when they are no list',
      given: userOf({ schemas: { a: 1 } }),
      want: userOf({ schemas: { a: 1 } }),
      codes: [],
    },
  ]);
});

describe('attributes of a resource', () => {
  check([
    {
      name: 'have booleans read (entra-021, OneLogin)',
      given: userOf({ active: 'True', emails: [{ value: 'a@b', primary: 'true' }] }),
      want: userOf({ active: true, emails: [{ value: 'a@b', primary: true }] }),
      codes: ['string-boolean', 'string-boolean'],
    },
    {
      name: 'keep top-level nulls for the parser (entra-022)',
      given: userOf({ addresses: null, title: null, phoneNumbers: null, active: null }),
      want: userOf({ addresses: null, title: null, phoneNumbers: null, active: null }),
      codes: [],
    },
    {
      name: 'lose nulls inside an address (row 10, entra-023)',
      given: userOf({ addresses: [{ type: 'work', locality: 'SF', formatted: null, country: null }] }),
      want: userOf({ addresses: [{ type: 'work', locality: 'SF' }] }),
      codes: ['null-sub-attribute', 'null-sub-attribute'],
    },
    {
      name: 'may be an empty list after losing entries',
      given: userOf({ emails: [null] }),
      want: userOf({ emails: [] }),
      codes: ['null-element'],
    },
    {
      name: 'have a bare manager wrapped (entra-026)',
      given: userOf({ schemas: [USER, ENT], [ENT]: { manager: 'm' } }),
      want: userOf({ schemas: [USER, ENT], [ENT]: { manager: { value: 'm' } } }),
      codes: ['manager-value'],
    },
    {
      name: 'lose unknown names at every level (entra-030)',
      given: userOf({
        schemas: [USER, ENT],
        dispalyName: 'x',
        name: { givenName: 'A', nick: 'B' },
        emails: [{ value: 'a', label: 'x' }],
        [ENT]: { department: 'd', badge: 1 },
        'urn:custom:2.0:User': { a: 1 },
      }),
      want: userOf({
        schemas: [USER, ENT],
        name: { givenName: 'A' },
        emails: [{ value: 'a' }],
        [ENT]: { department: 'd' },
      }),
      codes: Array.from({ length: 5 }, () => 'unknown-attribute'),
    },
    {
      name: 'keep another letter case for the parser (entra-031)',
      given: {
        schemas: [USER, ENT],
        UserName: 'p',
        Emails: [{ Primary: true, value: 'p@c' }],
        [ENT]: { Department: 'bob', Manager: { Value: 'S' } },
      },
      want: {
        schemas: [USER, ENT],
        UserName: 'p',
        Emails: [{ Primary: true, value: 'p@c' }],
        [ENT]: { Department: 'bob', Manager: { Value: 'S' } },
      },
      codes: [],
    },
    {
      name: 'go into the extension when they are of the enterprise (OneLogin)',
      given: userOf({ department: 'd', employeeNumber: 42, 'manager.managerId': 'm', id: null }),
      want: userOf({
        schemas: [USER, ENT],
        [ENT]: { department: 'd', employeeNumber: '42', manager: { value: 'm' } },
      }),
      codes: [
        'enterprise-attribute',
        'enterprise-attribute',
        'enterprise-attribute',
        'text-value',
        'manager-id',
        'null-id',
        'schemas-extension',
      ],
    },
    {
      name: 'are expanded from dotted and URN keys',
      given: userOf({ 'name.givenName': 'A', [`${ENT}:manager.value`]: 'm', [`${USER}:title`]: 't' }),
      want: userOf({
        schemas: [USER, ENT],
        name: { givenName: 'A' },
        [ENT]: { manager: { value: 'm' } },
        title: 't',
      }),
      codes: ['dotted-key', 'urn-key', 'urn-key', 'schemas-extension'],
    },
    {
      name: 'are accepted as Okta creates and puts back (okta-005, okta-006, okta-013)',
      dialect: 'okta',
      given: userOf({ id: 'x', password: 'p', groups: [], meta: { resourceType: 'User' }, title: '', active: true }),
      want: userOf({ id: 'x', password: 'p', groups: [], meta: { resourceType: 'User' }, title: '', active: true }),
      codes: [],
    },
  ]);

  it('of a group do not go into the enterprise extension', () => {
    const body = { schemas: [GROUP], displayName: 'x', department: 'd' };
    const repaired = repair('generic', { resource: 'Group', kind: 'create', body });
    expect(repaired).toEqual({
      body: { schemas: [GROUP], displayName: 'x' },
      codes: ['unknown-attribute'],
      at: ['department'],
    });
  });

  it('are located by name and index, with a colon after a schema URN', () => {
    const body = userOf({
      schemas: [USER, ENT],
      [ENT]: { costCenter: 7 },
      roles: [{ value: 'a' }, { primary: 'True' }],
    });
    const { at } = repair('entra', { resource: 'User', kind: 'create', body });
    expect(at).toEqual([`${ENT}:costCenter`, 'roles[1].primary']);
  });

  it('never show a value of the password', () => {
    const { body, codes } = repair('okta', { resource: 'User', kind: 'create', body: userOf({ password: 4711 }) });
    expect(body).toEqual(userOf({ password: '4711' }));
    expect(codes).toEqual(['text-value']);
  });
});
