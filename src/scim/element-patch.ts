/** PATCH operations on the elements of one multi-valued attribute of a user (RFC 7644 sections 3.5.2.1 to 3.5.2.3). */
import { AppError } from '../errors.ts';
import type { Attribute } from '../schema/attribute.ts';
import type { Filter } from '../schema/filter.ts';
import { isJsonObject, type Json, type JsonObject } from '../schema/json.ts';
import { matchElement } from '../schema/match-filter.ts';
import type { Repair } from '../synclog/exchange.ts';
import { mergeParts } from './merge.ts';
import type { PatchOperation } from './patch.ts';
import type { AttributeTarget } from './patch-path.ts';
import { checkPrimary, described, ELEMENTS_MAX } from './value.ts';

export interface UserPatchOptions {
  /**
   * Whether writing to `emails[type eq "work"]` makes the element when there is none. Entra relies on it; without it
   * the answer is no_target (RFC 7644 section 3.5.2.3).
   */
  readonly createMissingElement: boolean;
  readonly onRepair?: (repair: Repair) => void;
}

type Elements = readonly Json[];

/** The elements after an operation whose path names `attribute`. */
export function patchElements(
  elements: Elements,
  attribute: Attribute,
  operation: PatchOperation,
  options: UserPatchOptions,
): Elements {
  const { path } = operation;
  if (operation.op === 'remove') {
    if (path.filter !== undefined || path.sub !== undefined) return removeMatching(elements, path);
    return operation.values === undefined ? [] : removeListed(elements, attribute, operation.values);
  }
  const next =
    path.filter !== undefined || path.sub !== undefined
      ? writeMatching(elements, operation, options)
      : writeList(elements, operation.op, operation.value as Elements);
  if (next.length > ELEMENTS_MAX) {
    throw new AppError('invalid_value', `${operation.at} would have more than ${ELEMENTS_MAX} elements`);
  }
  checkPrimary(next, operation.at);
  return next;
}

function writeList(elements: Elements, op: 'add' | 'replace', values: Elements): Elements {
  return op === 'replace' ? values : addElements(elements, values);
}

/** Appends what is not there yet. The same element with another `primary` is the same element. */
function addElements(elements: Elements, values: Elements): Elements {
  const next = [...elements];
  const places = new Map(elements.map((element, index) => [elementKey(element), index]));
  let primary: number | undefined;
  for (const value of values) {
    const place = places.get(elementKey(value)) ?? next.length;
    const existing = next[place];
    if (existing === undefined) {
      places.set(elementKey(value), place);
      next.push(value);
    } else if (isJsonObject(value) && isJsonObject(existing) && value.primary !== undefined) {
      next[place] = mergeParts(existing, { primary: value.primary });
    }
    if (isJsonObject(value) && value.primary === true) primary = place;
  }
  return primary === undefined
    ? next
    : next.map((element, index) => (index === primary ? element : unsetPrimary(element)));
}

/** Two elements with one key are equal but for `primary`. */
function elementKey(element: Json): string {
  if (!isJsonObject(element)) return JSON.stringify(element);
  const parts = Object.keys(element).filter((name) => name !== 'primary');
  return JSON.stringify(parts.sort().map((name) => [name, element[name]]));
}

/** Naming one element primary takes it from the others (RFC 7644 section 3.5.2). */
function unsetPrimary(element: Json): Json {
  return isJsonObject(element) && element.primary === true ? { ...element, primary: false } : element;
}

function isMatch(element: Json, filter: Filter | undefined): element is JsonObject {
  if (!isJsonObject(element)) return false;
  return filter === undefined || matchElement(filter, element);
}

/** No match is no fault: what should be gone is gone (RFC 7644 section 3.5.2.2 knows no_target for a missing path only). */
function removeMatching(elements: Elements, { sub, filter }: PatchOperation['path']): Elements {
  return elements.flatMap((element): Elements => {
    if (!isMatch(element, filter)) return [element];
    if (sub === undefined) return [];
    const rest = mergeParts(element, { [sub.name]: null });
    return Object.keys(rest).length === 0 ? [] : [rest];
  });
}

