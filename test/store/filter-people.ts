/** Random users and groups, in the tables and as the resources that they stand for. */
import fc from 'fast-check';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/schema/json.ts';
import type { Engine } from '../../src/store/engine.ts';
import { TEXTS, text } from '../schema/filter-arbitrary.ts';

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const SEED = 20_260_131;

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const notEmpty = fc.constantFrom(...TEXTS);
const element = fc.record({ value: some(text), type: some(text), display: some(text), primary: some(fc.boolean()) });
const list = some(fc.array(element, { maxLength: 3 }));

const attributes = fc.record({
  userName: notEmpty,
  externalId: some(notEmpty),
  displayName: some(text),
  title: some(text),
  active: fc.boolean(),
  name: some(fc.record({ familyName: some(text), givenName: some(text) })),
  profileUrl: some(text),
  emails: list,
  roles: list,
  photos: list,
  x509Certificates: list,
  [ENTERPRISE]: some(fc.record({ department: some(text), manager: some(fc.record({ value: some(text) })) })),
});

const instants = fc.constantFrom(
  ...['2026-01-31T08:00:00Z', '2026-01-31T08:00:00.5Z', '2025-12-31T23:59:59.999Z'].map((t) => Date.parse(t)),
);
const member = fc.record({ user: fc.nat(29), display: fc.option(text) });
const group = fc.record({
  displayName: notEmpty,
  externalId: fc.option(notEmpty),
  members: fc.array(member, { maxLength: 4 }),
});

export interface People {
  readonly users: readonly JsonObject[];
  readonly groups: readonly JsonObject[];
}

function metaOf(resourceType: string, [created, lastModified]: readonly [number, number]): JsonObject {
  return { resourceType, created: new Date(created).toISOString(), lastModified: new Date(lastModified).toISOString() };
}

/** The same people each time. */
export function makePeople(): People {
  const pair = fc.tuple(instants, instants);
  const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));
  const users = fc.sample(fc.tuple(attributes, pair), { numRuns: 30, seed: SEED }).map(([sent, at], index) => ({
    schemas: sent[ENTERPRISE] === undefined ? [USER] : [USER, ENTERPRISE],
    id: `user-${String(index).padStart(2, '0')}`,
    ...plain({ ...sent, userName: `${sent.userName}${index}` }),
    meta: metaOf('User', at),
  }));
  const groups = fc.sample(fc.tuple(group, pair), { numRuns: 12, seed: SEED }).map(([sent, at], index) => {
    const members = [...new Map(sent.members.map((each) => [each.user, each])).values()];
    return {
      schemas: [GROUP],
      id: `group-${String(index).padStart(2, '0')}`,
      displayName: `${sent.displayName}${index}`,
      ...(sent.externalId === null ? {} : { externalId: sent.externalId }),
      members: members.map(({ user, display }) => ({
        value: users[user]?.id ?? '',
        ...(display === null ? {} : { display }),
        type: 'User',
      })),
      meta: metaOf('Group', at),
    };
  });
  return { users: users.map((user) => ({ ...user, groups: groupsOf(user.id, groups) })), groups };
}

function groupsOf(
  id: string,
  groups: readonly { id: string; displayName: string; members: readonly { value: string }[] }[],
): JsonObject[] {
  const own = groups.filter(({ members }) => members.some(({ value }) => value === id));
  return own.map((each) => ({ value: each.id, display: each.displayName, type: 'direct' }));
}

type Sent = Record<string, unknown> & { id: string; meta: { created: string; lastModified: string } };

/** Writes them as the core does (directory/people/user-fields.ts). */
export async function storePeople({ write, json }: Engine, { users, groups }: People): Promise<void> {
  await write(async (tx) => {
    const run = (statement: ReturnType<typeof sql>) => statement.execute(tx);
    await run(
      sql`insert into organizations (id, name, settings, created_at) values ('o', 'o', ${json.value('{}')}, 0)`,
    );
    await run(sql`insert into connections (id, organization_id, name, dialect, state, rules, created_at, updated_at)
      values ('c', 'o', 'c', 'strict', 'active', ${json.value('{}')}, 0, 0)`);
    for (const user of users as unknown as readonly Sent[]) {
      const { schemas: _schemas, id, groups: _groups, meta, ...attributes } = user;
      const { userName, externalId, displayName, active } = attributes as Record<string, string | undefined>;
      await run(sql`insert into users (id, organization_id, connection_id, user_name, user_name_key, external_id, display_name,
          display_name_key, active, organization_role, attributes, version, created_at, updated_at)
        values (${id}, 'o', 'c', ${userName}, ${userName?.toLowerCase()}, ${externalId ?? null}, 'shown name',
          ${displayName?.toLowerCase() ?? null}, ${active ? 1 : 0}, 'member', ${json.value(JSON.stringify(attributes))}, 1,
          ${Date.parse(meta.created)}, ${Date.parse(meta.lastModified)})`);
      const emails = (attributes.emails ?? []) as { value?: string; type?: string; primary?: boolean }[];
      for (const [position, { value, type, primary }] of emails.entries()) {
        if (value === undefined || value === '') continue;
        await run(sql`insert into user_emails (user_id, position, organization_id, value, value_key, type_key, is_primary)
          values (${id}, ${position}, 'o', ${value}, ${value.toLowerCase()}, ${type?.toLowerCase() ?? null}, ${primary ? 1 : 0})`);
      }
    }
    for (const each of groups as unknown as readonly Sent[]) {
      const { id, displayName, externalId, meta } = each as Sent & { displayName: string; externalId?: string };
      await run(sql`insert into groups (id, organization_id, connection_id, display_name, display_name_key, external_id, version,
          created_at, updated_at) values (${id}, 'o', 'c', ${displayName}, ${displayName.toLowerCase()}, ${externalId ?? null}, 1,
          ${Date.parse(meta.created)}, ${Date.parse(meta.lastModified)})`);
      for (const { value, display } of each.members as { value: string; display?: string }[]) {
        await run(sql`insert into group_members (group_id, user_id, organization_id, display, added_at)
          values (${id}, ${value}, 'o', ${display ?? null}, 0)`);
      }
    }
  });
}
