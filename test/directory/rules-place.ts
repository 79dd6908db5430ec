/** A small organization whose identity provider sends at random, for what must hold of mapping rules whatever was sent. */
import fc from 'fast-check';
import type { Connection } from '../../src/directory/connections/connection.ts';
import { changeGroup, createGroup, deleteGroup } from '../../src/directory/groups/groups.ts';
import { deleteUser, updateUser } from '../../src/directory/people/users.ts';
import { deleteCustomRole } from '../../src/directory/roles/custom-role-deletion.ts';
import { createCustomRole } from '../../src/directory/roles/custom-roles.ts';
import type { Work } from '../../src/directory/work.ts';
import { isAppError } from '../../src/errors.ts';
import { type MappingRule, parseRules } from '../../src/mapping/rule.ts';
import { toSafeTeamName } from '../../src/mapping/team-name.ts';
import type { TestDirectory, TestOrganization } from '../support/directory.ts';

const GROUPS = [
  'ml-a-admin',
  'ml-b-viewer',
  'Vision',
  'ML Team',
  'ML/Team',
  'bosses',
  'other',
  'ml-c-labeler',
] as const;
const TITLES = ['Lead', 'Intern', 'Engineer'] as const;

const RULES: readonly MappingRule[] = parseRules({
  rules: [
    { id: 'pattern', when: { groupPattern: 'ml-{team}-{role}' }, give: { team: '{team}', role: '{role}' } },
    { id: 'vision', when: { group: 'Vision' }, give: { team: 'vision-lab', role: 'viewer' } },
    { id: 'bosses', when: { group: 'bosses' }, give: { organizationRole: 'admin' } },
    { id: 'leads', when: { user: 'title eq "Lead"' }, give: { team: 'leads', role: 'admin' } },
    { id: 'interns', when: { user: 'title eq "Intern"' }, give: { organizationRole: 'viewer' } },
    { id: 'chiefs', when: { user: 'title eq "Lead"' }, give: { organizationRole: 'admin' } },
    { id: 'rest', when: { everyOtherGroup: true }, give: { team: '{group}', role: 'member' } },
    { id: 'all', when: { groupPattern: '*' }, give: { team: 'everybody', role: 'viewer' } },
  ],
});

/** Any rules of these, in any order. */
export const anyRules = fc.shuffledSubarray([...RULES]);

export type Sending =
  | { readonly kind: 'create' | 'delete' | 'deactivate' | 'activate' | 'push' | 'drop'; readonly n: number }
  | { readonly kind: 'title' | 'rename' | 'join' | 'leave'; readonly n: number; readonly to: number };

const n = fc.nat({ max: 20 });

/** One thing that the identity provider sends. Numbers choose among what is there. */
export const anySending: fc.Arbitrary<Sending> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('create', 'delete', 'deactivate', 'activate', 'push', 'drop').map((kind) => kind as 'create'),
    n,
  }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('title', 'rename', 'join', 'leave', 'join'), n, to: n }) },
) as fc.Arbitrary<Sending>;

export interface RulesPlace {
  readonly org: TestOrganization;
  readonly connection: Connection;
  /** Refused where a rule of the house refuses it, which then changes nothing. */
  send(sending: Sending): Promise<void>;
  /** Makes the custom role that a group is named after, or deletes it where it is there. */
  turnRole(): Promise<void>;
  /** What people hold by rules, and what the stored rules give them, worked out from nothing; sorted. */
  held(): Promise<readonly string[]>;
  wanted(): Promise<readonly string[]>;
}

