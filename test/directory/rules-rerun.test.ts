/** Rules that are applied again although nobody saved any: custom roles come and go, large groups get other names. */
import { expect, it } from 'vitest';
import type { Connection } from '../../src/directory/connections/connection.ts';
import { changeGroup, createGroup, type GroupStep } from '../../src/directory/groups/groups.ts';
import { updateUser } from '../../src/directory/people/users.ts';
import { deleteCustomRole, effectOfDeletion } from '../../src/directory/roles/custom-role-deletion.ts';
import { createCustomRole } from '../../src/directory/roles/custom-roles.ts';
import { createRuleRunHandler, RULES_QUEUE, readRuleRun } from '../../src/directory/rules/rule-run-worker.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { removeMember } from '../../src/directory/teams/team-members.ts';
import { createWorker } from '../../src/jobs/worker.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const SIZES = { page: 4, chunk: 2 };
const PEOPLE = 6;
const LABELER = { name: 'Labeler', inherits: 'viewer', permissions: ['artifact:create'] } as const;
const CAPTURE = { id: 'c', when: { groupPattern: 'ml-{team}-{role}' }, give: { team: '{team}', role: '{role}' } };
const FIXED = { id: 'f', when: { groupPattern: 'ml-{team}-*' }, give: { team: '{team}-all', role: 'viewer' } };

interface Place {
  readonly org: TestOrganization;
  readonly connection: Connection;
  readonly ids: readonly string[];
  make(name?: string): Promise<unknown>;
  drop(): Promise<unknown>;
  /** Whatever is due, to its end, as a worker of another process. */
  work(): Promise<void>;
  /** Their roles in the team vision, in the order of people. */
  roles(): Promise<readonly string[]>;
  run(connection?: Connection): ReturnType<typeof readRuleRun>;
}

async function open(org: TestOrganization, rules: readonly object[] = [CAPTURE]): Promise<Place> {
  const { parts } = org;
  const { store } = parts;
  const connection = await org.connection();
  await org.run((work) => setRules(parts, work, connection, parseRules({ rules })));
  const ids: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1) ids.push(await org.managed(connection, { userName: `u${n}` }));
  const members = ids.map((userId) => ({ userId, display: null }));
  const input = { displayName: 'ml-vision-labeler', externalId: null, members };
  await org.run((work) => createGroup(parts, work, connection, input));
  return {
    ...{ org, connection, ids },
    make: (name = 'Labeler') => org.run((work) => createCustomRole(parts, work, org.operator, { ...LABELER, name })),
    drop: () => org.run((work) => deleteCustomRole(parts, work, org.operator, { role: 'Labeler' })),
    async work() {
      const onError = (error: unknown) => {
        throw error;
      };
      const worker = createWorker(
        { jobs: store.jobs, reader: store.reader, now: parts.now, newId: parts.newId, write: store.write, onError },
        { queue: RULES_QUEUE, handle: createRuleRunHandler(parts, SIZES), pollMs: 20 },
      );
      await worker.idle();
      await worker.stop();
    },
    async roles() {
      const people = await Promise.all(ids.map((id) => org.principal(id)));
      return people.map(({ teams }) => [...teams.values()].join('+'));
    },
    run: ({ id } = connection) => readRuleRun(parts, store.reader, id),
  };
}

const all = (role: string) => Array.from({ length: PEOPLE }, () => role);

