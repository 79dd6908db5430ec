/** A run of mapping rules over more people than one transaction takes: its steps, what may go wrong, what is told of it. */
import { expect, it } from 'vitest';
import type { Connection } from '../../src/directory/connections/connection.ts';
import { changeGroup, createGroup } from '../../src/directory/groups/groups.ts';
import { updateUser } from '../../src/directory/people/users.ts';
import { explainUser } from '../../src/directory/roles/explain.ts';
import {
  createRuleRunHandler,
  RULES_QUEUE,
  readRuleRun,
  retryRuleRun,
} from '../../src/directory/rules/rule-run-worker.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { effectOf, previewRules } from '../../src/directory/rules/rules-preview.ts';
import { createWorker, type Worker } from '../../src/jobs/worker.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { describeDirectory, type TestDirectory, type TestOrganization } from '../support/directory.ts';

const SIZES = { page: 4, chunk: 2 };
const PEOPLE = 12;

interface Place {
  readonly org: TestOrganization;
  readonly connection: Connection;
  readonly ids: readonly string[];
  readonly groupId: string;
  save(rules: readonly object[], atOnceMax?: number, reason?: string): ReturnType<typeof setRules>;
  /** The worker of another process each time. */
  work(): Worker;
}

async function open(directory: TestDirectory): Promise<Place> {
  const org = await directory.organization();
  const { parts } = org;
  const { store } = parts;
  const connection = await org.connection();
  const ids: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1)
    ids.push(await org.managed(connection, { userName: `u${n}`, title: `t${n % 2}` }));
  const members = ids.map((userId) => ({ userId, display: null }));
  const made = await org.run((work) =>
    createGroup(parts, work, connection, { displayName: 'crew', externalId: null, members }),
  );
  return {
    ...{ org, connection, ids, groupId: made.id },
    save: (rules, atOnceMax = 0, reason) =>
      org.run((work) => setRules(parts, work, connection, parseRules({ rules }), atOnceMax), org.operator, reason),
    work: () =>
      createWorker(
        {
          ...{ jobs: store.jobs, reader: store.reader, now: parts.now, newId: parts.newId, write: store.write },
          onError: (error) => {
            throw error;
          },
        },
        { queue: RULES_QUEUE, handle: createRuleRunHandler(parts, SIZES), pollMs: 20 },
      ),
  };
}

const ROBOTS = { id: 'robots', when: { group: 'crew' }, give: { team: 'robots', role: 'member' } };
const CHIEFS = { id: 'chiefs', when: { group: 'crew' }, give: { organizationRole: 'admin' } };

