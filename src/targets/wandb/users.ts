/** People at W&B: matched by e-mail address, created with a legal user name, changed one field at a time. */
import type { JsonObject } from '../../schema/json.ts';
import {
  type Call,
  type Link,
  type LinkBook,
  type Push,
  type Pushed,
  SubjectWaits,
  TargetRefusal,
} from '../contract.ts';
import { PATCH_SCHEMA, USER_SCHEMA } from '../scim/provider.ts';
import { keyOf } from '../scim/remote-catalog.ts';
import { idOf, idOfMade, isSuccess, quote, resourcesOf, type ScimAnswer } from '../scim/scim-client.ts';
import type { WantedUser } from '../wanted.ts';
import type { WandbParts } from './parts.ts';
import { wandbRefusal } from './refusal.ts';
import { differencesOf, toOperation, toUserFields } from './user-fields.ts';
import { candidate, toUserName } from './user-name.ts';
import { readUser, type WandbUser } from './user-shape.ts';

const STALE_TRIES = 3;
const NAMES_TRIED = 30;

interface Found {
  readonly user: WandbUser;
  readonly etag: string | undefined;
}

export async function pushUser(parts: WandbParts, call: Call, push: Push<WantedUser>): Promise<Pushed> {
  const { wanted, link } = push;
  const found = await findUser(parts, call, push);
  if (found === undefined && !wanted.active) return { link: undefined, notes: [] };
  if (found !== undefined && wanted.deleted && parts.settings.deleteUsers) {
    await removeUser(parts, call, push, found);
    return { link: undefined, notes: [] };
  }
  const there = found ?? (await createUser(parts, call, push));
  checkAdmin(parts, push, found);
  const made: Link = { remoteId: there.user.id, remoteName: there.user.userName, memo: {} };
  await changeUser(parts, call, made, toUserFields(wanted, parts.settings), there);
  return { link: made, replaced: link !== undefined && link.remoteId !== made.remoteId, notes: [] };
}

async function getUser({ client }: WandbParts, call: Call, id: string): Promise<Found | undefined> {
  const answer = await client.send(call, { method: 'GET', path: `/Users/${encodeURIComponent(id)}` });
  if (answer.status === 404) return undefined;
  if (!isSuccess(answer)) throw wandbRefusal('Reading the user', answer);
  return toFound('The user', answer);
}

function toFound(what: string, { body, etag }: ScimAnswer): Found {
  idOfMade(what, body);
  return { user: readUser(body), etag };
}

async function findUser(parts: WandbParts, call: Call, push: Push<WantedUser>): Promise<Found | undefined> {
  const { wanted, link, book } = push;
  if (link !== undefined) {
    const known = await getUser(parts, call, link.remoteId);
    if (known !== undefined) return known;
  }
  if (wanted.email === null) return undefined;
  for (const id of await matchIds(parts, call, wanted.email)) {
    const owner = await book.ownerOf('user', id);
    if (owner !== undefined && owner !== wanted.id) {
      throw new TargetRefusal(`The user with the address ${wanted.email} there belongs to another person here.`);
    }
    const found = await getUser(parts, call, id);
    if (found !== undefined && !found.user.isService) return found;
  }
  return undefined;
}

/** By address only: a user name that is the same may well be somebody else's. */
async function matchIds({ client, catalog }: WandbParts, call: Call, email: string): Promise<readonly string[]> {
  const known = await catalog.find(call, [keyOf('email', email)]);
  if (known !== undefined) return known;
  const filter = encodeURIComponent(`emails.value eq ${quote(email)}`);
  const answer = await client.send(call, { method: 'GET', path: `/Users?filter=${filter}` });
  if (!isSuccess(answer)) throw wandbRefusal('Looking for the user', answer);
  const ids = resourcesOf(answer.body).flatMap((user) => idOf(user) ?? []);
  if (ids.length === 0) catalog.missed();
  return ids;
}

