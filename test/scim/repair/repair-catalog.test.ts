import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../src/directory/connections/connection.ts';
import { DIALECT_REPAIRS } from '../../../src/scim/repair/dialect.ts';
import { dialectTraits } from '../../../src/scim/repair/dialect-traits.ts';
import { PARSER_CODES, REPAIRS } from '../../../src/scim/repair/repair-catalog.ts';

describe('the catalog of repairs', () => {
  it('has every code that a dialect or a parser uses, once, and no other', () => {
    const used = new Set(Object.values(DIALECT_REPAIRS).flatMap((list) => list.flatMap(({ codes }) => codes)));
    const described = REPAIRS.map(({ code }) => code);
    expect([...described].sort()).toEqual([...used, ...PARSER_CODES].sort());
  });

  it.each(REPAIRS)('says of $code what, who, how and where from', (repair) => {
    expect(repair.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of Object.values(repair)) expect(text).not.toBe('');
    expect(repair.example).toContain('->');
  });
});

describe('dialects', () => {
  it('have each repair once', () => {
    for (const list of Object.values(DIALECT_REPAIRS)) expect(new Set(list).size).toBe(list.length);
  });

  it('are lenient, but for strict', () => {
    for (const dialect of DIALECTS) {
      const { unquotedFilterValues, createMissingElement, pathlessPatch, ignoreUnknownAttributes } =
        dialectTraits(dialect);
      const lenient = [unquotedFilterValues, createMissingElement, pathlessPatch, ignoreUnknownAttributes];
      expect(lenient).toEqual(lenient.map(() => dialect !== 'strict'));
    }
  });
});
