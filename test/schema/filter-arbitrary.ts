/** Random filters, over every attribute of a schema that can be filtered. Texts come from a small pool, so that some fit. */
import fc from 'fast-check';
import type { Attribute, ResourceSchema } from '../../src/schema/attribute.ts';
import type { AttributeRef, Comparison, Filter, FilterValue } from '../../src/schema/filter.ts';
import { type ResolvedAttribute, toAttributeRef } from '../../src/schema/resolve-attribute.ts';

export const TEXTS = [
  'a',
  'A',
  'ab',
  'AB',
  'b%',
  '_b',
  "o'B",
  'q"\\',
  'ÄRger',
  'ärGER',
  'ΟΔΟΣ',
  'οδος',
  'İi',
  '\uffee',
  '🦊',
  'a 🦊',
  'and',
  '] or (',
];
export const TIMES = [
  '2026-01-31T08:00:00Z',
  '2026-01-31T08:00:00.500Z',
  '2026-01-31T09:00:00+01:00',
  '2025-12-31T23:59:59.999Z',
];

export const text = fc.oneof(fc.constantFrom(...TEXTS), fc.constant(''));

const NOT_FILTERABLE = ['password', 'meta.location', 'meta.version', 'groups.$ref', 'members.$ref'];

function isFilterable({ name, sub }: AttributeRef): boolean {
  return !NOT_FILTERABLE.includes(sub === undefined ? name : `${name}.${sub}`);
}

interface Names {
  readonly compared: readonly AttributeRef[];
  readonly complex: readonly AttributeRef[];
  readonly lists: readonly { readonly list: AttributeRef; readonly subs: readonly AttributeRef[] }[];
}

function namesOf(schema: ResourceSchema): Names {
  const of = (attribute: Attribute, extension: string | undefined): ResolvedAttribute[] => {
    const whole = { ...(extension === undefined ? {} : { extension }), attribute };
    return [whole, ...[...attribute.subAttributes.values()].map((sub) => ({ ...whole, sub }))];
  };
  const all = [
    ...[...schema.core.attributes.values()].flatMap((attribute) => of(attribute, undefined)),
    ...schema.extensions.flatMap(({ id, attributes }) => [...attributes.values()].flatMap((a) => of(a, id))),
  ];
  const refs = all.map(toAttributeRef).filter(isFilterable);
  const complex = refs.filter(({ type }) => type === 'complex');
  return {
    compared: refs.filter(({ type }) => type !== 'complex'),
    complex,
    lists: complex
      .filter(({ multiValued }) => multiValued)
      .map((list) => ({ list, subs: refs.filter(({ name, sub }) => name === list.name && sub !== undefined) })),
  };
}

const EQUALITY: Comparison[] = ['eq', 'ne'];
const ORDER: Comparison[] = [...EQUALITY, 'gt', 'ge', 'lt', 'le'];
const TEXT: Comparison[] = [...ORDER, 'co', 'sw', 'ew'];

function comparison(attribute: AttributeRef, ids: readonly string[]): fc.Arbitrary<Filter> {
  const make = (ops: readonly Comparison[], values: fc.Arbitrary<FilterValue>) =>
    fc.record({
      kind: fc.constant('compare' as const),
      attribute: fc.constant(attribute),
      op: fc.constantFrom(...ops),
      value: values,
    });
  const withNull = make(EQUALITY, fc.constant(null));
  if (attribute.type === 'boolean') return fc.oneof(make(EQUALITY, fc.boolean()), withNull);
  if (attribute.type === 'dateTime') return fc.oneof(make(ORDER, fc.constantFrom(...TIMES)), withNull);
  const pool = fc.oneof(text, fc.constantFrom(...ids));
  const values = fc.oneof(make(attribute.type === 'binary' ? EQUALITY : TEXT, pool));
  return fc.oneof({ weight: 8, arbitrary: values }, { weight: 1, arbitrary: withNull });
}

const present = (attribute: AttributeRef): fc.Arbitrary<Filter> => fc.constant({ kind: 'present', attribute });

function joined(leaf: fc.Arbitrary<Filter>, depth: number): fc.Arbitrary<Filter> {
  if (depth === 0) return leaf;
  const inner = joined(leaf, depth - 1);
  const kinds = fc.constantFrom('and' as const, 'or' as const);
  return fc.oneof(
    leaf,
    fc.record({ kind: fc.constant('not' as const), filter: inner }),
    fc.record({ kind: kinds, filters: fc.array(inner, { minLength: 2, maxLength: 3 }) }),
  );
}

/** @param ids further texts to compare with: ids, URNs */
export function filterOf(schema: ResourceSchema, ids: readonly string[]): fc.Arbitrary<Filter> {
  const { compared, complex, lists } = namesOf(schema);
  const anyOf = (refs: readonly AttributeRef[]) =>
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...refs).chain((ref) => comparison(ref, ids)) },
      { weight: 1, arbitrary: fc.constantFrom(...refs).chain(present) },
    );
  const element = fc.constantFrom(...lists).chain(({ list, subs }) =>
    fc.record({
      kind: fc.constant('element' as const),
      attribute: fc.constant(list),
      filter: joined(anyOf(subs), 2),
    }),
  );
  const leaf = fc.oneof(
    { weight: 6, arbitrary: anyOf(compared) },
    { weight: 3, arbitrary: element },
    { weight: 1, arbitrary: fc.constantFrom(...complex).chain(present) },
  );
  return joined(leaf, 3);
}
