import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/errors.ts';
import { groupSchema, type ResourceSchema, USER_SCHEMA, userSchema } from '../../src/schema/attribute.ts';
import type { FilterRepair } from '../../src/schema/filter-value.ts';
import { type FilterOptions, parseElementFilter, parseFilter } from '../../src/schema/parse-filter.ts';
import { resolvePath } from '../../src/schema/resolve-attribute.ts';
import { filterOf } from './filter-arbitrary.ts';
import { printFilter } from './print-filter.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** What was understood, written with full names and every bracket. */
function understood(text: string, schema = userSchema): string {
  return printFilter(parseFilter(text, schema));
}

function refusal(text: string, schema: ResourceSchema = userSchema, options: FilterOptions = {}): string {
  try {
    parseFilter(text, schema, options);
  } catch (error) {
    if (isAppError(error, 'invalid_filter')) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseFilter', () => {
  it.each([
    ['userName eq "ada"', 'userName eq "ada"'],
    ['USERNAME Eq "Ada"', 'userName eq "Ada"'],
    [`${USER_SCHEMA}:userName sw "a"`, 'userName sw "a"'],
    [`${USER_SCHEMA.toUpperCase()}:name.GIVENNAME sw "a"`, 'name.givenName sw "a"'],
    [`${ENTERPRISE}:department eq "x"`, `${ENTERPRISE}:department eq "x"`],
    [`${ENTERPRISE}.department eq "x"`, `${ENTERPRISE}:department eq "x"`],
    ['department eq "x"', `${ENTERPRISE}:department eq "x"`],
    ['manager eq "7"', `${ENTERPRISE}:manager.value eq "7"`],
    [`${ENTERPRISE}:manager.value pr`, `${ENTERPRISE}:manager.value pr`],
    ['manager pr', `${ENTERPRISE}:manager pr`],
    ['emails eq "x"', 'emails.value eq "x"'],
    ['emails pr', 'emails pr'],
    ['name pr', 'name pr'],
    ['emails[type eq "work"]', 'emails[type eq "work"]'],
    ['emails[type eq "work" and not (value co "x")]', 'emails[type eq "work" and not (value co "x")]'],
    ['emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'],
    ['emails[type eq "a" or type eq "b"].value pr', 'emails[(type eq "a" or type eq "b") and value pr]'],
    [`${USER_SCHEMA}:emails[primary eq true]`, 'emails[primary eq true]'],
    ['meta.lastModified gt "2026-01-01T00:00:00Z"', 'meta.lastModified gt "2026-01-01T00:00:00Z"'],
    ['schemas eq "urn:x"', 'schemas eq "urn:x"'],
    ['photos.$ref pr or active eq true', 'refused'],
    ['title pr and userType eq "E" or active eq false', '(title pr and userType eq "E") or active eq false'],
    ['title pr and (userType eq "E" or active eq false)', 'title pr and (userType eq "E" or active eq false)'],
    ['title pr or title pr and not (title pr)', 'title pr or (title pr and not (title pr))'],
    ['((title pr))', 'title pr'],
    ['NOT(title pr)AND(title pr)', 'not (title pr) and title pr'],
    ['title eq "a \\" ] ) and or \\u00e9\\/"', 'title eq "a \\" ] ) and or é/"'],
    ['title eq null and active ne true', 'title eq null and active ne true'],
    ['title ge "a"', 'title ge "a"'],
    ['  title\tpr  ', 'title pr'],
  ])('understands %s', (text, want) => {
    if (want === 'refused') expect(refusal(text)).toContain('photos.$ref');
    else expect(understood(text)).toBe(want);
  });

  it.each([
    ['members[value eq "7"]', 'members[value eq "7"]'],
    ['members.value eq "7"', 'members.value eq "7"'],
    ['members eq "7"', 'members.value eq "7"'],
    ['DisplayName eq "x"', 'displayName eq "x"'],
  ])('understands %s for groups', (text, want) => {
    expect(understood(text, groupSchema)).toBe(want);
  });

  it.each([
    ['', 'it ends where an attribute is due (at position 1)'],
    ['   ', 'it ends'],
    ['userName', 'an operator is due after userName'],
    ['userName eq', 'a value is due after userName eq'],
    ['userName is "x"', 'an operator is due after userName, not "is" (at position 10)'],
    ['userName eq "x" and', 'it ends where an attribute is due'],
    ['userName eq "x" userName eq "y"', '"userName" where and, or or the end is due (at position 17)'],
    ['userName eq "x"and active eq true', 'directly after the value of userName'],
    ['userName eq"x"', 'a value is due after userName eq'],
    ['userName eq "x" "y"', '"y" where'],
    ['userName eq "x', 'a string without its closing quote (at position 13)'],
    ['userName eq "\\x"', 'not written as JSON has it'],
    ['userName eq "a\nb"', 'not written as JSON has it'],
    ['userName eq "\\u0000"', 'NUL'],
    ['userName eq "\\ud800"', 'surrogate'],
    ["userName eq 'x'", 'userName is compared with text; put the value in double quotes'],
    ['userName eq x', 'put the value in double quotes'],
    ['(title pr', 'a ( without its )'],
    ['title pr)', '")" where'],
    ['(title pr]', 'a ( without its )'],
    ['emails[type eq "x"', 'a [ without its ]'],
    ['emails[]', '"]" where an attribute is due'],
    ['emails[type eq "x"].foo eq "y"', '".foo" is no sub-attribute of emails'],
    ['emails[type eq "x"].value', 'an operator is due'],
    ['emails[type eq "x"] .value pr', '".value" where'],
    ['emails[emails[type eq "x"]]', 'emails has no attribute "emails"'],
    ['emails[type[value pr]]', 'takes no filter in brackets'],
    ['emails[userName pr]', 'emails has no attribute "userName"'],
    ['userName[value eq "x"]', 'userName takes no filter in brackets'],
    ['name[familyName eq "x"]', 'name takes no filter in brackets'],
    ['not title pr', 'User has no attribute "not"'],
    ['not (not title pr)', 'User has no attribute "not"'],
    ['and eq "x"', 'User has no attribute "and"'],
    ['nope eq "x"', 'User has no attribute "nope" (at position 1)'],
    ['name.nope eq "x"', 'User has no attribute "name.nope"'],
    ['name.givenName.x eq "x"', 'no attribute'],
    ['name..givenName eq "x"', 'no attribute'],
    ['.userName eq "x"', 'no attribute'],
    ['urn:x:y:userName eq "x"', 'no attribute'],
    [`${ENTERPRISE}:userName eq "x"`, 'no attribute'],
    [`${ENTERPRISE}:id eq "x"`, 'no attribute'],
    [`${ENTERPRISE} pr`, 'no attribute'],
    ['members.value eq "x"', 'no attribute'],
    ['name eq "x"', 'name is complex'],
    ['meta eq "x"', 'meta is complex'],
    ['addresses eq "x"', 'addresses is complex'],
    ['password eq "x"', 'password cannot be filtered'],
    ['password pr', 'password cannot be filtered'],
    ['meta.location eq "x"', 'meta.location cannot be filtered'],
    ['groups[$ref eq "x"]', 'groups.$ref cannot be filtered'],
    ['active gt true', 'gt does not fit active'],
    ['active co "t"', 'co does not fit active'],
    ['x509Certificates gt "x"', 'gt does not fit x509Certificates.value'],
    ['meta.created co "2026"', 'co does not fit meta.created'],
    ['active eq "true"', 'active is a boolean'],
    ['active eq "True"', 'active is a boolean'],
    ['active eq 1', 'active is a boolean'],
    ['active eq TRUE', 'active is a boolean'],
    ['userName eq true', 'put the value in double quotes'],
    ['userName eq -1.5e3', 'put the value in double quotes'],
    ['userName co null', 'userName can be compared with null by eq and ne only'],
    ['meta.created gt "yesterday"', 'meta.created is a dateTime'],
    ['meta.created gt "2026-02-30T00:00:00Z"', 'meta.created is a dateTime'],
    ['meta.created gt 2026-02-20', 'put the value in double quotes'],
    ['__proto__.x eq "1"', 'no attribute "__proto__.x"'],
    ['__proto__ eq "1"', 'no attribute'],
    ['constructor eq "1"', 'no attribute'],
    ['toString pr', 'no attribute'],
    ['hasOwnProperty[value pr]', 'no attribute'],
    ['name.__proto__ pr', 'no attribute'],
    ['emails[constructor pr]', 'no attribute'],
    [`${ENTERPRISE}:__proto__ pr`, 'no attribute'],
  ])('refuses %j and says why', (text, why) => {
    expect(refusal(text)).toContain(why);
  });

  it.each([
    ['a string of escapes that never ends', `userName eq "${'\\"'.repeat(40)}`, 'closing quote'],
    ['2,000 escapes that never end', `userName eq "${'\\\\\\"'.repeat(1000)}`, 'closing quote'],
    ['10,000 opening brackets', '('.repeat(10_000), '10000 characters'],
    ['4,000 opening brackets', '('.repeat(4000), '20 deep'],
    ['not within not', 'not ('.repeat(800), '20 deep'],
    ['brackets of both kinds', `${'('.repeat(20)}emails[title pr`, '20 deep'],
    ['201 conditions', Array(201).fill('title pr').join(' or '), '200 conditions'],
    ['a long attribute name', `${'a.'.repeat(2000)} pr`, 'no attribute'],
  ])('is done at once with %s', (_name, text, why) => {
    expect(refusal(text)).toContain(why);
  });

  it('takes a conjunction of disjunctions for what it is, without multiplying it out', () => {
    const text = Array(16).fill('(title pr or title pr)').join(' and ');
    expect(understood(text)).toBe(text);
  });

  it('keeps to the limits that it is given', () => {
    expect(refusal('userName eq "x"', userSchema, { maxLength: 14 })).toContain('14 are allowed');
    expect(refusal('((title pr))', userSchema, { maxDepth: 1 })).toContain('1 deep (at position 2)');
    expect(refusal('title pr and title pr', userSchema, { maxNodes: 2 })).toContain('2 conditions');
  });

  it('reads a number where the schema has one', () => {
    const score = { ...userSchema.core.attributes.get('title'), name: 'score', type: 'decimal' } as never;
    const schema = { ...userSchema, core: { ...userSchema.core, attributes: new Map([['score', score]]) } };
    expect(understood('score gt -1.5e3', schema)).toBe('score gt -1500');
    for (const literal of ['"1"', '01', '.5', '1e999', 'NaN', '0x1', '+1']) {
      expect(refusal(`score eq ${literal}`, schema)).toContain('score is a number');
    }
    expect(refusal('score co 1', schema)).toContain('co does not fit score');
  });

  it('understands again what it understood', () => {
    fc.assert(
      fc.property(filterOf(userSchema, ['id-1']), (filter) => {
        expect(parseFilter(printFilter(filter), userSchema, { maxLength: 1e6, maxNodes: 1e6 })).toEqual(filter);
      }),
    );
  });

  it('answers any text with a filter or a refusal', () => {
    const piece = fc.constantFrom(
      'userName',
      'emails',
      '[',
      ']',
      '(',
      ')',
      ' ',
      '"',
      '\\',
      'eq',
      'and',
      'not',
      'null',
      '.value',
      'type',
      '"x"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 20 }).map((list) => list.join('')),
        ),
        (text) => {
          expect(typeof refusal(text, userSchema, { unquoted: true })).toBe('string');
        },
      ),
    );
  });
});