describeDirectory('a run of mapping rules', (directory) => {
  it('goes on as a job where many are concerned, and ends at once where few are', async () => {
    const { org, connection, save, work } = await open(directory());
    const { parts } = org;
    const state = () => readRuleRun(parts, parts.store.reader, connection.id);
    expect(await state()).toBeUndefined();
    expect(await save([ROBOTS], 500)).toMatchObject({ stage: 'done', done: PEOPLE, gained: PEOPLE, lost: PEOPLE });
    expect(await save([])).toMatchObject({ stage: 'teams', done: 0, total: PEOPLE });
    expect(await state()).toMatchObject({ state: 'running', done: 0, total: PEOPLE, finishedAt: null });
    const worker = work();
    await worker.idle();
    await worker.stop();
    expect(await state()).toMatchObject({ state: 'done', done: PEOPLE, gained: 0, lost: PEOPLE, changed: PEOPLE });
    expect(await parts.store.jobs.find(parts.store.reader, { queue: RULES_QUEUE, key: connection.id })).toBeUndefined();
  });

  it('is one story: its changes name who saved the rules and why', async () => {
    const { org, save, work, ids } = await open(directory());
    const { store } = org.parts;
    await save([ROBOTS], 0, 'new robots');
    const worker = work();
    await worker.idle();
    await worker.stop();
    const [change] = await store.changes.ofSubject(store.reader, ids[11] ?? '', 'grant.added', 1);
    expect(change).toMatchObject({ actor: { kind: 'cli' }, reason: 'new robots', related: { name: 'robots' } });
    const scopes = await explainUser(org.parts, { id: ids[11] ?? '' });
    expect(scopes.find(({ team }) => team?.name === 'robots')?.grants[0]?.position).toBe(change?.position);
  });

  it('shares the work between two workers, and gives everything once', async () => {
    const { org, save, work, connection } = await open(directory());
    await save([ROBOTS]);
    const workers = [work(), work()];
    await Promise.all(workers.map((worker) => worker.idle()));
    await Promise.all(workers.map((worker) => worker.stop()));
    const run = await readRuleRun(org.parts, org.parts.store.reader, connection.id);
    expect(run).toMatchObject({ state: 'done', gained: PEOPLE, lost: PEOPLE, changed: PEOPLE });
    expect((await org.changes()).filter((change) => change.startsWith('grant.added'))).toHaveLength(2 * PEOPLE);
  });

  it('writes nothing for people who hold what they shall', async () => {
    const { org, save, work } = await open(directory());
    await save([ROBOTS], 500);
    const before = (await org.changes()).length;
    await save([ROBOTS]);
    const worker = work();
    await worker.idle();
    await worker.stop();
    expect((await org.changes()).slice(before)).toEqual(['connection.rules_changed Okta']);
  });

  it('takes no team away from whoever keeps it for another reason, and the ledger tells of no removal', async () => {
    const { org, save, work, ids, connection } = await open(directory());
    const { parts } = org;
    const input = { displayName: 'crew two', externalId: null, members: [{ userId: ids[0] ?? '', display: null }] };
    await org.run((work) => createGroup(parts, work, connection, input));
    await save([ROBOTS], 500);
    await save([{ ...ROBOTS, id: 'other', when: { group: 'crew two' } }]);
    const worker = work();
    await worker.idle();
    await worker.stop();
    expect([...(await org.principal(ids[0] ?? '')).teams.values()]).toEqual(['member']);
    expect([...(await org.principal(ids[1] ?? '')).teams.values()]).toEqual([]);
    const told = async (id = '') => {
      const rows = await parts.store.ledger.ofUser(parts.store.reader, org.id, id);
      return rows.map(({ content }) => JSON.parse(content).team.name).toSorted();
    };
    expect([await told(ids[0]), await told(ids[1])]).toEqual([
      ['crew', 'crew-two'],
      ['crew', 'robots'],
    ]);
  });

  it('has an admin at every moment where the role passes from some to others', async () => {
    const { org, save, work, ids, connection } = await open(directory());
    const { parts } = org;
    const input = { displayName: 'bosses', externalId: null, members: [{ userId: ids[11] ?? '', display: null }] };
    await org.run((work) => createGroup(parts, work, connection, input));
    await save([{ ...CHIEFS, when: { user: 'userName eq "u0"' } }], 500);
    const begun = await save([{ ...CHIEFS, when: { group: 'bosses' } }]);
    // The last in the order of people, made admin in the save itself.
    expect(begun).toMatchObject({ stage: 'teams', gained: 1 });
    expect(await parts.store.users.countActiveAdmins(parts.store.reader, org.id)).toBe(2);
    const worker = work();
    await worker.idle();
    await worker.stop();
    expect([(await org.principal(ids[0] ?? '')).role, (await org.principal(ids[11] ?? '')).role]).toEqual([
      'member',
      'admin',
    ]);
  });

  it('foresees new teams in the order in which they are made, also where the role of the last admin passes on', async () => {
    const { org, save, connection } = await open(directory());
    const { parts } = org;
    const input = { displayName: 'bosses', externalId: null, members: [] };
    const bosses = await org.run((work) => createGroup(parts, work, connection, input));
    await save([{ ...CHIEFS, when: { user: 'userName eq "u0"' } }], 500);
    const heir = await org.managed(connection, { userName: 'heir' });
    await org.run(async (work) => {
      const group = await parts.store.groups.lock(
        work.db,
        { organizationId: org.id, connectionId: connection.id },
        bosses.id,
      );
      if (group === undefined) throw new Error('The group is gone.');
      const members = [{ userId: heir, display: null }];
      await changeGroup(parts, work, connection, group, [{ kind: 'add', members }]);
    });
    const rules = [
      { id: 'crew', when: { group: 'crew' }, give: { team: 'crew lab', role: 'member' } },
      { ...CHIEFS, when: { group: 'bosses' } },
      { id: 'bosses', when: { group: 'bosses' }, give: { team: 'bosses lab', role: 'member' } },
    ];
    const { newTeams } = await previewRules(parts, connection, parseRules({ rules }));
    const did = await org.run(async (work) => {
      await setRules(parts, work, connection, parseRules({ rules }));
      return effectOf(work.changes);
    });
    expect(did.newTeams).toEqual(newTeams);
    expect(newTeams.names).toEqual(['bosses-lab', 'crew-lab']);
  });

  it('refuses rules that leave nobody an admin, and changes nothing', async () => {
    const { org, save, connection } = await open(directory());
    await save([CHIEFS], 500);
    const before = await org.changes();
    await expect(save([ROBOTS])).rejects.toMatchObject({ code: 'last_admin' });
    const preview = await previewRules(org.parts, connection, parseRules({ rules: [ROBOTS] }));
    expect(preview.refusal).toContain('admin');
    expect(await org.changes()).toEqual(before);
  });

  it('is parked when the others stop being admins meanwhile, says why, and goes on when it is tried again', async () => {
    const { org, save, work, ids, connection } = await open(directory());
    const { parts } = org;
    const scope = { organizationId: org.id, connectionId: connection.id };
    const setActive = (id: string, active: boolean) =>
      org.run(async (work) => {
        const user = await parts.store.users.lock(work.db, scope, id);
        if (user === undefined) throw new Error('nobody');
        await updateUser(parts, work, connection, user, { ...JSON.parse(user.attributes), active });
      });
    await save([CHIEFS], 500);
    await save([{ ...CHIEFS, when: { user: 'userName eq "u11"' } }]);
    await setActive(ids[11] ?? '', false);
    const worker = work();
    await worker.idle();
    const state = () => readRuleRun(parts, parts.store.reader, connection.id);
    expect(await state()).toMatchObject({ state: 'parked', reason: expect.stringContaining('last admin') });
    await setActive(ids[11] ?? '', true);
    await org.run((work) => retryRuleRun(parts, work, connection));
    await worker.idle();
    await worker.stop();
    expect(await state()).toMatchObject({ state: 'done', reason: null });
    expect(await parts.store.users.countActiveAdmins(parts.store.reader, org.id)).toBe(1);
    expect(await org.changes()).toContain('connection.rules_retried Okta');
  });

  it('follows what the identity provider sends with the new rules at once', async () => {
    const { org, save, work, ids, connection, groupId } = await open(directory());
    const { parts } = org;
    const newcomer = await org.managed(connection, { userName: 'late' });
    await save([ROBOTS]);
    await org.run(async (work) => {
      const group = await parts.store.groups.lockInOrganization(work.db, org.id, groupId);
      if (group === undefined) throw new Error('no group');
      const steps = [
        { kind: 'add', members: [{ userId: newcomer, display: null }] },
        { kind: 'remove', userIds: [ids[3] ?? ''] },
      ] as const;
      await changeGroup(parts, work, connection, group, steps);
    });
    const teamsOf = async (id = '') => (await org.principal(id)).teams.size;
    expect([await teamsOf(newcomer), await teamsOf(ids[3]), await teamsOf(ids[4])]).toEqual([1, 0, 1]);
    const worker = work();
    await worker.idle();
    await worker.stop();
    expect([await teamsOf(newcomer), await teamsOf(ids[3]), await teamsOf(ids[4])]).toEqual([1, 0, 1]);
    const names = (await parts.store.teams.list(parts.store.reader, org.id)).map(({ name }) => name).toSorted();
    expect(names).toEqual(['crew', 'robots']);
  });
});
