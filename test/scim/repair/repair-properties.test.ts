import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../src/directory/connections/connection.ts';
import { userSchema } from '../../../src/schema/attribute.ts';
import { type RawRequest, repairRequest } from '../../../src/scim/repair/repair.ts';
import { ENT, GROUP, PATCH_OP, patchOf, USER } from './request-shapes.ts';

const names = [...userSchema.core.attributes.values()].flatMap((attribute) => [
  attribute.name,
  ...[...attribute.subAttributes.keys()].map((sub) => `${attribute.name}.${sub}`),
]);

/** Keys and paths that mean something to the repairs, mixed with noise and with what harms the careless. */
const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...names) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['members', 'manager', 'department', 'manager.managerId', 'managerId', 'value', 'display', 'displayName'],
      ...[
        'primary',
        'type',
        '$ref',
        'Active',
        ' active',
        '/title',
        'schemas',
        'id',
        'name.__proto__.x',
        'emails.value',
      ],
      ...[ENT, `${ENT}:manager`, `${ENT}.department`, `${USER}:title`, `${GROUP}:Members`, `${ENT}:__proto__`],
      ...['urn:scim:schemas:core:1.0:title', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User:division'],
      ...['emails[type eq "work"].value', 'roles[primary eq "True"].value', 'members[value eq "a"]', 'roles[primary'],
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '') },
  { weight: 1, arbitrary: fc.string() },
);

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'True', 'false', true, 'x', 42, -0, 1e21, '{"value":"Admin","displayName":"A"}'),
  fc.constantFrom<unknown>(USER, ENT, GROUP, PATCH_OP, 'urn:scim:schemas:core:1.0'),
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Objects as JSON.parse makes them: `__proto__` is a key like any other. */
const json = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.array(fc.tuple(word, tie('any')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
})).any;

const operation = fc.oneof(
  json,
  fc
    .tuple(fc.constantFrom('add', 'Replace', 'remove', 'replace', 'frob'), fc.option(word), json)
    .map(([op, path, value]) => (path === null ? { op, value } : { op, path, value })),
);

const body = fc.oneof(
  json,
  fc.array(operation, { maxLength: 4 }).map((operations) => patchOf(...operations)),
  fc.array(fc.tuple(word, json), { maxLength: 8 }).map((entries) => Object.fromEntries(entries)),
  fc
    .array(fc.tuple(fc.constantFrom('POST', 'PUT', 'PATCH'), fc.constantFrom('/Users', '/Groups/1'), json), {
      maxLength: 3,
    })
    .map((list) => ({ Operations: list.map(([method, path, data]) => ({ method, path, data })) })),
);

const request: fc.Arbitrary<RawRequest> = fc.record({
  resource: fc.constantFrom('User' as const, 'Group' as const, null),
  kind: fc.constantFrom('create' as const, 'replace' as const, 'patch' as const, 'bulk' as const, 'search' as const),
  body,
});
const dialect = fc.constantFrom(...DIALECTS);
const RUNS = { numRuns: 5000 };

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}