describe('parseFilter for lenient dialects', () => {
  function lenient(text: string): { filter: string; repairs: FilterRepair[] } {
    const repairs: FilterRepair[] = [];
    const options = { unquoted: true, onRepair: (repair: FilterRepair) => repairs.push(repair) };
    return { filter: printFilter(parseFilter(text, userSchema, options)), repairs };
  }

  it.each([
    ['externalId eq jyoung', 'externalId eq "jyoung"', 'unquoted-value', 'externalId'],
    ['userName eq jane@x.org', 'userName eq "jane@x.org"', 'unquoted-value', 'userName'],
    [
      'externalId eq 3e59e27b-68ad-41f5-bb0e-dadf130e2ac8',
      'externalId eq "3e59e27b-68ad-41f5-bb0e-dadf130e2ac8"',
      'unquoted-value',
      'externalId',
    ],
    ['externalId eq 12345', 'externalId eq "12345"', 'unquoted-value', 'externalId'],
    ['emails[type eq work]', 'emails[type eq "work"]', 'unquoted-value', 'emails.type'],
    ['roles[primary eq "True"]', 'roles[primary eq true]', 'string-boolean', 'roles.primary'],
    ['active eq False', 'active eq false', 'string-boolean', 'active'],
  ])('reads %s and reports it', (text, want, code, at) => {
    const { filter, repairs } = lenient(text);
    expect(filter).toBe(want);
    expect(repairs).toEqual([{ code, at, detail: expect.stringContaining('was read as') }]);
  });

  it('reports nothing where nothing is bent', () => {
    expect(lenient('active eq true and userName eq "x" and title eq null').repairs).toEqual([]);
  });

  it.each(['displayName eq Ada Byron', 'active eq "yes"', 'meta.created gt today', 'nope eq x'])(
    'still refuses %s',
    (text) => {
      expect(refusal(text, userSchema, { unquoted: true })).not.toBe('accepted');
    },
  );
});

describe('parseElementFilter', () => {
  const emails = resolvePath('emails', userSchema);

  it('reads what stands between the brackets', () => {
    if (emails === undefined) throw new Error('no emails');
    const whole = parseFilter('emails[type eq "work" and primary eq true]', userSchema);
    expect({ kind: 'element', filter: parseElementFilter('type eq "work" and primary eq true', emails) }).toMatchObject(
      {
        kind: whole.kind,
        filter: whole.kind === 'element' ? whole.filter : undefined,
      },
    );
  });

  it('refuses what is no sub-attribute', () => {
    if (emails === undefined) throw new Error('no emails');
    expect(() => parseElementFilter('userName eq "x"', emails)).toThrow('emails has no attribute "userName"');
  });
});
