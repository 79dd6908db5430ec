import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { groupSchema, userSchema } from '../../src/schema/attribute.ts';
import type { Filter } from '../../src/schema/filter.ts';
import { matchFilter } from '../../src/schema/match-filter.ts';
import { parseFilter } from '../../src/schema/parse-filter.ts';
import { resolveAttribute } from '../../src/schema/resolve-attribute.ts';
import type { Engine } from '../../src/store/engine.ts';
import { filterToSql, sortToSql, type Target } from '../../src/store/filter-sql.ts';
import { filterOf } from '../schema/filter-arbitrary.ts';
import { printFilter } from '../schema/print-filter.ts';
import { describeEachEngine } from '../support/each-engine.ts';
import { ENTERPRISE, makePeople, storePeople } from './filter-people.ts';

const people = makePeople();
const schemas = { users: userSchema, groups: groupSchema };
const pool = [
  'user-01',
  'USER-02',
  'user-0',
  'group-01',
  'User',
  'Group',
  'direct',
  userSchema.core.id,
  ENTERPRISE,
  groupSchema.core.id,
];

function matching(filter: Filter, target: Target): string[] {
  return people[target].filter((resource) => matchFilter(filter, resource)).map(({ id }) => String(id));
}

describeEachEngine('filters in SQL', (open) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
    await storePeople(engine, people);
  });

  async function selected(filter: Filter, target: Target): Promise<string[]> {
    const condition = filterToSql(filter, target, engine.json);
    const query = sql<{ id: string }>`select id from ${sql.table(target)} where ${condition} order by id`;
    return (await query.execute(engine.reader)).rows.map(({ id }) => id);
  }

  it.each(['users', 'groups'] as const)('find the same %s as in memory', async (target) => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(filterOf(schemas[target], pool), async (filter) => {
        const want = matching(filter, target);
        hits += want.length > 0 && want.length < people[target].length ? 1 : 0;
        expect(await selected(filter, target), printFilter(filter)).toEqual(want);
      }),
      { numRuns: 1500 },
    );
    // Filters that fit everybody or nobody would show little.
    expect(hits).toBeGreaterThan(150);
  });

  it.each([
    'userName co "%"',
    'userName co "_"',
    'displayName sw "q\\"\\\\"',
    'title eq "o\'b"',
    'emails co "%" or emails sw "_"',
    'emails[type ew "%" and value pr]',
    'emails.value lt "a"',
    'title eq "ÄRGER"',
    'title co "🦊"',
    'title eq "ΟΔΟς"',
    'displayName gt "\\uffee"',
    'title gt "\\uffee"',
    'externalId eq "A"',
    'groups.display sw "ä"',
    'groups[value eq "GROUP-03"]',
    'manager ne null',
  ])('treat %s alike', async (text) => {
    const filter = parseFilter(text, userSchema);
    expect(await selected(filter, 'users')).toEqual(matching(filter, 'users'));
  });

  it('never put a value into the statement', () => {
    const filter = parseFilter(
      `emails[type eq "Injected'x" and value sw "Injected"] or department ew "Injected" or title co "Injected"`,
      userSchema,
    );
    const { sql: statement, parameters } = filterToSql(filter, 'users', engine.json).compile(engine.reader);
    expect(statement.toLowerCase()).not.toContain('injected');
    expect(parameters).toContain("injected'x");
  });

  it('compile a filter of all the conditions that are allowed', async () => {
    const text = Array(199).fill('roles[value eq "x"].type ne "y"').slice(0, 66).join(' or ');
    expect(await selected(parseFilter(text, userSchema), 'users')).toEqual(
      matching(parseFilter(text, userSchema), 'users'),
    );
  });

  async function sorted(
    name: string,
    descending = false,
    target: Target = 'users',
  ): Promise<(string | number | null)[]> {
    const attribute = resolveAttribute(name, schemas[target]);
    if (attribute === undefined) throw new Error(name);
    const key = sortToSql({ attribute, descending }, target, engine.json);
    const query = sql<{
      key: string | number | null;
    }>`select ${key} as key from ${sql.table(target)} where ${key} is not null order by key`;
    return (await query.execute(engine.reader)).rows.map((row) => row.key);
  }

  const byCodePoint = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));
  const texts = (values: readonly unknown[]) =>
    values
      .filter((value) => typeof value === 'string')
      .map((value) => value.toLowerCase())
      .toSorted(byCodePoint);

  it('sort by the folded text, by code point', async () => {
    expect(await sorted('userName')).toEqual(texts(people.users.map((user) => user.userName)));
    expect(await sorted('title')).toEqual(texts(people.users.map((user) => user.title)));
    expect(await sorted('department')).toEqual(
      texts(people.users.map((user) => (user[ENTERPRISE] as { department?: string } | undefined)?.department)),
    );
  });

  it('sort by the primary value of a list, or its first one', async () => {
    const firstOf = (list: unknown): unknown => {
      const elements = (list ?? []) as { value?: string; primary?: boolean }[];
      return elements.find(({ primary }) => primary)?.value ?? elements[0]?.value;
    };
    expect(await sorted('roles')).toEqual(texts(people.users.map(({ roles }) => firstOf(roles))));
    expect(await sorted('emails.value')).toEqual(texts(people.users.map(({ emails }) => firstOf(emails))));
  });

  it('sort by instants and flags', async () => {
    const times = people.users.map(({ meta }) => Date.parse((meta as { created: string }).created));
    expect((await sorted('meta.created')).map(Number)).toEqual(times.toSorted((a, b) => a - b));
    expect((await sorted('active')).map(Number)).toEqual(people.users.map(({ active }) => Number(active)).toSorted());
  });

  it('sort groups', async () => {
    expect(await sorted('displayName', false, 'groups')).toEqual(
      texts(people.groups.map((group) => group.displayName)),
    );
    expect((await sorted('members', false, 'groups')).length).toBe(
      people.groups.filter(({ members }) => (members as unknown[]).length > 0).length,
    );
  });
});
