import { describe, expect, it } from 'vitest';
import { groupSchema } from '../../src/schema/attribute.ts';
import { toGroupSteps } from '../../src/scim/group-patch.ts';
import { PATCH_SCHEMA, parsePatch } from '../../src/scim/patch.ts';

const steps = (...operations: unknown[]) =>
  toGroupSteps(parsePatch(groupSchema, { schemas: [PATCH_SCHEMA], Operations: operations }));

describe('steps for a group', () => {
  const cases: readonly { name: string; given: unknown[]; want: unknown[] }[] = [
    {
      name: 'Okta renames with the id inside and leaves members alone',
      given: [{ op: 'replace', value: { id: 'g', displayName: 'x' } }],
      want: [{ kind: 'set', displayName: 'x' }],
    },
    {
      name: 'Okta removes and adds in one request, in order',
      given: [
        { op: 'remove', path: 'members[value eq "A"]' },
        { op: 'add', path: 'members', value: [{ value: 'B', display: 'b@x' }] },
      ],
      want: [
        { kind: 'remove', userIds: ['A'] },
        { kind: 'add', members: [{ value: 'B', display: 'b@x' }] },
      ],
    },
    {
      name: 'Entra removes only what it lists',
      given: [{ op: 'remove', path: 'members', value: [{ $ref: null, value: 'a' }] }],
      want: [{ kind: 'remove', userIds: ['a'] }],
    },
    {
      name: 'remove without a value clears',
      given: [{ op: 'remove', path: 'members', value: null }],
      want: [{ kind: 'clear' }],
    },
    {
      name: 'an empty list replaces with nobody',
      given: [
        { op: 'replace', path: 'members', value: [] },
        { op: 'replace', value: { members: null } },
      ],
      want: [
        { kind: 'replace', members: [] },
        { kind: 'replace', members: [] },
      ],
    },
    { name: 'adding nobody is nothing', given: [{ op: 'add', path: 'members', value: [] }], want: [] },
    {
      name: 'an or-chain of ids names its members, each once',
      given: [{ op: 'remove', path: 'members[value eq "a" or (value eq "b" or value eq "a")]' }],
      want: [{ kind: 'remove', userIds: ['a', 'b'] }],
    },
    {
      name: 'externalId is set and taken away',
      given: [
        { op: 'replace', path: 'externalId', value: 'e' },
        { op: 'remove', path: 'externalId' },
      ],
      want: [
        { kind: 'set', externalId: 'e' },
        { kind: 'set', externalId: null },
      ],
    },
    {
      name: 'quotes in an id stay in the id',
      given: [{ op: 'remove', path: 'members[value eq "a\\" or value pr"]' }],
      want: [{ kind: 'remove', userIds: ['a" or value pr'] }],
    },
  ];
  it.each(cases)('$name', ({ given, want }) => expect(steps(...given)).toEqual(want));

  it.each([
    'display sw "a"',
    'value eq "a" and type eq "User"',
    'value ne "a"',
    'not (value eq "a")',
    'value eq "a" or display eq "b"',
  ])('searches for members[%s]', (filter) =>
    expect(steps({ op: 'remove', path: `members[${filter}]` })).toMatchObject([{ kind: 'removeMatching' }]),
  );
});
