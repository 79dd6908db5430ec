import { type RawBuilder, sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Engine } from '../../src/store/engine.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const URN = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const DOCUMENT = {
  [URN]: { department: 'R&D', manager: { value: '7' } },
  'a"b': 'quote',
  'back\\slash': 'backslash',
  "it's": 'apostrophe',
  'sp ace': 'blank',
  empty: '',
  unicode: 'Zoë 🦊',
  yes: true,
  no: false,
  nothing: null,
  whole: 42,
  half: 0.5,
  text: '42',
  object: { a: 1 },
  list: [{ value: 'x' }, { value: 'y', primary: true }],
  mixed: ['plain "text"', 7, true, null, { value: 'z' }],
};

describeEachEngine('JSON columns', (open) => {
  async function evaluate<T>(build: (engine: Engine) => RawBuilder<T>): Promise<T | undefined> {
    const engine = await open();
    const settings = engine.json.value(JSON.stringify(DOCUMENT));
    await engine.write((tx) =>
      sql`insert into organizations (id, name, settings, created_at) values ('o', 'o', ${settings}, 0)`.execute(tx),
    );
    const query = sql<{ found: T }>`select ${build(engine)} as found from organizations`;
    return (await query.execute(engine.reader)).rows[0]?.found;
  }
  const column = sql.ref('organizations.settings');

  it('come back as JSON text', async () => {
    const text = await evaluate(({ json }) => json.text(column));
    expect(JSON.parse(text ?? '')).toEqual(DOCUMENT);
  });

  it.each([
    [[URN, 'department'], 'R&D'],
    [[URN, 'manager', 'value'], '7'],
    [['a"b'], 'quote'],
    [['back\\slash'], 'backslash'],
    [["it's"], 'apostrophe'],
    [['sp ace'], 'blank'],
    [['empty'], ''],
    [['unicode'], 'Zoë 🦊'],
    [['whole'], null],
    [['yes'], null],
    [['object'], null],
    [['nothing'], null],
    [['missing', 'deeper'], null],
  ])('give the string at %j and null for anything else', async (path, want) => {
    expect(await evaluate(({ json }) => json.string(column, path))).toBe(want);
  });

  it.each([
    ['yes', 1],
    ['no', 0],
    ['whole', null],
    ['text', null],
    ['missing', null],
  ])('give the boolean at %s as a flag', async (key, want) => {
    expect(await evaluate(({ json }) => json.boolean(column, [key]))).toBe(want);
  });

  it.each([
    ['whole', 42],
    ['half', 0.5],
    ['text', null],
    ['yes', null],
  ])('give the number at %s', async (key, want) => {
    expect(await evaluate(({ json }) => json.number(column, [key]))).toBe(want);
  });

  it.each([
    ['no', true],
    ['empty', true],
    ['list', true],
    ['nothing', false],
    ['missing', false],
  ])('tell whether there is something at %s', async (key, want) => {
    expect(await evaluate(({ json }) => sql<number>`case when ${json.exists(column, [key])} then 1 else 0 end`)).toBe(
      want ? 1 : 0,
    );
  });

  const elements = (engine: Engine, key: string, where: RawBuilder<unknown>): RawBuilder<number> =>
    sql`(select count(*) from ${engine.json.elements(column, [key], 'element')} where ${where})`;

  it.each([
    ['list', 2],
    ['mixed', 5],
    ['object', 0],
    ['text', 0],
    ['nothing', 0],
    ['missing', 0],
  ])('give one row per element of the array at %s', async (key, want) => {
    expect(await evaluate((engine) => elements(engine, key, sql`1 = 1`))).toBe(want);
  });

  it.each([
    ['list', ['value'], 'y', 1],
    ['mixed', ['value'], 'z', 1],
    ['mixed', [], 'plain "text"', 1],
  ])('reach into the elements of %s', async (key, path, wanted, want) => {
    const value = sql.ref('element.value');
    expect(await evaluate((engine) => elements(engine, key, sql`${engine.json.string(value, path)} = ${wanted}`))).toBe(
      want,
    );
  });
});
