/**
 * Other mapping rules for 20,000 people on SQLite: the preview against reading the same rows, a run against inserting the
 * same grants with their changes, page by page as durably, and nothing else.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Core, openCore } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createConnection } from '../../src/directory/connections/connections.ts';
import { createGroup } from '../../src/directory/groups/groups.ts';
import { createUser } from '../../src/directory/people/users.ts';
import { createRuleRunHandler } from '../../src/directory/rules/rule-run-worker.ts';
import { STEP_SIZES } from '../../src/directory/rules/rule-steps.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { previewRules } from '../../src/directory/rules/rules-preview.ts';
import { runWork, type Work } from '../../src/directory/work.ts';
import type { Job } from '../../src/jobs/job.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { median, tableHead, tableRow } from './report.ts';

export interface RulesBench {
  readonly people: number;
  readonly groups: number;
  readonly rounds: number;
}

const ACTOR = { kind: 'cli', id: null, name: 'bench' } as const;
const BATCH = 500;

/** Everybody is in one group of their own and in one that everybody is in. */
async function fill(core: Core, { people, groups }: RulesBench) {
  const { directory } = core;
  const organization = await directory.store.organizations.find(directory.store.reader, 'default');
  const organizationId = organization?.id ?? '';
  const run = <T>(work: (work: Work) => Promise<T>): Promise<T> =>
    runWork(directory, { organizationId, actor: ACTOR, exchangeId: null }, work);
  const { connection } = await run((work) => createConnection(directory, work, { name: 'bench', dialect: 'okta' }));
  const ids: string[] = [];
  for (let start = 0; start < people; start += BATCH) {
    await run(async (work) => {
      for (let n = start; n < Math.min(start + BATCH, people); n += 1) {
        const emails = [{ value: `u${n}@bench.example`, primary: true }];
        const attributes = {
          userName: `u${n}`,
          displayName: `User ${n}`,
          title: n % 4 === 0 ? 'Lead' : 'Engineer',
          emails,
        };
        ids.push((await createUser(directory, work, connection, attributes)).user.id);
      }
    });
  }
  const size = Math.ceil(people / groups);
  for (let n = 0; n <= groups; n += 1) {
    const members = n === groups ? ids : ids.slice(n * size, (n + 1) * size);
    const input = { displayName: n === groups ? 'everybody' : `ml-team${n}-member`, externalId: null };
    await run((work) =>
      createGroup(directory, work, connection, {
        ...input,
        members: members.map((userId) => ({ userId, display: null })),
      }),
    );
  }
  return { connection, run };
}

type Filled = Awaited<ReturnType<typeof fill>>;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function readRows(core: Core, { connection }: Filled): Promise<void> {
  const { rulePeople, reader } = core.store;
  const scope = { organizationId: connection.organizationId, connectionId: connection.id };
  for (let after = ''; ; ) {
    const people = await rulePeople.page(reader, scope, after, 500);
    const ids = people.map(({ id }) => id);
    await rulePeople.groupsOf(reader, connection.id, ids);
    await rulePeople.heldBy(reader, connection.id, ids);
    after = ids.at(-1) ?? '';
    if (ids.length < 500) return;
    await setImmediate();
  }
}

/** The same numbers of rows, in transactions of the same size; taken away again. */
async function insertRows(core: Core, { connection, run }: Filled, people: number): Promise<number> {
  const { store } = core;
  const { organizationId, id: connectionId } = connection;
  const scope = { organizationId, connectionId };
  const all = await store.rulePeople.page(store.reader, scope, '', people);
  const team = (await store.teams.list(store.reader, organizationId))[0];
  if (team === undefined) throw new Error('there is no team');
  const ids: string[] = [];
  const time = await seconds(async () => {
    for (let start = 0; start < all.length; start += STEP_SIZES.chunk) {
      await run(async (work) => {
        const grants = all.slice(start, start + STEP_SIZES.chunk).map(({ id: userId }) => ({
          ...{ id: randomUUID(), organizationId, userId, scope: 'team' as const, teamId: team.id, teamName: team.name },
          ...{
            role: 'viewer',
            origin: 'rule' as const,
            ruleId: 'floor',
            connectionId,
            groupId: null,
            createdAt: work.at,
          },
        }));
        ids.push(...grants.map(({ id }) => id));
        await store.grants.add(work.db, grants);
        for (const { userId } of grants) {
          const subject = { type: 'user', id: userId, name: userId } as const;
          work.changes.push({ kind: 'grant.added', subject, before: {}, after: { effectiveRole: 'viewer' } });
        }
      });
    }
  });
  await store.write((db) => store.grants.remove(db, ids));
  return time;
}

export async function measureRules(options: RulesBench): Promise<void> {
  const { people, rounds } = options;
  // No server: a run is timed from the save to its end, in this process.
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-'));
  const core = await openCore(loadConfig({ DATABASE_URL: `sqlite:${join(folder, 'rules.db')}`, LOG_LEVEL: 'error' }));
  try {
    const { directory } = core;
    const filled = await fill(core, options);
    const { connection, run } = filled;
    const standing = {
      id: 'teams',
      when: { groupPattern: 'ml-{team}-{role}' },
      give: { team: '{team}', role: '{role}' },
    };
    const rulesOf = (round: number) =>
      parseRules({
        rules: [
          standing,
          { id: `r${round}`, when: { group: 'everybody' }, give: { team: `all-${round}`, role: 'viewer' } },
        ],
      });
    const handle = createRuleRunHandler(directory);
    const save = (round: number) => run((work) => setRules(directory, work, connection, rulesOf(round)));
    const apply = () => handle({ key: connection.id } as Job, new AbortController().signal);
    await save(0);
    await apply();
    const times = { read: [], preview: [], insert: [], save: [], run: [], again: [] } as Record<string, number[]>;
    const note = (name: string, time: number) => times[name]?.push(time);
    for (let round = 1; round <= rounds; round += 1) {
      note('read', await seconds(() => readRows(core, filled)));
      note('preview', await seconds(() => previewRules(directory, connection, rulesOf(round))));
      note('insert', await insertRows(core, filled, people));
      // Only gains, as the floor: the rule of the round before stays.
      const kept = [...rulesOf(round - 1), ...rulesOf(round).slice(1)];
      note('save', await seconds(() => run((work) => setRules(directory, work, connection, kept))));
      note('run', await seconds(apply));
      note('again', await seconds(() => run((work) => setRules(directory, work, connection, kept)).then(apply)));
      await run((work) => setRules(directory, work, connection, rulesOf(round)));
      await apply();
    }
    const [read, preview, insert, saved, ran, again] = Object.values(times).map(median) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const row = (what: string, time: number, floor: string, of: number) =>
      tableRow(what, time.toFixed(2), floor, of.toFixed(2), (time / of).toFixed(1));
    console.log(`\nMapping rules, ${people.toLocaleString('en')} people, medians of ${rounds}:\n`);
    console.log(tableHead('what', 'seconds', 'floor', 'seconds', 'ratio'));
    console.log(row('preview', preview, 'reading the same rows', read));
    console.log(row('run that gives everybody a grant', ran, 'inserting the same grants and changes', insert));
    console.log(row('run that finds nothing to do', again, 'reading the same rows', read));
    console.log(`\nThe save itself: ${(saved * 1000).toFixed(0)} ms.`);
  } finally {
    await core.engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}
