/**
 * Resources as JSON text. A user's stored attributes are JSON text already and are spliced in as they are; only a
 * projection makes it necessary to take them apart.
 */
import type { Group, GroupMember } from '../directory/group.ts';
import type { User } from '../directory/user.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from '../schema/attribute.ts';
import type { JsonObject } from '../schema/json.ts';
import { toEtag } from './etag.ts';
import { type Projection, project } from './projection.ts';

type Named = { readonly id: string; readonly name: string };

/** Written as text: every part is ours and needs no escaping, and a page has a hundred of them. */
function metaText(type: 'User' | 'Group', at: User | Group, baseUrl: string): string {
  const created = new Date(at.createdAt).toISOString();
  const lastModified = at.updatedAt === at.createdAt ? created : new Date(at.updatedAt).toISOString();
  return `"meta":{"resourceType":"${type}","created":"${created}","lastModified":"${lastModified}","location":"${baseUrl}/${type}s/${at.id}","version":${JSON.stringify(toEtag(at.version))}}`;
}

// Inside a JSON string a quote is escaped, so this finds the key and never a value.
const ENTERPRISE_KEY = `"${ENTERPRISE_SCHEMA}":`;
const CORE_ONLY = JSON.stringify([USER_SCHEMA]);
const WITH_ENTERPRISE = JSON.stringify([USER_SCHEMA, ENTERPRISE_SCHEMA]);

function groupsText(groups: readonly Named[], baseUrl: string): string {
  if (groups.length === 0) return '';
  const list = groups.map(({ id, name }) => ({
    value: id,
    $ref: `${baseUrl}/Groups/${id}`,
    display: name,
    type: 'direct',
  }));
  return `"groups":${JSON.stringify(list)},`;
}

/** @param groups the groups that the user is in; pass none when they are not wanted */
export function renderUser(
  user: User,
  groups: readonly Named[],
  baseUrl: string,
  projection: Projection | undefined,
): string {
  const schemas = user.attributes.includes(ENTERPRISE_KEY) ? WITH_ENTERPRISE : CORE_ONLY;
  const attributes = user.attributes.slice(1, -1);
  const text = `{"schemas":${schemas},"id":"${user.id}",${attributes},${groupsText(groups, baseUrl)}${metaText('User', user, baseUrl)}}`;
  return projection === undefined ? text : JSON.stringify(project(JSON.parse(text) as JsonObject, projection));
}

/** A group up to its members: `{...,` without the closing brace. */
function groupHead(group: Group, baseUrl: string): string {
  const { id, displayName, externalId } = group;
  const attributes = { schemas: [GROUP_SCHEMA], id, displayName, ...(externalId === null ? {} : { externalId }) };
  return `${JSON.stringify(attributes).slice(0, -1)},${metaText('Group', group, baseUrl)}`;
}

/** @param members undefined: not wanted */
export function renderGroup(
  group: Group,
  members: readonly GroupMember[] | undefined,
  baseUrl: string,
  projection: Projection | undefined,
): string {
  const listed = members === undefined || members.length === 0 ? '' : `,"members":[${membersText(members, baseUrl)}]`;
  const text = `${groupHead(group, baseUrl)}${listed}}`;
  return projection === undefined ? text : JSON.stringify(project(JSON.parse(text) as JsonObject, projection));
}

function membersText(members: readonly GroupMember[], baseUrl: string): string {
  return members.map((member) => memberText(member, baseUrl)).join(',');
}

function memberText({ userId, display }: GroupMember, baseUrl: string): string {
  const shown = display === null ? '' : `,"display":${JSON.stringify(display)}`;
  return `{"value":"${userId}","$ref":"${baseUrl}/Users/${userId}"${shown},"type":"User"}`;
}

/** A group with more members than one wants to hold, in pieces. */
export async function* streamGroup(
  group: Group,
  pages: AsyncIterable<readonly GroupMember[]>,
  baseUrl: string,
): AsyncGenerator<string> {
  yield groupHead(group, baseUrl);
  let first = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield `${first ? ',"members":[' : ','}${membersText(page, baseUrl)}`;
    first = false;
  }
  yield first ? '}' : ']}';
}
