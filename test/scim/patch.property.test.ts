import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, groupSchema, USER_SCHEMA, userSchema } from '../../src/schema/attribute.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import { toGroupSteps } from '../../src/scim/group-patch.ts';
import { PATCH_SCHEMA, type PatchOperation, parsePatch } from '../../src/scim/patch.ts';
import { parsePatchPath } from '../../src/scim/patch-path.ts';
import { parseProjection, project } from '../../src/scim/projection.ts';
import { parseGroup, parseResource } from '../../src/scim/resource.ts';
import { applyUserPatch } from '../../src/scim/user-patch.ts';

/** Runs it; undefined where it refuses. Anything but an AppError gets through and fails the test. */
function unlessRefused<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

const prototypeKeys = JSON.stringify(Reflect.ownKeys(Object.prototype).map(String));
const expectUntouchedPrototype = () => {
  expect(JSON.stringify(Reflect.ownKeys(Object.prototype).map(String))).toBe(prototypeKeys);
};

const text = fc.constantFrom('work', 'home', 'a', 'b', '', 'a"]b', '\0', '\ud800', '__proto__');
const element = fc.record(
  { value: text, type: text, primary: fc.boolean(), display: fc.oneof(text, fc.constant(null)) },
  { requiredKeys: [] },
);
const plainName = fc.constantFrom(
  'title',
  'nickName',
  'TITLE',
  'active',
  'userName',
  'externalId',
  'id',
  'meta',
  'password',
  'schemas',
  '__proto__',
  'constructor',
);
const listName = fc.constantFrom('emails', 'phoneNumbers', 'roles', 'addresses', 'groups', 'ims', 'members');
const filter = fc.constantFrom(
  'type eq "work"',
  'primary eq true',
  'value pr',
  'not (type eq "a")',
  'type eq "a" and value eq "b"',
  'value sw "a" or type eq "home"',
  'value eq "a\\"]"',
);
const path = fc.oneof(
  plainName,
  listName,
  fc.tuple(listName, filter).map(([name, inner]) => `${name}[${inner}]`),
  fc
    .tuple(listName, filter, fc.constantFrom('value', 'primary', 'type', 'display'))
    .map(([name, inner, sub]) => `${name}[${inner}].${sub}`),
  fc.constantFrom(
    'name',
    'name.givenName',
    'emails.value',
    ENTERPRISE_SCHEMA,
    `${ENTERPRISE_SCHEMA}:manager`,
    `${ENTERPRISE_SCHEMA}:manager.value`,
    `${USER_SCHEMA}:title`,
  ),
);
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  element,
  fc.array(element, { maxLength: 4 }),
  fc.record({ givenName: text, familyName: fc.constant(null) }, { requiredKeys: [] }),
  fc.record({ department: text, manager: fc.record({ value: text }) }, { requiredKeys: [] }),
  fc.dictionary(fc.oneof(plainName, listName), fc.oneof(text, fc.boolean(), fc.array(element, { maxLength: 3 }))),
);
const operation = fc.record({ op: fc.constantFrom('add', 'replace', 'remove'), path, value }, { requiredKeys: ['op'] });
const user: fc.Arbitrary<JsonObject> = fc.record(
  {
    userName: fc.constant('ada'),
    active: fc.boolean(),
    title: text,
    name: fc.record({ givenName: text }),
    emails: fc.array(fc.record({ value: text, type: text }), { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['userName'] },
);

function deepFreeze<T>(held: T): T {
  if (typeof held === 'object' && held !== null)
    for (const inner of Object.values(Object.freeze(held))) deepFreeze(inner);
  return held;
}

/** Those operations that are accepted by themselves: most random lists have one that is not. */
const accepted = (operations: readonly unknown[], schema = userSchema): PatchOperation[] =>
  operations.flatMap(
    (one) => unlessRefused(() => parsePatch(schema, { schemas: [PATCH_SCHEMA], Operations: [one] })) ?? [],
  );

it('a patch changes a copy or refuses, and leaves a user that a PUT would take', () => {
  let applied = 0;
  fc.assert(
    fc.property(
      user,
      fc.array(operation, { maxLength: 8 }),
      fc.boolean(),
      (before, operations, createMissingElement) => {
        deepFreeze(before);
        const after = unlessRefused(() => applyUserPatch(before, accepted(operations), { createMissingElement }));
        expectUntouchedPrototype();
        if (after === undefined || after === before) return;
        applied += 1;
        expect(after.userName).toEqual(expect.stringMatching(/\S/));
        for (const held of Object.values(after))
          expect(held === null || (Array.isArray(held) && held.length === 0)).toBe(false);
        const primaries = (after.emails as JsonObject[] | undefined)?.filter(({ primary }) => primary === true) ?? [];
        expect(primaries.length).toBeLessThan(2);
      },
    ),
    { numRuns: 2000 },
  );
  expect(applied).toBeGreaterThan(200);
});

it('applying a patch of replacements twice is applying it once', () => {
  fc.assert(
    fc.property(user, fc.array(operation, { maxLength: 1 }), (before, operations) => {
      const [only, ...more] = accepted(operations);
      if (only?.op !== 'replace' || more.length > 0 || only.path.filter !== undefined) return;
      const options = { createMissingElement: true };
      const once = unlessRefused(() => applyUserPatch(before, [only], options));
      if (once !== undefined) expect(applyUserPatch(once, [only], options)).toBe(once);
    }),
    { numRuns: 1000 },
  );
});

it('steps of a group never clear unless a remove without a value or a filter asks for it', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 6 }), (operations) => {
      const bare = operations.some(
        (one) => one.op === 'remove' && one.path === 'members' && (one.value ?? null) === null,
      );
      const steps = unlessRefused(() => toGroupSteps(accepted(operations, groupSchema))) ?? [];
      if (!bare) expect(steps.filter(({ kind }) => kind === 'clear')).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

it('any JSON is read or refused', () => {
  const json = fc.oneof(fc.jsonValue(), value);
  const key = fc.oneof(plainName, listName, fc.constant(ENTERPRISE_SCHEMA), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(json, fc.dictionary(key, json), fc.array(fc.oneof(json, operation)), (any, entries, operations) => {
      for (const body of [any, { ...entries, schemas: [USER_SCHEMA], userName: 'a' }])
        unlessRefused(() => parseResource(userSchema, body));
      for (const body of [any, { ...entries, schemas: [GROUP_SCHEMA], displayName: 'a' }])
        unlessRefused(() => parseGroup(body));
      for (const body of [any, { schemas: [PATCH_SCHEMA], Operations: operations }]) {
        for (const schema of [userSchema, groupSchema]) unlessRefused(() => parsePatch(schema, body));
      }
      expectUntouchedPrototype();
    }),
    { numRuns: 2000 },
  );
});

it('any text is read or refused as a path and as a projection', () => {
  const piece = fc.oneof(
    path,
    fc.constantFrom('[', ']', '"', '\\', '.', ',', ':', ' ', 'urn:'),
    fc.string({ unit: 'binary' }),
  );
  const resource = { schemas: [USER_SCHEMA], id: '1', userName: 'a', emails: [{ value: 'x' }] };
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      (written) => {
        unlessRefused(() => parsePatchPath(userSchema, written));
        for (const query of [{ attributes: written }, { excludedAttributes: written }]) {
          expect(project(resource, parseProjection(query, userSchema))).toMatchObject({
            id: '1',
            schemas: [USER_SCHEMA],
          });
        }
        expectUntouchedPrototype();
      },
    ),
    { numRuns: 2000 },
  );
});
