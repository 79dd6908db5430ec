/** An organization that feeds targets: the core over a database of its own, fed by use-cases, with a runner in this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Core, openCore } from '../../src/app/core.ts';
import { createPause, createTargetParts } from '../../src/app/targets.ts';
import { loadConfig } from '../../src/config.ts';
import { createConnection } from '../../src/directory/connections/connections.ts';
import { findOrganization } from '../../src/directory/connections/organizations.ts';
import { createUser, deleteUser, updateUser } from '../../src/directory/people/users.ts';
import { actorOf, operatorOf, type Principal } from '../../src/directory/principal.ts';
import { giveRoles, takeGrants } from '../../src/directory/roles/grants.ts';
import { ensureTeam } from '../../src/directory/rules/rule-teams.ts';
import { runWork, type Work } from '../../src/directory/work.ts';
import { createWorker } from '../../src/jobs/worker.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import type { TargetParts } from '../../src/targets/parts.ts';
import { createTargetRunner, type RunnerParts, type TargetRunner } from '../../src/targets/runner.ts';
import type { PushTold } from '../../src/targets/subject-worker.ts';
import type { Target, TargetKind } from '../../src/targets/target.ts';
import { createTarget, type MadeTarget } from '../../src/targets/targets.ts';
import { freshPostgresUrl } from './postgres.ts';

export interface SourceOptions {
  readonly engine: 'sqlite' | 'postgres';
  /** Shares a database with another source. */
  readonly databaseUrl?: string;
  readonly runner?: Partial<Pick<RunnerParts, 'gatherMs' | 'concurrency' | 'leaseMs' | 'patience' | 'pollMs'>>;
  readonly env?: Record<string, string>;
}

export interface TargetSource {
  readonly core: Core;
  readonly parts: TargetParts;
  readonly operator: Principal;
  readonly runner: TargetRunner;
  /** What the runner told, oldest first. */
  readonly pushes: PushTold[];
  readonly faults: unknown[];
  user(userName: string, attributes?: JsonObject, exchangeId?: string): Promise<string>;
  changeUser(id: string, attributes: JsonObject, exchangeId?: string): Promise<void>;
  deleteUser(id: string): Promise<void>;
  setRole(userId: string, role: 'admin' | 'member' | 'viewer'): Promise<void>;
  team(name: string): Promise<string>;
  join(teamId: string, userId: string, role?: string): Promise<void>;
  leave(teamId: string, userId: string): Promise<void>;
  target(kind: TargetKind, settings: unknown, secrets?: unknown, name?: string): Promise<MadeTarget>;
  reload(target: Target): Promise<Target>;
  /** A use-case in the operator's name. */
  run<T>(work: (work: Work) => Promise<T>): Promise<T>;
  /** Resolves when everything was read and nothing is due. */
  inStep(): Promise<void>;
  stop(): Promise<void>;
}

const NONE = { origin: 'admin', ruleId: null, connectionId: null, groupId: null } as const;

export async function startSource(options: SourceOptions): Promise<TargetSource> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
  const fresh = options.engine === 'sqlite' ? `sqlite:${join(folder, 'test.db')}` : await freshPostgresUrl();
  const env = { LOG_LEVEL: 'error', TARGET_NETWORKS: '127.0.0.0/8', ...options.env };
  const core = await openCore(loadConfig({ ...env, DATABASE_URL: options.databaseUrl ?? fresh }));
  const { directory, store } = core;
  const organization = await findOrganization(directory, 'default');
  const operator = operatorOf(organization.id);
  const run = <T>(work: (work: Work) => Promise<T>, exchangeId: string | null = null): Promise<T> =>
    runWork(directory, { organizationId: organization.id, actor: actorOf(operator), exchangeId }, work);
  const known = await store.connections.find(store.reader, organization.id, 'idp');
  const connection =
    known ?? (await run((work) => createConnection(directory, work, { name: 'idp', dialect: 'generic' }))).connection;
  const scope = { organizationId: organization.id, connectionId: connection.id };
  const parts = await createTargetParts(core);
  const pushes: PushTold[] = [];
  const faults: unknown[] = [];
  const runner = createTargetRunner({
    ...parts,
    ...{ pollMs: 50, gatherMs: 30, patience: { refusals: 3, backoff: { firstMs: 50, maxMs: 100 } }, ...options.runner },
    startWorker: (given) =>
      createWorker(
        {
          ...{ jobs: store.jobs, reader: store.reader, write: (work) => store.write(work) },
          ...{ now: Date.now, newId: directory.newId, onError: (error) => faults.push(error) },
        },
        given,
      ),
    pause: createPause(core, parts),
    onPush: (told) => pushes.push(told),
    onError: (error) => faults.push(error),
  });

  async function card(work: Work, id: string) {
    const [found] = await store.users.cards(work.db, scope, [id]);
    if (found === undefined) throw new Error(`no user ${id}`);
    return found;
  }

  async function lock(work: Work, id: string) {
    const user = await store.users.lock(work.db, scope, id);
    if (user === undefined) throw new Error(`no user ${id}`);
    return user;
  }

  async function wantedRole(work: Work, teamId: string, role: string) {
    const team = await store.teams.find(work.db, organization.id, teamId);
    return { scope: 'team', teamId, teamName: team?.name ?? null, role, ...NONE } as const;
  }

  const source: TargetSource = {
    ...{ core, parts, operator, runner, pushes, faults, run },
    user: (userName, attributes = {}, exchangeId) =>
      run(
        async (work) => (await createUser(directory, work, connection, { userName, ...attributes })).user.id,
        exchangeId,
      ),
    changeUser: (id, attributes, exchangeId) =>
      run(async (work) => {
        const user = await lock(work, id);
        const before = JSON.parse(user.attributes) as JsonObject;
        await updateUser(directory, work, connection, user, { ...before, ...attributes });
      }, exchangeId),
    deleteUser: (id) => run(async (work) => deleteUser(directory, work, connection, await lock(work, id))),
    setRole: (userId, role) =>
      run(async (work) => {
        const held = await store.grants.ofUser(work.db, userId);
        const person = await card(work, userId);
        const before = held.filter((grant) => grant.scope === 'organization');
        const wanted = { scope: 'organization', teamId: null, teamName: null, role, ...NONE } as const;
        await giveRoles(directory, work, [person], [wanted]);
        await takeGrants(directory, work, [{ ...person, role }], before);
      }),
    team: async (name) => (await run((work) => ensureTeam(directory, work, name))).id,
    join: (teamId, userId, role = 'member') =>
      run(async (work) =>
        giveRoles(directory, work, [await card(work, userId)], [await wantedRole(work, teamId, role)]),
      ),
    leave: (teamId, userId) =>
      run(async (work) => {
        const held = await store.grants.ofUser(work.db, userId);
        const taken = held.filter((grant) => grant.teamId === teamId);
        await takeGrants(directory, work, [await card(work, userId)], taken);
      }),
    target: (kind, settings, secrets = {}, name = kind) =>
      run((work) => createTarget(parts, work, operator, { kind, name, settings, secrets })),
    async reload({ id }) {
      const found = await store.targets.findById(store.reader, id);
      if (found === undefined) throw new Error(`no target ${id}`);
      return found;
    },
    inStep: () => runner.idle(),
    async stop() {
      await runner.stop();
      await core.engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return source;
}
