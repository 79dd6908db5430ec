import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/errors.ts';
import { ENTERPRISE_SCHEMA, USER_SCHEMA, userSchema } from '../../src/schema/attribute.ts';
import { parsePatchPath } from '../../src/scim/patch-path.ts';

/** What it resolves to, short: extension, attribute, sub, and the value of an eq filter. */
function summary(text: string): object {
  const { extension, attribute, sub, filter } = parsePatchPath(userSchema, text);
  const compared = filter?.kind === 'compare' ? [filter.attribute.sub, filter.op, filter.value] : filter?.kind;
  return JSON.parse(JSON.stringify({ extension, attribute: attribute?.name, sub: sub?.name, filter: compared }));
}

describe('paths', () => {
  const cases: readonly { given: string; want: object }[] = [
    { given: 'active', want: { attribute: 'active' } },
    { given: 'USERNAME', want: { attribute: 'userName' } },
    { given: 'name.givenname', want: { attribute: 'name', sub: 'givenName' } },
    { given: `${USER_SCHEMA}:title`, want: { attribute: 'title' } },
    { given: `${USER_SCHEMA.toUpperCase()}:name.familyName`, want: { attribute: 'name', sub: 'familyName' } },
    { given: ENTERPRISE_SCHEMA, want: { extension: ENTERPRISE_SCHEMA } },
    {
      given: `${ENTERPRISE_SCHEMA}:employeeNumber`,
      want: { extension: ENTERPRISE_SCHEMA, attribute: 'employeeNumber' },
    },
    {
      given: `${ENTERPRISE_SCHEMA}:manager.value`,
      want: { extension: ENTERPRISE_SCHEMA, attribute: 'manager', sub: 'value' },
    },
    { given: 'emails[type eq "work"]', want: { attribute: 'emails', filter: ['type', 'eq', 'work'] } },
    {
      given: 'EMAILS[Type EQ "work"].Value',
      want: { attribute: 'emails', sub: 'value', filter: ['type', 'eq', 'work'] },
    },
    {
      given: 'emails[value eq "a]b"].display',
      want: { attribute: 'emails', sub: 'display', filter: ['value', 'eq', 'a]b'] },
    },
    {
      given: 'emails[value eq "a\\"]b"].type',
      want: { attribute: 'emails', sub: 'type', filter: ['value', 'eq', 'a"]b'] },
    },
    {
      given: 'emails[value eq "a\\\\"].type',
      want: { attribute: 'emails', sub: 'type', filter: ['value', 'eq', 'a\\'] },
    },
    {
      given: `${USER_SCHEMA}:emails[type eq "work"].value`,
      want: { attribute: 'emails', sub: 'value', filter: ['type', 'eq', 'work'] },
    },
    { given: 'emails[type eq "work" and primary eq true]', want: { attribute: 'emails', filter: 'and' } },
  ];
  it.each(cases)('reads $given', ({ given, want }) => expect(summary(given)).toEqual(want));

  const faults = [
    '',
    'shoeSize',
    'name.nick',
    'name.givenName.x',
    'active.x',
    'urn:x:y',
    `${ENTERPRISE_SCHEMA}:shoeSize`,
    '__proto__',
    'constructor',
    'emails[',
    'emails[type eq "work"',
    'emails[type eq "work]',
    'emails[]',
    'emails[type]',
    'emails[type eq "a"]x',
    'emails[type eq "a"].nick',
    'emails[type eq "a"].value.x',
    'name[givenName eq "a"]',
    'title[value eq "a"]',
    'emails.value[type eq "a"]',
    'emails[shoe eq "a"]',
    ' active',
    'emails[type eq "a"][type eq "b"]',
    '["a"]',
  ];
  it.each(faults)('refuses %j with the path in the message', (given) => {
    expect.assertions(2);
    try {
      parsePatchPath(userSchema, given);
    } catch (error) {
      expect(isAppError(error, 'invalid_path')).toBe(true);
      expect((error as Error).message).toContain(JSON.stringify(given));
    }
  });
});
