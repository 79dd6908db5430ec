import { describe, expect, it } from 'vitest';
import { userSchema } from '../../src/schema/attribute.ts';
import { matchElement, matchFilter } from '../../src/schema/match-filter.ts';
import { parseElementFilter, parseFilter } from '../../src/schema/parse-filter.ts';
import { resolvePath } from '../../src/schema/resolve-attribute.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ada = {
  schemas: [userSchema.core.id, ENTERPRISE],
  id: 'Abc',
  externalId: 'Ext',
  userName: 'Ada@X.org',
  name: { familyName: 'Byron', givenName: 'Äda' },
  nickName: '',
  active: true,
  emails: [
    { value: 'ada@work.org', type: 'work', primary: true },
    { value: 'ada@home.org', type: 'home' },
  ],
  roles: [],
  [ENTERPRISE]: { department: 'R&D', manager: { value: '7' } },
  meta: { resourceType: 'User', created: '2026-01-01T00:00:00.000Z', lastModified: '2026-02-01T12:00:00.000Z' },
};

describe('matchFilter', () => {
  it.each([
    ['userName eq "ADA@x.ORG"', true],
    ['userName ne "ADA@x.ORG"', false],
    ['externalId eq "ext"', false],
    ['externalId eq "Ext"', true],
    ['name.givenName eq "äDA"', true],
    ['name.givenName sw "ä"', true],
    ['name.familyName ew "RON"', true],
    ['name.familyName co "yr"', true],
    ['name.familyName co ""', true],
    ['name.familyName gt "byr"', true],
    ['name.familyName lt "byron"', false],
    ['name.familyName le "byron"', true],
    ['active eq true', true],
    ['active ne false', true],
    ['emails co "home"', true],
    ['emails.value eq "ada@WORK.org"', true],
    ['emails.type ne "work"', true],
    ['emails[type eq "work" and value co "home"]', false],
    ['emails[type eq "home" and value co "home"]', true],
    ['emails.type eq "work" and emails.value co "home"', true],
    ['emails[not (primary eq true)]', true],
    ['emails[primary eq false]', false],
    ['emails[type eq "home"].primary ne true', true],
    ['department eq "r&d"', true],
    ['manager eq "7"', true],
    ['manager pr', true],
    ['schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', true],
    ['meta.lastModified gt "2026-02-01T12:59:00+01:00"', true],
    ['meta.lastModified eq "2026-02-01T13:00:00+01:00"', true],
    ['meta.lastModified lt "2026-02-01T12:00:00.001Z"', true],
  ])('%s is %s', (filter, want) => {
    expect(matchFilter(parseFilter(filter, userSchema), ada)).toBe(want);
  });

  it.each([
    ['title eq "x"', false],
    ['title ne "x"', true],
    ['not (title eq "x")', true],
    ['title co ""', false],
    ['title lt "x"', false],
    ['not (title lt "x")', true],
    ['title eq null', true],
    ['title ne null', false],
    ['title pr', false],
    ['nickName pr', false],
    ['nickName eq ""', true],
    ['nickName ne null', true],
    ['addresses pr', false],
    ['roles pr', false],
    ['roles eq null', true],
    ['roles ne "x"', true],
    ['roles[not (value eq "x")]', false],
    ['not (roles.value eq "x")', true],
    ['phoneNumbers.type ne "work"', true],
    ['emails.primary eq null', true],
  ])('treats a missing value so that %s is %s', (filter, want) => {
    expect(matchFilter(parseFilter(filter, userSchema), ada)).toBe(want);
  });

  it('finds nothing on the prototype', () => {
    const title = { name: 'constructor', multiValued: false, type: 'string', caseExact: false } as const;
    expect(matchFilter({ kind: 'present', attribute: title }, {})).toBe(false);
  });

  it('takes a value of another type for a missing one', () => {
    expect(matchFilter(parseFilter('active eq true', userSchema), { active: 'true' })).toBe(false);
    expect(matchFilter(parseFilter('emails pr', userSchema), { emails: 'x' })).toBe(false);
  });
});

describe('matchElement', () => {
  it.each([
    ['type eq "WORK"', true],
    ['type eq "work" and not (primary eq true)', false],
    ['display pr', false],
  ])('%s is %s', (filter, want) => {
    const emails = resolvePath('emails', userSchema);
    if (emails === undefined) throw new Error('no emails');
    expect(matchElement(parseElementFilter(filter, emails), ada.emails[0])).toBe(want);
  });
});
