/** Custom roles at W&B (`/Roles`): made at the organization, held in teams by their name, to the letter. */
import type { JsonObject } from '../../schema/json.ts';
import { isJsonObject } from '../../schema/json.ts';
import type { Call, Link, Push, Pushed } from '../contract.ts';
import { idOf, idOfMade, isSuccess, resourcesOf } from '../scim/scim-client.ts';
import type { WantedRole } from '../wanted.ts';
import type { WandbParts } from './parts.ts';
import { wandbRefusal } from './refusal.ts';

const ROLE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Role';

export async function pushRole(
  parts: WandbParts,
  call: Call,
  { wanted, link, book }: Push<WantedRole>,
): Promise<Pushed> {
  if (!parts.settings.customRoles)
    return { link: undefined, notes: ['Custom roles are switched off for this target.'] };
  const found = await findRole(parts, call, wanted, link, book);
  if (wanted.deleted) {
    // Its holders there fall back to what it inherits from.
    if (found !== undefined) await send(parts, call, 'DELETE', `/Roles/${encodeURIComponent(String(found.id))}`);
    return { link: undefined, notes: [] };
  }
  if (found === undefined) {
    const made = await send(parts, call, 'POST', '/Roles', toBody(wanted));
    return { link: toLink(idOfMade('The created role', made), wanted), notes: [] };
  }
  const id = String(found.id);
  if (!isSame(found, wanted)) await send(parts, call, 'PUT', `/Roles/${encodeURIComponent(id)}`, toBody(wanted));
  return { link: toLink(id, wanted), replaced: link !== undefined && link.remoteId !== id, notes: [] };
}

async function findRole(
  { client }: WandbParts,
  call: Call,
  wanted: WantedRole,
  link: Link | undefined,
  book: Push<WantedRole>['book'],
): Promise<JsonObject | undefined> {
  if (link !== undefined) {
    const answer = await client.send(call, { method: 'GET', path: `/Roles/${encodeURIComponent(link.remoteId)}` });
    if (isSuccess(answer)) {
      idOfMade('The role', answer.body);
      return answer.body;
    }
    if (answer.status !== 404) throw wandbRefusal('Reading the role', answer);
  }
  const answer = await client.send(call, { method: 'GET', path: '/Roles' });
  if (!isSuccess(answer)) throw wandbRefusal('Reading the roles', answer);
  const found = resourcesOf(answer.body).find((role) => role.name === wanted.name && idOf(role) !== undefined);
  if (found === undefined) return undefined;
  const owner = await book.ownerOf('role', String(found.id));
  return owner === undefined || owner === wanted.id ? found : undefined;
}

function toBody({ name, description, permissions, inheritsFrom }: WantedRole): JsonObject {
  const added = permissions.map((permission) => ({ name: permission }));
  return { schemas: [ROLE_SCHEMA], name, description, permissions: added, inheritedFrom: inheritsFrom };
}

/** Permissions that come from the inherited role are told along, and are not ours. */
function isSame(there: JsonObject, { name, description, permissions, inheritsFrom }: WantedRole): boolean {
  const list = (Array.isArray(there.permissions) ? (there.permissions as unknown[]) : []).filter(isJsonObject);
  const own = list.filter(({ isInherited }) => isInherited !== true).map((permission) => String(permission.name));
  const isEqual = own.toSorted().join(' ') === permissions.toSorted().join(' ');
  const inherited = String(there.inheritedFrom ?? '').toLowerCase() === inheritsFrom;
  return isEqual && inherited && there.name === name && (there.description ?? '') === description;
}

async function send(
  { client }: WandbParts,
  call: Call,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: JsonObject,
): Promise<JsonObject> {
  const answer = await client.send(call, { method, path, ...(body === undefined ? {} : { body }) });
  const isGone = method === 'DELETE' && answer.status === 404;
  if (!isSuccess(answer) && !isGone) throw wandbRefusal('Changing the role', answer);
  return answer.body;
}

function toLink(remoteId: string, { name }: WantedRole): Link {
  return { remoteId, remoteName: name, memo: {} };
}
