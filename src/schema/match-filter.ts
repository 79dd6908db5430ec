/**
 * A filter on a resource in memory, for mapping rules and PATCH paths. store/filter-sql.ts gives the same answer in SQL.
 *
 * A missing attribute is equal to nothing but null (RFC 7643 section 2.5: unassigned, null and an empty list are one
 * state), so `title ne "x"` and `not (title eq "x")` both hold for a user without a title. A comparison with a
 * multi-valued attribute holds if it holds for one of its values (RFC 7644 section 3.4.2.2); one without values counts as
 * one missing value. `emails[...]` holds only if there is an element, also with `not` inside.
 */
import { compareValue } from './compare.ts';
import type { AttributeRef, Filter } from './filter.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** Whether the filter holds for the resource: canonical names, extension attributes under their URN. */
export function matchFilter(filter: Filter, resource: JsonObject): boolean {
  return match(filter, (attribute) => valuesOf(attribute, resource), resource);
}

/** Whether what stood between the brackets of `emails[...]` holds for one element of `emails`. */
export function matchElement(filter: Filter, element: unknown): boolean {
  const ofElement: Values = ({ sub }) => [sub === undefined ? element : own(element, sub)];
  return match(filter, ofElement, undefined);
}

type Values = (attribute: AttributeRef) => readonly unknown[];

function match(filter: Filter, valuesOf: Values, resource: JsonObject | undefined): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((part) => match(part, valuesOf, resource));
    case 'or':
      return filter.filters.some((part) => match(part, valuesOf, resource));
    case 'not':
      return !match(filter.filter, valuesOf, resource);
    case 'compare': {
      const { attribute, op, value } = filter;
      const values = valuesOf(attribute);
      return (values.length === 0 ? [undefined] : values).some((actual) => compareValue(actual, op, value, attribute));
    }
    case 'present':
      return valuesOf(filter.attribute).some(isPresent);
    case 'element':
      return elementsOf(filter.attribute, resource).some((element) => matchElement(filter.filter, element));
    default:
      return filter satisfies never;
  }
}

function valuesOf(attribute: AttributeRef, resource: JsonObject): readonly unknown[] {
  const { sub } = attribute;
  const whole = attribute.multiValued ? elementsOf(attribute, resource) : [topLevel(attribute, resource)];
  return sub === undefined ? whole : whole.map((value) => own(value, sub));
}

function elementsOf(attribute: AttributeRef, resource: JsonObject | undefined): readonly unknown[] {
  const value = topLevel(attribute, resource);
  return Array.isArray(value) ? value : [];
}

function topLevel({ extension, name }: AttributeRef, resource: JsonObject | undefined): unknown {
  return own(extension === undefined ? resource : own(resource, extension), name);
}

function own(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Not null, not empty, or with something in it that is not (RFC 7644 section 3.4.2.2, `pr`). */
function isPresent(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return isJsonObject(value) ? Object.values(value).some(isPresent) : true;
}