/** An admin whom Drawbridge did not make stays one until somebody says otherwise. */
function checkAdmin({ settings }: WandbParts, { wanted, link }: Push<WantedUser>, found: Found | undefined): void {
  if (found === undefined || link !== undefined || settings.demoteAdmins) return;
  if (found.user.organizationRole !== 'admin' || (wanted.active && wanted.role === 'admin')) return;
  const wants = wanted.active ? `made ${wanted.role}` : 'deactivated';
  throw new TargetRefusal(
    `${found.user.userName} was an admin there before and would be ${wants}. Make the person an admin here, or set demoteAdmins.`,
  );
}

async function createUser(parts: WandbParts, call: Call, { wanted, book }: Push<WantedUser>): Promise<Found> {
  if (wanted.email === null) throw new TargetRefusal('W&B needs an e-mail address, and this person has none.');
  const { displayName, email } = wanted;
  const { models, weave } = parts.settings.seats[wanted.role];
  const seats = parts.settings.manageSeats ? { modelsSeat: models, weaveRole: weave } : {};
  for await (const userName of freeNames(book, wanted)) {
    const body = { schemas: [USER_SCHEMA], userName, displayName, emails: [{ value: email, primary: true }], ...seats };
    const answer = await parts.client.send(call, { method: 'POST', path: '/Users', body });
    if (isSuccess(answer)) return toFound('The created user', answer);
    if (answer.status !== 409) throw wandbRefusal('Creating the user', answer);
    // The name is somebody else's, or the address is (created meanwhile, by us before a crash perhaps).
    parts.catalog.forget();
    const [id] = await matchIds(parts, call, email);
    const found = id === undefined ? undefined : await getUser(parts, call, id);
    if (found !== undefined) return found;
  }
  throw new TargetRefusal(`No user name like ${toUserName(wanted.userName)} is free there.`);
}

async function* freeNames(book: LinkBook, wanted: WantedUser): AsyncIterable<string> {
  const base = toUserName(wanted.userName);
  for (let number = 1; number <= NAMES_TRIED; number += 1) {
    const name = candidate(base, number);
    if (!(await book.isNameTaken('user', name))) yield name;
  }
}

/** One operation per request, each based on the version that the one before left. */
async function changeUser(parts: WandbParts, call: Call, link: Link, wanted: JsonObject, there: Found): Promise<void> {
  let current = there;
  for (let stale = 0; stale < STALE_TRIES; ) {
    const [difference] = differencesOf(wanted, current.user);
    if (difference === undefined) return;
    const body = { schemas: [PATCH_SCHEMA], Operations: [toOperation(difference)] };
    const path = `/Users/${encodeURIComponent(link.remoteId)}`;
    const answer = await parts.client.send(call, { method: 'PATCH', path, body, etag: current.etag });
    if (answer.status === 412) {
      stale += 1;
      const again = await getUser(parts, call, link.remoteId);
      if (again === undefined) break;
      current = again;
    } else if (isSuccess(answer)) {
      // What was set is taken as set: some answers echo the user as it was.
      const user = { ...current.user, [difference.field]: difference.wanted } as WandbUser;
      current = { user, etag: answer.etag };
    } else {
      const refusal = wandbRefusal(`Setting ${difference.field} to ${String(difference.wanted)}`, answer);
      throw new TargetRefusal(refusal.message, link);
    }
  }
  throw new SubjectWaits('The user keeps being changed by somebody else.', 5_000);
}

async function removeUser(parts: WandbParts, call: Call, push: Push<WantedUser>, found: Found): Promise<void> {
  checkAdmin(parts, push, found);
  const path = `/Users/${encodeURIComponent(found.user.id)}`;
  const answer = await parts.client.send(call, { method: 'DELETE', path });
  if (!isSuccess(answer) && answer.status !== 404) throw wandbRefusal('Deleting the user', answer);
}
