/**
 * A person as SCIM attributes, flat: `title`, `emails`, `urn:...:User:department` -> value. Flat fields are what is
 * compared, patched one by one and fingerprinted; `toResource` makes the nested form of them.
 */
import { ENTERPRISE_SCHEMA } from '../../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { FieldDifference } from '../contract.ts';
import type { WantedUser } from '../wanted.ts';
import { type Provider, USER_SCHEMA } from './provider.ts';
import type { ScimSettings } from './settings.ts';

/** What is passed on of what the identity provider sent. Not: groups (by team), roles (settings), photos and secrets. */
const CORE = [
  ...['name', 'nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone'],
  ...['emails', 'phoneNumbers', 'addresses'],
];

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

const MANAGER = `${ENTERPRISE_SCHEMA}:manager`;

/** @param managerId the manager's id over there; undefined: not known there, and left out */
export function toUserFields(
  wanted: WantedUser,
  settings: ScimSettings,
  provider: Provider,
  managerId: string | undefined,
): JsonObject {
  const { attributes } = wanted;
  const userName = settings.userName === 'email' ? (wanted.email ?? wanted.userName) : wanted.userName;
  const fields: Record<string, Json> = {
    externalId: wanted.id,
    userName,
    displayName: wanted.displayName,
    active: wanted.active,
  };
  for (const name of CORE) if (!isEmpty(attributes[name])) fields[name] = attributes[name] as Json;
  const enterprise = attributes[ENTERPRISE_SCHEMA];
  for (const [name, value] of Object.entries(isJsonObject(enterprise) ? enterprise : {})) {
    // Named by an id, and ids over there are others.
    if (name !== 'manager' && !isEmpty(value)) fields[`${ENTERPRISE_SCHEMA}:${name}`] = value;
  }
  if (managerId !== undefined) fields[MANAGER] = { value: managerId };
  if (settings.sendRole) fields.roles = [{ value: wanted.role, primary: true }];
  return keepKnown(fields, provider.userAttributes);
}

/** externalId is common to all resources (RFC 7643 section 3.1) and stands in no schema. */
function keepKnown(fields: JsonObject, known: ReadonlySet<string> | undefined): JsonObject {
  if (known === undefined) return fields;
  return Object.fromEntries(
    Object.entries(fields).filter(([path]) => path === 'externalId' || known.has(path.toLowerCase())),
  );
}

/** @param base a resource to put the fields into: what it has besides is kept */
export function toResource(fields: JsonObject, base: JsonObject = {}): JsonObject {
  const resource: Record<string, Json> = { ...base };
  const extension: Record<string, Json> = { ...(isJsonObject(base[ENTERPRISE_SCHEMA]) ? base[ENTERPRISE_SCHEMA] : {}) };
  for (const [path, value] of Object.entries(fields)) {
    if (path.startsWith(`${ENTERPRISE_SCHEMA}:`)) extension[path.slice(ENTERPRISE_SCHEMA.length + 1)] = value;
    else resource[path] = value;
  }
  const hasExtension = Object.keys(extension).length > 0;
  if (hasExtension) resource[ENTERPRISE_SCHEMA] = extension;
  resource.schemas = hasExtension ? [USER_SCHEMA, ENTERPRISE_SCHEMA] : [USER_SCHEMA];
  return resource;
}

/** The same fields of a resource that was read; attribute names are matched without regard to case. */
export function readFields(resource: JsonObject, paths: Iterable<string>): JsonObject {
  const found = valueAt(resource, ENTERPRISE_SCHEMA);
  const enterprise = isJsonObject(found) ? found : {};
  const fields: Record<string, Json> = {};
  for (const path of paths) {
    const isExtension = path.startsWith(`${ENTERPRISE_SCHEMA}:`);
    const value = isExtension ? valueAt(enterprise, path.slice(ENTERPRISE_SCHEMA.length + 1)) : valueAt(resource, path);
    if (value !== undefined) fields[path] = value;
  }
  return fields;
}

function valueAt(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
}

/** Whether what is there holds what is wanted; a server may add sub-attributes of its own (`display`, `$ref`). */
export function holds(there: Json | undefined, wanted: Json): boolean {
  if (Array.isArray(wanted)) {
    const list: readonly Json[] = Array.isArray(there) ? there : [];
    return list.length === wanted.length && wanted.every((item: Json) => list.some((other) => holds(other, item)));
  }
  if (isJsonObject(wanted)) {
    if (!isJsonObject(there)) return false;
    return Object.entries(wanted).every(([key, value]) => {
      // `primary: false` and no `primary` are the same.
      if (value === false && valueAt(there, key) === undefined) return true;
      return isEmpty(value) || holds(valueAt(there, key), value);
    });
  }
  return there === wanted;
}

export function compareFields(wanted: JsonObject, there: JsonObject): readonly FieldDifference[] {
  const found = readFields(there, Object.keys(wanted));
  return Object.entries(wanted)
    .filter(([path, value]) => !holds(found[path], value))
    .map(([field, value]) => ({ field, wanted: value, there: found[field] ?? null }));
}
