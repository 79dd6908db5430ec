import { describe, expect, it } from 'vitest';
import { GROUP, PATCH_OP, patchOf, repair, USER, userOf } from './request-shapes.ts';

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const operation = { op: 'replace', path: 'title', value: 'x' };

describe('a PATCH message', () => {
  it.each([
    {
      name: 'may spell operations in lower case',
      given: { schemas: [PATCH_OP], operations: [operation] },
      codes: ['operations-key'],
    },
    {
      name: 'may carry a single operation',
      given: { schemas: [PATCH_OP], Operations: operation },
      codes: ['operations-single'],
    },
    { name: 'may lack schemas', given: { Operations: [operation] }, codes: ['message-schemas'] },
    {
      name: 'may name the schema of the resource',
      given: { schemas: [USER], Operations: [operation] },
      codes: ['message-schemas'],
    },
    {
      name: 'may carry the id',
      given: { ...patchOf(operation), id: 'x', name: 'y' },
      codes: ['message-key', 'message-key'],
    },
  ])('$name', ({ given, codes }) => {
    const repaired = repair('generic', { resource: 'User', kind: 'patch', body: given });
    expect(repaired.body).toEqual(patchOf(operation));
    expect(repaired.codes).toEqual(codes);
  });

  it('keeps empty Operations (row 38)', () => {
    const body = patchOf();
    expect(repair('generic', { resource: 'User', kind: 'patch', body }).body).toBe(body);
  });

  it('is read by schema: what is an attribute of users is none of groups', () => {
    const body = patchOf({ op: 'replace', path: 'active', value: 'False' });
    expect(repair('entra', { resource: 'Group', kind: 'patch', body }).body).toEqual(patchOf());
  });

  it('adds a member from a bare text beside a body-level id (Postman collection)', () => {
    const body = { ...patchOf({ op: 'add', path: 'members', value: 'u1' }), id: 'g' };
    const repaired = repair('entra', { resource: 'Group', kind: 'patch', body });
    expect(repaired.body).toEqual(patchOf({ op: 'add', path: 'members', value: [{ value: 'u1' }] }));
  });
});

describe('a Bulk message', () => {
  it('has each request inside repaired by its method and path', () => {
    const body = {
      operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'ada', active: 'True' } },
        { method: 'PATCH', path: '/Groups/1', data: patchOf({ op: 'Add', path: 'members', value: 'bulkId:a' }) },
        { method: 'DELETE', path: '/Users/2' },
      ],
    };
    const repaired = repair('generic', { resource: null, kind: 'bulk', body });
    expect(repaired.body).toEqual({
      schemas: [BULK],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: { schemas: [USER], userName: 'ada', active: true } },
        {
          method: 'PATCH',
          path: '/Groups/1',
          data: patchOf({ op: 'add', path: 'members', value: [{ value: 'bulkId:a' }] }),
        },
        { method: 'DELETE', path: '/Users/2' },
      ],
    });
    expect(repaired.at).toEqual([
      'operations',
      'schemas',
      'Operations[0].data.active',
      'Operations[0].data.schemas',
      'Operations[1].data.Operations[0].op',
      'Operations[1].data.Operations[0].value',
      'Operations[1].data.Operations[0].value[0]',
    ]);
  });

  it('is left alone when it is right', () => {
    const body = {
      schemas: [BULK],
      failOnErrors: 1,
      Operations: [{ method: 'POST', path: '/Users', data: userOf({}) }],
    };
    expect(repair('okta', { resource: null, kind: 'bulk', body })).toEqual({ body, codes: [], at: [] });
  });
});

describe('other messages', () => {
  it('has the schema of a search filled in', () => {
    const repaired = repair('generic', { resource: 'User', kind: 'search', body: { filter: 'userName pr' } });
    expect(repaired.body).toEqual({ schemas: [SEARCH], filter: 'userName pr' });
  });

  it.each(['text', 7, null, undefined, [], [userOf({})]])('passes on %j, which is no object', (body) => {
    for (const kind of ['create', 'replace', 'patch', 'bulk', 'search', 'other'] as const) {
      expect(repair('entra', { resource: 'User', kind, body })).toEqual({ body, codes: [], at: [] });
    }
  });

  it('are not repaired without a resource type', () => {
    const body = { active: 'True' };
    expect(repair('entra', { resource: null, kind: 'create', body }).body).toBe(body);
  });
});

describe('strict', () => {
  it.each([
    ['patch', { operations: { op: 'Replace', value: { active: 'False' } } }],
    ['create', { active: 'True', emails: 'a@b' }],
    ['bulk', { operations: [] }],
  ] as const)('repairs nothing in a %s', (kind, body) => {
    expect(repair('strict', { resource: 'User', kind, body }).body).toBe(body);
    expect(repair('strict', { resource: 'Group', kind, body }).codes).toEqual([]);
  });
});

describe('a request as the RFC has it', () => {
  it.each([
    ['patch', 'User', patchOf({ op: 'replace', path: 'active', value: false })],
    ['patch', 'User', patchOf({ op: 'replace', value: { active: false } })],
    ['patch', 'Group', patchOf({ op: 'remove', path: 'members[value eq "a"]' }, { op: 'remove', path: 'members' })],
    ['create', 'User', userOf({ active: true, emails: [{ value: 'a@b', primary: true }] })],
    ['replace', 'Group', { schemas: [GROUP], displayName: 'x', members: [] }],
  ] as const)('comes back as the same %s of a %s', (kind, resource, body) => {
    const repaired = repair('entra', { resource, kind, body });
    expect(repaired.body).toBe(body);
    expect(repaired.codes).toEqual([]);
  });
});
