/**
 * Whatever happens to one person in one team, in whatever order: what they hold, the answer to "may they", what targets are
 * told and what the ledger says agree with a model of a few lines.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeGroup, createGroup } from '../../src/directory/groups/groups.ts';
import { updateUser } from '../../src/directory/people/users.ts';
import { may } from '../../src/directory/roles/authorization.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { liftExclusion } from '../../src/directory/teams/exclusions.ts';
import { addMember, changeMemberRole, removeMember } from '../../src/directory/teams/team-members.ts';
import { archiveTeam, lockActiveTeam, restoreTeam } from '../../src/directory/teams/teams.ts';
import type { Work } from '../../src/directory/work.ts';
import { AppError } from '../../src/errors.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { describeDirectory, type TestDirectory } from '../support/directory.ts';

interface Model {
  pushed: boolean;
  byHand: string | null;
  excluded: boolean;
  archived: boolean;
  active: boolean;
}

const STEPS = [
  'push',
  'pull',
  'add',
  'promote',
  'remove',
  'lift',
  'archive',
  'restore',
  'deactivate',
  'reactivate',
] as const;
type Step = (typeof STEPS)[number];

const TEAM = { team: 'vision' };

async function setUp(directory: TestDirectory) {
  const org = await directory.organization();
  const { parts, operator } = org;
  const connection = await org.connection();
  const rules = parseRules({ rules: [{ id: 'r', when: { group: 'g' }, give: { team: 'vision', role: 'member' } }] });
  await org.run((work) => setRules(parts, work, connection, rules));
  const userId = await org.managed(connection, { userName: 'ada' });
  const scope = { organizationId: org.id, connectionId: connection.id };
  const made = await org.run((work) =>
    createGroup(parts, work, connection, { displayName: 'g', externalId: null, members: undefined }),
  );
  const teamId = await org.team('vision');

  const setMember = async (work: Work, isMember: boolean) => {
    const group = await parts.store.groups.lock(work.db, scope, made.id);
    if (group === undefined) throw new Error('no group');
    const add = { kind: 'add' as const, members: [{ userId, display: null }] };
    await changeGroup(parts, work, connection, group, [isMember ? add : { kind: 'remove', userIds: [userId] }]);
  };
  const setActive = async (work: Work, active: boolean) => {
    const user = await parts.store.users.lock(work.db, scope, userId);
    if (user === undefined) throw new Error('nobody');
    await updateUser(parts, work, connection, user, { ...JSON.parse(user.attributes), active });
  };
  const put = async (work: Work) => {
    const team = await lockActiveTeam(parts, work, org.operator, TEAM);
    const [card] = await parts.store.teamMembers.lockCards(work.db, org.id, [userId]);
    if (card === undefined) throw new Error('nobody');
    await addMember(parts, work, team, card, { role: 'viewer', mayLetIn: true });
  };
  const run: Readonly<Record<Step, (work: Work) => Promise<unknown>>> = {
    push: (work) => setMember(work, true),
    pull: (work) => setMember(work, false),
    add: put,
    promote: (work) => changeMemberRole(parts, work, operator, TEAM, userId, 'admin'),
    remove: (work) => removeMember(parts, work, operator, TEAM, userId),
    lift: (work) => liftExclusion(parts, work, operator, TEAM, userId),
    archive: (work) => archiveTeam(parts, work, operator, TEAM),
    restore: (work) => restoreTeam(parts, work, operator, TEAM),
    deactivate: (work) => setActive(work, false),
    reactivate: (work) => setActive(work, true),
  };
  return { org, teamId, userId, run };
}

/** What the step makes of the model; undefined where it is refused and changes nothing. */
function step(model: Model, name: Step): Model | undefined {
  const holds = model.pushed || model.byHand !== null;
  switch (name) {
    case 'push':
      return { ...model, pushed: true };
    case 'pull':
      return { ...model, pushed: false };
    case 'add':
      if (model.archived || !model.active || (model.byHand !== null && !model.excluded)) return undefined;
      return { ...model, byHand: model.byHand ?? 'viewer', excluded: false };
    case 'promote':
      return model.archived || model.excluded || !holds ? undefined : { ...model, byHand: 'admin' };
    case 'remove':
      return holds ? { ...model, byHand: null, excluded: model.excluded || model.pushed } : undefined;
    case 'lift':
      return model.excluded ? { ...model, excluded: false } : undefined;
    case 'archive':
      return { ...model, archived: true };
    case 'restore':
      return { ...model, archived: false };
    case 'deactivate':
      return { ...model, active: false };
    case 'reactivate':
      return { ...model, active: true };
    default:
      return name satisfies never;
  }
}

/** The role in the team whether or not it is archived and the person active. */
function held({ pushed, byHand, excluded }: Model): string | undefined {
  if (excluded) return undefined;
  if (byHand === 'admin') return 'admin';
  return pushed ? 'member' : (byHand ?? undefined);
}

describeDirectory('one person in one team', (directory) => {
  it('holds what the model says after every step, at every door', { timeout: 120_000 }, async () => {
    const steps = fc.array(fc.constantFrom(...STEPS), { minLength: 4, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(steps, async (names) => {
        const { org, teamId, userId, run } = await setUp(directory());
        const { store } = directory().core;
        let model: Model = { pushed: false, byHand: null, excluded: false, archived: false, active: true };
        for (const name of names) {
          const next = step(model, name);
          const refused = await org.run(run[name]).then(
            () => false,
            (error: unknown) => error instanceof AppError && error.status < 500,
          );
          expect([name, refused]).toEqual([name, next === undefined]);
          model = next ?? model;
          const role = held(model);
          const effective = model.archived ? undefined : role;
          expect((await org.principal(userId)).teams.get(teamId)).toBe(effective);
          const question = { kind: 'user', id: userId, teamId, permission: 'run:create' } as const;
          const answer = await may(org.parts, store.reader, org.id, question);
          expect(answer.allowed).toBe(model.active && (effective === 'admin' || effective === 'member'));
          expect((await store.wanted.rolesInTeam(store.reader, teamId, [userId])).get(userId)).toBe(effective);
        }
        // The ledger has an open removal from the team only while the person does not hold it.
        const open = await store.removals.open(store.reader, org.id, [userId], teamId);
        if (open.has(userId)) expect(held(model)).toBeUndefined();
        expect((await org.parts.ledger.verify(store.reader, org.id)).firstBreak).toBeNull();
      }),
      { numRuns: 40 },
    );
  });
});