/** Removes the elements that have the listed value, and type where one is given; addresses, all that is given. */
function removeListed(elements: Elements, attribute: Attribute, values: readonly JsonObject[]): Elements {
  const names = attribute.subAttributes.has('value')
    ? ['value', 'type']
    : [...attribute.subAttributes.values()].map(({ name }) => name).filter((name) => name !== 'primary');
  const isListed = (element: JsonObject) =>
    values.some((listed) => names.every((name) => isSamePart(attribute, name, listed[name], element[name])));
  return elements.filter((element) => !isJsonObject(element) || !isListed(element));
}

function isSamePart(attribute: Attribute, name: string, listed: Json | undefined, held: Json | undefined): boolean {
  if (listed === undefined || listed === held) return true;
  if (typeof listed !== 'string' || typeof held !== 'string') return false;
  return (
    attribute.subAttributes.get(name.toLowerCase())?.caseExact === false && listed.toLowerCase() === held.toLowerCase()
  );
}

type Write = Extract<PatchOperation, { op: 'add' | 'replace' }>;

function writeMatching(elements: Elements, operation: Write, options: UserPatchOptions): Elements {
  const { path, value } = operation;
  const parts = path.sub === undefined ? (value as JsonObject) : { [path.sub.name]: value };
  let matches = 0;
  const next = elements.flatMap((element): Elements => {
    if (!isMatch(element, path.filter)) return [parts.primary === true ? unsetPrimary(element) : element];
    matches += 1;
    const merged = mergeParts(element, parts);
    return Object.keys(merged).length === 0 ? [] : [merged];
  });
  return matches > 0 ? next : createElement(elements, operation, parts, options);
}

function createElement(elements: Elements, operation: Write, parts: JsonObject, options: UserPatchOptions): Elements {
  const { path, at } = operation;
  // With nothing but parts to take away there is nothing to do.
  if (Object.values(parts).every((part) => part === null)) return elements;
  const wanted = path.filter === undefined ? {} : equalities(path.filter);
  if (!options.createMissingElement || wanted === undefined) {
    throw new AppError(
      'no_target',
      `${at}: no element matches ${describedFilter(path)}, so there is nothing to write to`,
    );
  }
  const created = mergeParts({ ...wanted }, parts);
  const hasPrimary = elements.some((element) => isJsonObject(element) && element.primary === true);
  const element = hasPrimary ? (unsetPrimary(created) as JsonObject) : created;
  const note = element === created ? '' : '; another element stays the primary one';
  options.onRepair?.({
    code: 'value-path-created',
    at,
    detail: `no element of ${path.attribute.name} matched; made one with ${Object.keys(element).join(', ')}${note}`,
  });
  return addElements(elements, [element]);
}

/** What an element must have to match: the eq conditions. Undefined where that does not tell. */
function equalities(filter: Filter): Record<string, Json> | undefined {
  if (filter.kind === 'compare') {
    const { sub } = filter.attribute;
    return filter.op === 'eq' && filter.value !== null && sub !== undefined ? { [sub]: filter.value } : undefined;
  }
  if (filter.kind !== 'and') return undefined;
  const result: Record<string, Json> = {};
  for (const part of filter.filters) {
    for (const [name, value] of Object.entries(equalities(part) ?? { '': null })) {
      if (name === '' || (Object.hasOwn(result, name) && result[name] !== value)) return undefined;
      result[name] = value;
    }
  }
  return result;
}

function describedFilter({ attribute, filter }: AttributeTarget): string {
  if (filter?.kind !== 'compare') return filter === undefined ? `(${attribute.name} is empty)` : 'the filter';
  return `${filter.attribute.sub ?? attribute.name} ${filter.op} ${described(filter.value)}`;
}
