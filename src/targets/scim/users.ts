/** People at a SCIM service provider: matched before they are created, changed by PATCH or PUT, deactivated when they go. */
import type { Json, JsonObject } from '../../schema/json.ts';
import { isJsonObject } from '../../schema/json.ts';
import { type Call, type Link, type LinkBook, type Push, type Pushed, SubjectWaits } from '../contract.ts';
import type { WantedUser } from '../wanted.ts';
import type { ScimParts } from './parts.ts';
import { PATCH_SCHEMA, type Provider } from './provider.ts';
import { keyOf } from './remote-catalog.ts';
import { idOf, idOfMade, isSuccess, quote, refusalOf, resourcesOf, type ScimAnswer } from './scim-client.ts';
import { holds, readFields, toResource, toUserFields } from './user-fields.ts';

const STALE_TRIES = 3;

interface Found {
  readonly id: string;
  readonly answer: ScimAnswer;
}

export async function pushUser(parts: ScimParts, call: Call, push: Push<WantedUser>): Promise<Pushed> {
  const { wanted, link } = push;
  const fields = await fieldsOf(parts, call, wanted, push.book);
  const found = await findUser(parts, call, push, fields);
  if (found === undefined) {
    if (!wanted.active) return { link: undefined, notes: [] };
    const made = await createUser(parts, call, push, fields);
    return { link: made, replaced: link !== undefined, notes: [] };
  }
  if (wanted.deleted && parts.settings.deleteUsers) {
    await removeUser(parts, call, found);
    return { link: undefined, notes: [] };
  }
  const kept = await changeUser(parts, call, link, fields, found);
  return { link: kept, replaced: link !== undefined && link.remoteId !== kept.remoteId, notes: [] };
}

/** What is wanted there, with the manager by the id that they have there. */
export async function fieldsOf(
  { settings, provider }: Pick<ScimParts, 'settings' | 'provider'>,
  call: Call,
  wanted: WantedUser,
  book: LinkBook,
): Promise<JsonObject> {
  const { managerId } = wanted;
  const remoteId = managerId === null ? undefined : await book.remoteIdOf('user', managerId);
  return toUserFields(wanted, settings, await provider(call), remoteId);
}

async function getUser({ client }: ScimParts, call: Call, id: string): Promise<Found | undefined> {
  const answer = await client.send(call, { method: 'GET', path: `/Users/${encodeURIComponent(id)}` });
  if (answer.status === 404) return undefined;
  if (!isSuccess(answer)) throw refusalOf('Reading the user', answer);
  idOfMade('The user', answer.body);
  return { id, answer };
}

/** By the id that we know; else by what names the person: externalId, userName, address. */
async function findUser(
  parts: ScimParts,
  call: Call,
  { wanted, link, book }: Push<WantedUser>,
  fields: JsonObject,
): Promise<Found | undefined> {
  if (link !== undefined) {
    const known = await getUser(parts, call, link.remoteId);
    if (known !== undefined) return known;
  }
  for (const id of await matchIds(parts, call, wanted, fields)) {
    const owner = await book.ownerOf('user', id);
    if (owner === undefined || owner === wanted.id) return getUser(parts, call, id);
  }
  return undefined;
}

async function matchIds(
  parts: ScimParts,
  call: Call,
  wanted: WantedUser,
  fields: JsonObject,
): Promise<readonly string[]> {
  const keys = [keyOf('externalId', fields.externalId), keyOf('userName', fields.userName)];
  const wantedKeys = [...keys, keyOf('email', wanted.email)].filter((key) => key !== '');
  const indexed = await parts.catalog.find(call, wantedKeys);
  if (indexed !== undefined) return indexed;
  const ids = await lookUp(parts, call, wanted, fields);
  if (ids.length === 0) parts.catalog.missed();
  return ids;
}

/** userName is what every provider can be asked for; the others are tried only where it found nobody. */
async function lookUp(parts: ScimParts, call: Call, wanted: WantedUser, fields: JsonObject) {
  const filters = [
    `userName eq ${quote(String(fields.userName))}`,
    ...(wanted.email === null ? [] : [`emails.value eq ${quote(wanted.email)}`]),
  ];
  for (const filter of filters) {
    const path = `/Users?filter=${encodeURIComponent(filter)}`;
    const answer = await parts.client.send(call, { method: 'GET', path });
    // A provider that cannot filter by addresses says so with 400 or 501.
    if (!isSuccess(answer)) {
      if (filter.startsWith('emails')) return [];
      throw refusalOf('Looking for the user', answer);
    }
    const ids = resourcesOf(answer.body).flatMap((user) => idOf(user) ?? []);
    if (ids.length > 0) return ids;
  }
  return [];
}

