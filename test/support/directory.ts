/** The core on each engine, without a server, under a clock that the test moves: what use-cases are tested on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Core, openCore } from '../../src/app/core.ts';
import { loadConfig } from '../../src/config.ts';
import type { Context } from '../../src/directory/actor.ts';
import type { Connection } from '../../src/directory/connections/connection.ts';
import { createConnection } from '../../src/directory/connections/connections.ts';
import { createOrganization } from '../../src/directory/connections/organizations.ts';
import type { DirectoryParts } from '../../src/directory/parts.ts';
import { createPerson } from '../../src/directory/people/new-person.ts';
import type { OrganizationRole } from '../../src/directory/people/user.ts';
import { createUser } from '../../src/directory/people/users.ts';
import { actorOf, operatorOf, type Principal } from '../../src/directory/principal.ts';
import { principalOfPerson } from '../../src/directory/principals.ts';
import { giveRoles } from '../../src/directory/roles/grants.ts';
import { ensureTeam } from '../../src/directory/rules/rule-teams.ts';
import { runWork, type Work } from '../../src/directory/work.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import { freshPostgresUrl, missingPostgres } from './postgres.ts';

const ENGINES = ['sqlite', 'postgres'] as const;

export interface TestDirectory {
  readonly core: Core;
  readonly clock: { now: number };
  readonly parts: DirectoryParts;
  /** A new organization each time, so that tests do not meet. */
  organization(options?: { readonly seats?: number; readonly parts?: DirectoryParts }): Promise<TestOrganization>;
}

/** One organization with its operator. */
export interface TestOrganization {
  readonly id: string;
  readonly parts: DirectoryParts;
  readonly operator: Principal;
  /** A transaction in the name of the principal, or of the operator. */
  run<T>(work: (work: Work) => Promise<T>, principal?: Principal, reason?: string): Promise<T>;
  /** Somebody whom nobody manages. */
  person(userName: string, role?: OrganizationRole): Promise<Principal>;
  connection(name?: string): Promise<Connection>;
  /** Somebody whom the connection manages; gives the id. */
  managed(connection: Connection, attributes: JsonObject & { userName: string }): Promise<string>;
  /** The team of that name, and these people in it. */
  team(name: string, members?: Readonly<Record<string, readonly Principal[]>>): Promise<string>;
  /** As they are now. */
  principal(id: string): Promise<Principal>;
  changes(): Promise<readonly string[]>;
}

function organizationOver(parts: DirectoryParts, id: string): TestOrganization {
  const operator = operatorOf(id);
  const run: TestOrganization['run'] = (work, principal = operator, reason) => {
    const context: Context = { organizationId: id, actor: actorOf(principal), exchangeId: null };
    return runWork(parts, reason === undefined ? context : { ...context, reason }, work);
  };
  const { store } = parts;
  const none = { origin: 'admin', ruleId: null, connectionId: null, groupId: null } as const;
  const organization: TestOrganization = {
    ...{ id, parts, operator, run },
    async person(userName, role = 'member') {
      const email = userName.includes('@') ? userName : null;
      const card = await run(async (work) => {
        const made = await createPerson(parts, work, { userName, displayName: null, email });
        const wanted = { scope: 'organization', teamId: null, teamName: null, role, ...none } as const;
        if (role !== 'member') await giveRoles(parts, work, [made], [wanted]);
        return made;
      });
      return organization.principal(card.id);
    },
    async connection(name = 'Okta') {
      return (await run((work) => createConnection(parts, work, { name, dialect: 'okta' }))).connection;
    },
    async managed(connection, attributes) {
      return (await run((work) => createUser(parts, work, connection, attributes))).user.id;
    },
    team: (name, members = {}) =>
      run(async (work) => {
        const team = await ensureTeam(parts, work, name);
        for (const [role, people] of Object.entries(members)) {
          const ids = people.map((person) => person.id ?? '');
          const cards = await store.users.cards(work.db, { organizationId: id, connectionId: '' }, ids);
          await giveRoles(parts, work, cards, [{ scope: 'team', teamId: team.id, teamName: team.name, role, ...none }]);
        }
        return team.id;
      }),
    async principal(userId) {
      const person = await store.persons.find(store.reader, id, userId);
      if (person === undefined) throw new Error(`no person ${userId}`);
      return principalOfPerson(parts, store.reader, person, ['everything']);
    },
    async changes() {
      const { rows } = await readChanges(parts, id);
      return rows;
    },
  };
  return organization;
}

async function readChanges(parts: DirectoryParts, id: string): Promise<{ rows: readonly string[] }> {
  const feed = (parts.store as Core['store']).changeFeed;
  const { changes } = await feed.readChanges('0', 10_000, id);
  return { rows: changes.map((change) => `${change.kind} ${change.subject.name}`) };
}

async function openDirectory(
  engine: (typeof ENGINES)[number],
  env: Record<string, string>,
): Promise<{ directory: TestDirectory; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
  const url = engine === 'sqlite' ? `sqlite:${join(folder, 'test.db')}` : await freshPostgresUrl();
  const core = await openCore(loadConfig({ LOG_LEVEL: 'error', ...env, DATABASE_URL: url }));
  const clock = { now: Date.now() };
  const parts: DirectoryParts = { ...core.directory, now: () => clock.now };
  let count = 0;
  return {
    directory: {
      ...{ core, clock, parts },
      async organization({ seats, parts: given = parts } = {}) {
        count += 1;
        const name = `organization ${count}`;
        const made = await parts.store.write((db) => createOrganization(parts, db, actorOf(operatorOf('')), name));
        return organizationOver(seats === undefined ? given : { ...given, seats }, made.id);
      },
    },
    async close() {
      await core.engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param suite gets a function that gives the directory once tests run */
export function describeDirectory(
  title: string,
  suite: (directory: () => TestDirectory) => void,
  env: Record<string, string> = {},
): void {
  for (const engine of ENGINES) {
    const missing = engine === 'postgres' ? missingPostgres() : undefined;
    const note = missing === undefined ? '' : `, skipped: ${missing.split('\n')[0]}`;
    describe.skipIf(missing !== undefined)(`${title} (${engine}${note})`, () => {
      let opened: Awaited<ReturnType<typeof openDirectory>> | undefined;
      beforeAll(async () => {
        opened = await openDirectory(engine, env);
      }, 60_000);
      afterAll(() => opened?.close());
      suite(() => {
        if (opened === undefined) throw new Error('the directory did not open');
        return opened.directory;
      });
    });
  }
}