describeDirectory('rules that take the role from a group', (directory) => {
  it('give a custom role that is made later, and nothing once it is deleted', async () => {
    const { org, make, drop, work, roles, run } = await open(await directory().organization());
    expect(await roles()).toEqual(all(''));
    await make();
    expect([await roles(), (await run())?.state]).toEqual([all(''), 'running']);
    await work();
    expect(await roles()).toEqual(all('Labeler'));
    expect(await run()).toMatchObject({ state: 'done', done: PEOPLE, gained: PEOPLE, lost: 0 });
    await drop();
    // What it builds on until the run reaches them: nobody is left with a role that is none.
    expect(await roles()).toEqual(all('viewer'));
    await work();
    expect(await roles()).toEqual(all(''));
    expect(await run()).toMatchObject({ state: 'done', gained: 0, lost: PEOPLE });
    await make('LABELER');
    await work();
    expect(await roles()).toEqual(all('LABELER'));
    expect(await org.changes()).toContain('connection.rules_rerun Okta');
  });

  it('stand in the log with who made the role and why roles changed', async () => {
    const { org, make, drop, work, ids } = await open(await directory().organization());
    const { store } = org.parts;
    const newest = async (kind: string) => (await store.changes.ofSubject(store.reader, ids[5] ?? '', kind, 1))[0];
    await make();
    await work();
    expect(await newest('grant.added')).toMatchObject({
      ...{ actor: { kind: 'cli' }, reason: 'the custom role Labeler was made', related: { name: 'vision' } },
    });
    await drop();
    await work();
    expect(await newest('grant.removed')).toMatchObject({ reason: 'the custom role Labeler was deleted' });
    const [told] = await store.ledger.ofUser(store.reader, org.id, ids[5] ?? '');
    expect(JSON.parse(told?.content ?? '{}')).toMatchObject({ team: { name: 'vision' } });
  });

  it('are applied again for the connections that may mean the role, and for no other', async () => {
    const { org, make, run } = await open(await directory().organization(), [FIXED]);
    const { parts } = org;
    const capturing = await org.connection('Entra');
    await org.run((work) => setRules(parts, work, capturing, parseRules({ rules: [CAPTURE] })));
    const stranger = await open(await directory().organization());
    const before = [await run(), await run(capturing), await stranger.run()];
    await make();
    expect(await run()).toEqual(before[0]);
    expect(await stranger.run()).toEqual(before[2]);
    expect(await run(capturing)).toMatchObject({ state: 'running' });
    // Its hyphen would end the team's name.
    const known = await run(capturing);
    await make('Lab-eler');
    expect(await run(capturing)).toEqual(known);
    expect((await org.changes()).filter((change) => change.startsWith('connection.rules_rerun'))).toEqual([
      'connection.rules_rerun Entra',
    ]);
  });

  it('end as they should when a worker dies between, also when the role goes meanwhile', async () => {
    const { org, connection, make, drop, work, roles, run } = await open(await directory().organization());
    const { parts } = org;
    const { store } = parts;
    let saves = 0;
    const save: typeof store.ruleRuns.save = async (db, state) => {
      saves += 1;
      if (saves > 2) throw new Error('killed');
      return store.ruleRuns.save(db, state);
    };
    const dying = { ...parts, store: { ...store, ruleRuns: { ...store.ruleRuns, save } } };
    await make();
    const job = await store.jobs.find(store.reader, { queue: RULES_QUEUE, key: connection.id });
    if (job === undefined) throw new Error('no job');
    const dead = createRuleRunHandler(dying, SIZES)(job, new AbortController().signal);
    await expect(dead).rejects.toThrow('killed');
    expect((await roles()).filter((role) => role === 'Labeler')).toHaveLength(2);
    await drop();
    await work();
    expect([await roles(), (await run())?.state]).toEqual([all(''), 'done']);
  });

  it('leave out whoever is kept out by hand', async () => {
    const { org, make, drop, work, roles, ids } = await open(await directory().organization());
    await make();
    await work();
    await org.run((given) => removeMember(org.parts, given, org.operator, { team: 'vision' }, ids[2] ?? ''));
    for (const step of [drop, make]) {
      await step();
      await work();
    }
    expect(await roles()).toEqual(['Labeler', 'Labeler', '', 'Labeler', 'Labeler', 'Labeler']);
  });

  it('keep the last admin, and refuse no role for that', async () => {
    const { org, connection, ids, make, work, roles, run } = await open(await directory().organization());
    const { parts } = org;
    const scope = { organizationId: org.id, connectionId: connection.id };
    const chief = (userName: string) => ({
      ...{ id: 'chief', when: { user: `userName eq "${userName}"` }, give: { organizationRole: 'admin' } },
    });
    const save = (rules: readonly object[], atOnceMax: number) =>
      org.run((given) => setRules(parts, given, connection, parseRules({ rules }), atOnceMax));
    await save([CAPTURE, chief('u0')], 500);
    await save([CAPTURE, chief('u5')], 0);
    await org.run(async (given) => {
      const user = await parts.store.users.lock(given.db, scope, ids[5] ?? '');
      if (user === undefined) throw new Error('nobody');
      await updateUser(parts, given, connection, user, { ...JSON.parse(user.attributes), active: false });
    });
    await make();
    await work();
    expect(await run()).toMatchObject({ state: 'parked', reason: expect.stringContaining('last admin') });
    expect([(await org.principal(ids[0] ?? '')).role, (await roles())[1]]).toEqual(['admin', '']);
  });

  it('say before the role is deleted who would lose it by them', async () => {
    const { org, make, work } = await open(await directory().organization());
    await make();
    await work();
    const role = await org.parts.store.customRoles.find(org.parts.store.reader, org.id, 'labeler');
    if (role === undefined) throw new Error('no role');
    const page = { afterGrantId: '', limit: 1 };
    expect(await effectOfDeletion(org.parts, org.parts.store.reader, org.operator, role, page)).toMatchObject({
      ...{ users: PEOPLE, rules: [], captured: [{ connection: 'Okta', rule: 'c', users: PEOPLE }] },
    });
  });
});