async function createUser(parts: ScimParts, call: Call, push: Push<WantedUser>, fields: JsonObject): Promise<Link> {
  const answer = await parts.writer.write(call, { method: 'POST', path: '/Users', body: toResource(fields) });
  if (answer.status === 409) return resolveConflict(parts, call, push, fields, answer);
  if (!isSuccess(answer)) throw refusalOf('Creating the user', answer);
  return toLink(idOfMade('The created user', answer.body), fields);
}

/** Somebody was created meanwhile (by us, before a crash), or is known by another name: look again, by asking. */
async function resolveConflict(
  parts: ScimParts,
  call: Call,
  push: Push<WantedUser>,
  fields: JsonObject,
  answer: ScimAnswer,
): Promise<Link> {
  parts.catalog.forget();
  const found = await findUser(parts, call, { ...push, link: undefined }, fields);
  if (found === undefined) throw refusalOf('Creating the user', answer);
  return changeUser(parts, call, push.link, fields, found);
}

/** Sends what differs. A stale version (412) is read again; whoever keeps changing it gets the next turn. */
async function changeUser(
  parts: ScimParts,
  call: Call,
  link: Link | undefined,
  fields: JsonObject,
  found: Found,
): Promise<Link> {
  const provider = await parts.provider(call);
  let current = found;
  for (let tries = 0; tries < STALE_TRIES; tries += 1) {
    const request = toChange(current, fields, gonePaths(link, fields), provider);
    if (request === undefined) return toLink(current.id, fields);
    const answer = await parts.writer.write(call, request);
    if (isSuccess(answer)) return toLink(current.id, fields);
    if (answer.status !== 412) throw refusalOf('Changing the user', answer);
    const again = await getUser(parts, call, current.id);
    if (again === undefined) break;
    current = again;
  }
  throw new SubjectWaits('The user keeps being changed by somebody else.', 5_000);
}

/** What was pushed before and is not wanted any more. */
function gonePaths(link: Link | undefined, fields: JsonObject): readonly string[] {
  const before = Array.isArray(link?.memo.paths) ? (link.memo.paths as string[]) : [];
  return before.filter((path) => fields[path] === undefined);
}

function toChange({ id, answer }: Found, fields: JsonObject, gone: readonly string[], provider: Provider) {
  const there = readFields(answer.body, [...Object.keys(fields), ...gone]);
  const changed = Object.entries(fields).filter(([path, value]) => !holds(there[path], value));
  const removed = gone.filter((path) => there[path] !== undefined);
  if (changed.length === 0 && removed.length === 0) return undefined;
  const etag = provider.etag ? answer.etag : undefined;
  const path = `/Users/${encodeURIComponent(id)}`;
  if (!provider.patch) {
    return { method: 'PUT', path, body: toReplacement(answer.body, fields, removed), etag } as const;
  }
  const operations = [
    ...changed.map(([at, value]) => ({ op: 'replace', path: at, value })),
    ...removed.map((at) => ({ op: 'remove', path: at })),
  ];
  return { method: 'PATCH', path, body: { schemas: [PATCH_SCHEMA], Operations: operations }, etag } as const;
}

/** PUT replaces everything, so what is there and not ours goes along. */
function toReplacement(there: JsonObject, fields: JsonObject, removed: readonly string[]): JsonObject {
  const { meta: _meta, groups: _groups, ...kept } = there;
  const resource: Record<string, Json> = { ...toResource(fields, kept) };
  for (const path of removed) {
    const colon = path.lastIndexOf(':');
    const extension = colon > 0 ? resource[path.slice(0, colon)] : undefined;
    if (!isJsonObject(extension)) delete resource[path];
    else {
      const { [path.slice(colon + 1)]: _gone, ...rest } = extension;
      resource[path.slice(0, colon)] = rest;
    }
  }
  return resource;
}

async function removeUser({ writer }: ScimParts, call: Call, { id }: Found): Promise<void> {
  const answer = await writer.write(call, { method: 'DELETE', path: `/Users/${encodeURIComponent(id)}` });
  if (!isSuccess(answer) && answer.status !== 404) throw refusalOf('Deleting the user', answer);
}

function toLink(remoteId: string, fields: JsonObject): Link {
  return { remoteId, remoteName: String(fields.userName), memo: { paths: Object.keys(fields) } };
}
