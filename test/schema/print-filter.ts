/** Writes a filter as a client would, every part of it in brackets. */
import type { AttributeRef, Filter } from '../../src/schema/filter.ts';

export function printFilter(filter: Filter, inElement = false): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.map((part) => printPart(part, inElement)).join(` ${filter.kind} `);
    case 'not':
      return `not (${printFilter(filter.filter, inElement)})`;
    case 'compare':
      return `${printName(filter.attribute, inElement)} ${filter.op} ${JSON.stringify(filter.value)}`;
    case 'present':
      return `${printName(filter.attribute, inElement)} pr`;
    case 'element':
      return `${printName(filter.attribute, inElement)}[${printFilter(filter.filter, true)}]`;
    default:
      return filter satisfies never;
  }
}

function printPart(filter: Filter, inElement: boolean): string {
  const text = printFilter(filter, inElement);
  return filter.kind === 'and' || filter.kind === 'or' ? `(${text})` : text;
}

function printName({ extension, name, sub }: AttributeRef, inElement: boolean): string {
  if (inElement) return sub ?? name;
  const path = sub === undefined ? name : `${name}.${sub}`;
  return extension === undefined ? path : `${extension}:${path}`;
}
