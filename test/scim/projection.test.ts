import { describe, expect, it } from 'vitest';
import { ENTERPRISE_SCHEMA, groupSchema, USER_SCHEMA, userSchema } from '../../src/schema/attribute.ts';
import { type ProjectionQuery, parseProjection, project } from '../../src/scim/projection.ts';

const base = { schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA], id: '1' };
const user = {
  ...base,
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Byron' },
  emails: [{ value: 'a@x', type: 'work' }, { type: 'home' }],
  [ENTERPRISE_SCHEMA]: { department: 'K', manager: { value: 'm' } },
};

describe('projection', () => {
  const { emails: _emails, ...withoutEmails } = user;
  const cases: readonly { name: string; given: ProjectionQuery; want: object }[] = [
    { name: 'without parameters everything', given: {}, want: user },
    { name: 'empty parameters count as none', given: { attributes: '', excludedAttributes: ' , ' }, want: user },
    {
      name: 'one attribute, and always id and schemas',
      given: { attributes: 'USERNAME' },
      want: { ...base, userName: 'ada' },
    },
    {
      name: 'blanks and repeated parameters',
      given: { attributes: [' userName , id', 'name.givenName'] },
      want: { ...base, userName: 'ada', name: { givenName: 'Ada' } },
    },
    { name: 'parts of elements', given: { attributes: 'emails.value' }, want: { ...base, emails: [{ value: 'a@x' }] } },
    {
      name: 'the whole wins over its part',
      given: { attributes: 'name.givenName,name' },
      want: { ...base, name: user.name },
    },
    {
      name: 'a name with the core URN',
      given: { attributes: `${USER_SCHEMA}:userName` },
      want: { ...base, userName: 'ada' },
    },
    {
      name: 'a whole extension',
      given: { attributes: ENTERPRISE_SCHEMA.toUpperCase() },
      want: { ...base, [ENTERPRISE_SCHEMA]: user[ENTERPRISE_SCHEMA] },
    },
    {
      name: 'an attribute of an extension',
      given: { attributes: `${ENTERPRISE_SCHEMA}:manager.value` },
      want: { ...base, [ENTERPRISE_SCHEMA]: { manager: { value: 'm' } } },
    },
    {
      name: 'a value filter is read as the attribute',
      given: { attributes: 'emails[type eq "a,]b"].value' },
      want: { ...base, emails: [{ value: 'a@x' }] },
    },
    { name: 'unknown names are ignored', given: { attributes: 'shoeSize,__proto__,constructor' }, want: base },
    { name: 'leaves an attribute out', given: { excludedAttributes: 'emails' }, want: withoutEmails },
    {
      name: 'leaves a part out',
      given: { excludedAttributes: 'name.givenName' },
      want: { ...user, name: { familyName: 'Byron' } },
    },
    { name: 'never leaves id and schemas out', given: { excludedAttributes: 'id,schemas' }, want: user },
    {
      name: 'leaves an extension attribute out',
      given: { excludedAttributes: `${ENTERPRISE_SCHEMA}:manager` },
      want: { ...user, [ENTERPRISE_SCHEMA]: { department: 'K' } },
    },
  ];
  it.each(cases)('$name', ({ given, want }) => expect(project(user, parseProjection(given, userSchema))).toEqual(want));

  it('refuses both parameters at once', () => {
    expect(() => parseProjection({ attributes: 'id', excludedAttributes: 'emails' }, userSchema)).toThrow(
      'exclude each other',
    );
  });

  it('says whether members must be loaded', () => {
    const wants = (query: ProjectionQuery) => parseProjection(query, groupSchema)?.wants('members');
    expect(wants({ excludedAttributes: 'members' })).toBe(false);
    expect(wants({ excludedAttributes: 'members.display' })).toBe(true);
    expect(wants({ attributes: 'displayName' })).toBe(false);
    expect(wants({ attributes: 'members.value' })).toBe(true);
  });
});
