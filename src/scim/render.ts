/**
 * Resources as JSON text. A user's stored attributes are JSON text already and are spliced in as they are; only a
 * projection makes it necessary to take them apart.
 */
import type { Group, GroupMember } from '../directory/groups/group.ts';
import type { ShownUser } from '../directory/people/user.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from '../schema/attribute.ts';
import type { JsonObject } from '../schema/json.ts';
import { toEtag } from './etag.ts';
import { type Projection, project } from './projection.ts';

type Named = { readonly id: string; readonly name: string };

function metaText(at: Group, baseUrl: string): string {
  const [created, lastModified] = [new Date(at.createdAt).toISOString(), new Date(at.updatedAt).toISOString()];
  const meta = { resourceType: 'Group', created, lastModified, location: `${baseUrl}/Groups/${at.id}` };
  return `"meta":${JSON.stringify({ ...meta, version: toEtag(at.version) })}`;
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

/** Writes users one after the other; give the groups that the user is in, or none when they are not wanted. */
export type UserRenderer = (user: ShownUser, groups?: readonly Named[]) => string;

export function createUserRenderer(baseUrl: string, projection: Projection | undefined): UserRenderer {
  const moment = createMomentText();
  return (user, groups = []) => {
    const { id, attributes, version } = user;
    const schemas = attributes.includes(ENTERPRISE_KEY) ? WITH_ENTERPRISE : CORE_ONLY;
    const created = moment(user.createdAt);
    const lastModified = user.updatedAt === user.createdAt ? created : moment(user.updatedAt);
    const text = `{"schemas":${schemas},"id":"${id}",${attributes.slice(1, -1)},${groupsText(groups, baseUrl)}"meta":{"resourceType":"User","created":"${created}","lastModified":"${lastModified}","location":"${baseUrl}/Users/${id}","version":"W/\\"${version}\\""}}`;
    return projection === undefined ? text : JSON.stringify(project(JSON.parse(text) as JsonObject, projection));
  };
}

const SECOND_MS = 1000;

/** ISO 8601 with milliseconds. Those of a page lie close together, so that most share all but the milliseconds. */
function createMomentText(): (at: number) => string {
  let second = Number.NaN;
  let known = '';
  return (at) => {
    const milliseconds = at % SECOND_MS;
    if (at - milliseconds !== second) {
      second = at - milliseconds;
      known = new Date(second).toISOString().slice(0, -4);
    }
    return `${known}${String(milliseconds).padStart(3, '0')}Z`;
  };
}

/** A group up to its members: `{...,` without the closing brace. */
function groupHead(group: Group, baseUrl: string): string {
  const { id, displayName, externalId } = group;
  const attributes = { schemas: [GROUP_SCHEMA], id, displayName, ...(externalId === null ? {} : { externalId }) };
  return `${JSON.stringify(attributes).slice(0, -1)},${metaText(group, baseUrl)}`;
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