describe('repairing any request', () => {
  it('never throws, never changes its input, and notes each change', () => {
    fc.assert(
      fc.property(dialect, request, (name, given) => {
        const before = JSON.stringify(given.body);
        deepFreeze(given.body);
        const { body: repaired, repairs } = repairRequest(name, given);
        expect(JSON.stringify(given.body)).toBe(before);
        expect(repaired === given.body).toBe(repairs.length === 0);
      }),
      RUNS,
    );
  });

  it('changes nothing in what was repaired already', () => {
    fc.assert(
      fc.property(dialect, request, (name, given) => {
        const once = repairRequest(name, given).body;
        const twice = repairRequest(name, { ...given, body: once });
        expect(twice.repairs).toEqual([]);
        expect(twice.body).toBe(once);
      }),
      RUNS,
    );
  });

  it('leaves the prototypes of everything alone', () => {
    const polluting = JSON.parse(
      `{"schemas":["${USER}"],"userName":"a","__proto__":{"polluted":1},"name.__proto__":{"polluted":1},
        "constructor":{"prototype":{"polluted":1}},"name":{"__proto__":{"polluted":1},"givenName":"x"},
        "${ENT}:__proto__":{"polluted":1},"${ENT}":{"__proto__":{"polluted":1},"manager.__proto__":1},
        "emails":[{"__proto__":{"polluted":1},"value":"x"}],"__proto__.polluted":1,"title":7}`,
    );
    const { body: repaired } = repairRequest('entra', { resource: 'User', kind: 'create', body: polluting });
    expect(repaired).toEqual({
      schemas: [USER, ENT],
      userName: 'a',
      name: { givenName: 'x' },
      [ENT]: {},
      emails: [{ value: 'x' }],
      title: '7',
    });
    expect(Object.getPrototypeOf((repaired as { name: object }).name)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('a large request', () => {
  it('lists twenty repairs of a kind and counts the others', () => {
    const value = Array.from({ length: 20_000 }, (_, index) => `u${index}`);
    const given = patchOf({ op: 'add', path: 'members', value });
    const { body: repaired, repairs } = repairRequest('entra', { resource: 'Group', kind: 'patch', body: given });
    expect(repaired).toEqual(patchOf({ op: 'add', path: 'members', value: value.map((id) => ({ value: id })) }));
    expect(repairs).toHaveLength(21);
    expect(repairs.at(-1)?.detail).toContain('19980');
  });

  it('shows client text cut, on one line and well-formed', () => {
    const key = `a\n\u0000\ud800${'x'.repeat(100_000)}`;
    const given = { schemas: [USER], userName: 'a', [key]: 1 };
    const { repairs } = repairRequest('generic', { resource: 'User', kind: 'create', body: given });
    const text = JSON.stringify(repairs);
    expect(text.length).toBeLessThan(500);
    expect(text).not.toMatch(/\\n|\\u0000|\\ud800/);
  });

  // Quadratic work would take minutes on these; the runner's own time limit is the judge.
  it.each([
    ['many unknown keys', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]))],
    ['many dotted keys', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`name.n${i}`, i]))],
    [
      'many keys of the extension',
      { [ENT]: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])) },
    ],
    ['many schemas', { schemas: Array.from({ length: 100_000 }, (_, i) => `urn:x:${i}`) }],
    ['a long path as a key', { [`emails[${'"'.repeat(300_001)}`]: 1, [`${' '.repeat(300_000)}x`]: 1 }],
  ])('with %s takes time in proportion to its size', (_name, given) => {
    for (const kind of ['create', 'replace'] as const) {
      expect(repairRequest('entra', { resource: 'User', kind, body: given }).repairs.length).toBeGreaterThan(0);
    }
    const patch = patchOf({ op: 'replace', value: given });
    expect(repairRequest('entra', { resource: 'User', kind: 'patch', body: patch }).body).toBeDefined();
  });

  it.each([
    ['blanks', `${' '.repeat(300_000)}x${' '.repeat(300_000)}x`],
    ['words', `roles[${'a'.repeat(600_000)} eq "True`],
    ['escapes', `roles[display eq "${'\\'.repeat(600_000)}`],
    ['clauses', `roles[${'primary eq "True" and '.repeat(30_000)}primary eq "True"].value`],
  ])('with a path of many %s takes time in proportion to its size', (_name, path) => {
    const given = patchOf({ op: 'replace', path, value: 'x' });
    expect(repairRequest('entra', { resource: 'User', kind: 'patch', body: given }).body).toBeDefined();
  });

  it('with many keys in one operation takes time in proportion to its size', () => {
    const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]));
    const given = patchOf({ ...keys, op: 'replace', path: 'title', value: 'x' });
    const { body: repaired } = repairRequest('entra', { resource: 'User', kind: 'patch', body: given });
    expect(repaired).toEqual(patchOf({ op: 'replace', path: 'title', value: 'x' }));
  });
});