describeDirectory('a large group that gets another name', (directory) => {
  const rename = async ({ org, connection }: Place, from: string, to: string, more: readonly GroupStep[] = []) => {
    const { store } = org.parts;
    return org.run(async (work) => {
      const scope = { organizationId: org.id, connectionId: connection.id };
      const found = await store.groups.findByName(work.db, scope, from);
      const group = found && (await store.groups.lock(work.db, scope, found.id));
      if (group === undefined) throw new Error(`no group ${from}`);
      const steps: GroupStep[] = [{ kind: 'set', displayName: to }, ...more];
      await changeGroup(org.parts, work, connection, group, steps, PEOPLE - 1);
    });
  };
  const teamsOf = async ({ org, ids }: Place) => {
    const people = await Promise.all(ids.map((id) => org.principal(id)));
    const names = new Map(
      (await org.parts.store.teams.list(org.parts.store.reader, org.id)).map((t) => [t.id, t.name]),
    );
    return people.map(({ teams }) => [...teams].map(([id, role]) => `${names.get(id)} ${role}`).join(', '));
  };
  const MEMBER = 'ml-vision-member';

  it('gives its members by a run what the new name gives, and newcomers at once', async () => {
    const place = await open(await directory().organization());
    const { org, connection, ids, work, run } = place;
    const { store } = org.parts;
    await rename(place, 'ml-vision-labeler', MEMBER);
    expect([await teamsOf(place), (await run())?.state]).toEqual([all(''), 'running']);
    await work();
    expect(await teamsOf(place)).toEqual(all('vision member'));
    const late = await org.managed(connection, { userName: 'late' });
    const steps = [{ kind: 'add', members: [{ userId: late, display: null }] } as const];
    await rename(place, MEMBER, 'ml-speech-viewer', [...steps, { kind: 'remove', userIds: [ids[0] ?? ''] }]);
    expect(await teamsOf({ ...place, ids: [ids[0] ?? '', ids[1] ?? '', late] })).toEqual([
      ...['', 'vision member', 'speech viewer'],
    ]);
    await work();
    expect(await teamsOf(place)).toEqual(['', ...all('speech viewer').slice(1)]);
    const [change] = await store.changes.ofSubject(store.reader, ids[1] ?? '', 'grant.added', 1);
    expect(change?.reason).toBe('the group ml-vision-member is now called ml-speech-viewer');
  });

  it('needs no run where the new name gives the same', async () => {
    const own = { id: 'own', when: { everyOtherGroup: true }, give: { team: '{group}', role: 'member' } };
    const place = await open(await directory().organization(), [own]);
    const before = await place.run();
    await rename(place, 'ml-vision-labeler', 'Vision');
    expect([await teamsOf(place), await place.run()]).toEqual([all('Vision member'), before]);
  });

  it('keeps its name where that makes the last admins', async () => {
    const chiefs = { id: 'chiefs', when: { group: 'ml-vision-labeler' }, give: { organizationRole: 'admin' } };
    const heirs = { id: 'heirs', when: { group: 'heirs' }, give: { organizationRole: 'admin' } };
    const place = await open(await directory().organization(), [chiefs, heirs]);
    const { org, connection, ids, work } = place;
    await expect(rename(place, 'ml-vision-labeler', 'others')).rejects.toMatchObject({ code: 'last_admin' });
    const members = [{ userId: ids[5] ?? '', display: null }];
    const input = { displayName: 'heirs', externalId: null, members };
    await org.run((given) => createGroup(org.parts, given, connection, input));
    await rename(place, 'ml-vision-labeler', 'others');
    await work();
    const admins = await Promise.all(ids.map(async (id) => (await org.principal(id)).role));
    expect(admins).toEqual([...all('member').slice(1), 'admin']);
  });
});
