/** A list of ids as one parameter, so that a statement stays the same whatever the length of the list. */
import { type Expression, type RawBuilder, sql } from 'kysely';
import type { Engine } from './engine.ts';

export interface IdList {
  /** The parameter's value. */
  encode(ids: readonly string[]): string;
  /** `column` is one of the ids. */
  includes(column: Expression<unknown>, list: string): RawBuilder<boolean>;
  /** The same in one step, for a statement that is built where it is run. */
  among(column: string, ids: readonly string[]): RawBuilder<boolean>;
}

export function createIdList(kind: Engine['kind']): IdList {
  const { encode, includes } = partsOf(kind);
  return { encode, includes, among: (column, ids) => includes(sql.ref(column), encode(ids)) };
}

function partsOf(kind: Engine['kind']): Pick<IdList, 'encode' | 'includes'> {
  if (kind === 'sqlite') {
    return {
      encode: (ids) => JSON.stringify(ids),
      includes: (column, list) => sql<boolean>`${column} in (select value from json_each(${list}))`,
    };
  }
  return {
    encode: (ids) => ids as unknown as string,
    includes: (column, list) => sql<boolean>`${column} = any(${list}::text[])`,
  };
}