export async function openRulesPlace(directory: TestDirectory): Promise<RulesPlace> {
  const org = await directory.organization();
  const { parts } = org;
  const { store, rules: book } = parts;
  const connection = await org.connection();
  const scope = { organizationId: org.id, connectionId: connection.id };
  let count = 0;

  const readGroups = () =>
    store.groups.page(store.reader, scope, { page: { offset: 0, limit: 100, afterId: '' }, withTotal: false });
  const readUsers = () => store.users.page(store.reader, scope, { page: { offset: 0, limit: 100 }, withTotal: false });

  async function chooseUser(index: number): Promise<string | undefined> {
    const { items } = await readUsers();
    return items[index % Math.max(items.length, 1)]?.id;
  }
  async function chooseGroup(index: number): Promise<string | undefined> {
    const { items } = await readGroups();
    return items[index % Math.max(items.length, 1)]?.id;
  }

  async function changeUser(work: Work, index: number, attributes: Record<string, unknown>): Promise<void> {
    const id = await chooseUser(index);
    const user = id === undefined ? undefined : await store.users.lock(work.db, scope, id);
    if (user === undefined) return;
    await updateUser(parts, work, connection, user, { ...JSON.parse(user.attributes), ...attributes });
  }

  /** By an odd number as a large group, of which the members follow later. */
  async function withGroup(work: Work, index: number, step: Parameters<typeof changeGroup>[4]): Promise<void> {
    const id = await chooseGroup(index);
    const group = id === undefined ? undefined : await store.groups.lock(work.db, scope, id);
    if (group !== undefined) await changeGroup(parts, work, connection, group, step, index % 2 === 0 ? 500 : 0);
  }

  async function apply(work: Work, sending: Sending): Promise<void> {
    switch (sending.kind) {
      case 'create':
        break;
      case 'delete': {
        const id = await chooseUser(sending.n);
        const user = id === undefined ? undefined : await store.users.lock(work.db, scope, id);
        if (user !== undefined) await deleteUser(parts, work, connection, user);
        break;
      }
      case 'deactivate':
        return changeUser(work, sending.n, { active: false });
      case 'activate':
        return changeUser(work, sending.n, { active: true });
      case 'title':
        return changeUser(work, sending.n, { title: TITLES[sending.to % TITLES.length] });
      case 'push': {
        const displayName = GROUPS[sending.n % GROUPS.length] ?? 'other';
        const user = await chooseUser(sending.n);
        const members = user === undefined ? [] : [{ userId: user, display: null }];
        await createGroup(parts, work, connection, { displayName, externalId: null, members });
        break;
      }
      case 'drop': {
        const id = await chooseGroup(sending.n);
        const group = id === undefined ? undefined : await store.groups.lock(work.db, scope, id);
        if (group !== undefined) await deleteGroup(parts, work, group);
        break;
      }
      case 'rename':
        return withGroup(work, sending.n, [
          { kind: 'set', displayName: GROUPS[sending.to % GROUPS.length] ?? 'other' },
        ]);
      case 'join':
      case 'leave': {
        const userId = await chooseUser(sending.to);
        if (userId === undefined) return;
        const add = { kind: 'add', members: [{ userId, display: null }] } as const;
        return withGroup(work, sending.n, [sending.kind === 'join' ? add : { kind: 'remove', userIds: [userId] }]);
      }
      default:
        sending satisfies never;
    }
  }

  async function send(sending: Sending): Promise<void> {
    if (sending.kind === 'create') {
      count += 1;
      await org.managed(connection, { userName: `u${count}`, title: TITLES[sending.n % TITLES.length] ?? 'Lead' });
      return;
    }
    try {
      await org.run((work) => apply(work, sending));
    } catch (error) {
      if (!isAppError(error) || error.status >= 500) throw error;
    }
  }

  async function turnRole(): Promise<void> {
    const known = await store.customRoles.find(store.reader, org.id, 'labeler');
    const role = { name: 'Labeler', inherits: 'viewer' } as const;
    await org.run(async (work) => {
      if (known === undefined) await createCustomRole(parts, work, org.operator, role);
      else await deleteCustomRole(parts, work, org.operator, { role: known.id });
    });
  }

  async function held(): Promise<readonly string[]> {
    const { items } = await readUsers();
    const grants = await store.grants.ofUsers(
      store.reader,
      items.map(({ id }) => id),
    );
    return grants
      .filter(({ origin }) => origin === 'rule')
      .map((grant) => [grant.userId, grant.groupId, grant.ruleId, grant.teamName, grant.role].join(' '))
      .toSorted();
  }

  async function wanted(): Promise<readonly string[]> {
    const rules = await book.of(store.reader, connection.id);
    const lines: string[] = [];
    for (const group of (await readGroups()).items) {
      const own = group.teamId === null ? undefined : await store.teams.find(store.reader, org.id, group.teamId);
      for (const grant of rules.grantsOfGroup(group)) {
        const team =
          grant.scope === 'organization'
            ? null
            : grant.ownTeam
              ? own?.name
              : nameOf(await named(grant.team), grant.team);
        for (const { userId } of await store.members.page(store.reader, group.id, '', 100)) {
          lines.push([userId, group.id, grant.ruleId, team, grant.role].join(' '));
        }
      }
    }
    for (const { id } of (await readUsers()).items) {
      const user = await store.users.find(store.reader, scope, id);
      if (user?.connectionId !== connection.id) continue;
      for (const grant of rules.grantsOfUser(JSON.parse(user.attributes))) {
        const team = grant.scope === 'organization' ? null : nameOf(await named(grant.team), grant.team);
        lines.push([id, null, grant.ruleId, team, grant.role].join(' '));
      }
    }
    return lines.toSorted();
  }

  const named = (team: string) => store.teams.findByName(store.reader, org.id, toSafeTeamName(team).toLowerCase());
  const nameOf = (team: { name: string } | undefined, text: string): string =>
    team?.name ?? `no team ${toSafeTeamName(text)}`;

  return { org, connection, send, turnRole, held, wanted };
}
