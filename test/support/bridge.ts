/** The whole bridge, as it is run, on a port of its own: what tests of doors talk to over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Core, openCore, openServer } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Dialect } from '../../src/directory/connections/connection.ts';
import { createConnection, setConnectionState } from '../../src/directory/connections/connections.ts';
import { createOrganization } from '../../src/directory/connections/organizations.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { runWork, type Work } from '../../src/directory/work.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { freshPostgresUrl } from './postgres.ts';

export interface TestConnection {
  readonly id: string;
  readonly organizationId: string;
  readonly token: string;
  readonly scimUrl: string;
}

export interface TestBridge {
  readonly url: string;
  readonly scimUrl: string;
  /** What `serve` prints where nobody could come in otherwise. */
  readonly setupUrl: string | null;
  /** For another bridge over the same data. */
  readonly databaseUrl: string;
  /** The parts behind the doors, over a database handle of their own: to look at what came of a request. */
  readonly core: Core;
  createOrganization(name: string): Promise<{ readonly id: string }>;
  createConnection(options: { dialect: Dialect; organizationId?: string; name?: string }): Promise<TestConnection>;
  pauseConnection(id: string): Promise<void>;
  setRules(id: string, document: unknown): Promise<void>;
  stop(): Promise<void>;
}

const ACTOR = { kind: 'cli', id: null, name: 'test' } as const;

/** @param options.databaseUrl shares a database with another bridge; a fresh one without it */
export async function startBridge(options: {
  engine: 'sqlite' | 'postgres';
  env?: Record<string, string>;
  databaseUrl?: string;
}): Promise<TestBridge> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
  const fresh = options.engine === 'sqlite' ? `sqlite:${join(folder, 'test.db')}` : await freshPostgresUrl();
  const env = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error', SCIM_RATE_LIMIT: '0', ...options.env };
  const databaseUrl = options.databaseUrl ?? fresh;
  const config = loadConfig({ ...env, DATABASE_URL: databaseUrl });
  const server = await openServer(config);
  const core = await openCore(config);
  const { directory } = core;
  const url = server.scimUrl.replace(/\/scim\/v2$/, '');
  const organizationOf = new Map<string, string>();

  function transact<T>(organizationId: string, run: (work: Work) => Promise<T>): Promise<T> {
    return runWork(directory, { organizationId, actor: ACTOR, exchangeId: null }, run);
  }

  async function connectionOf(id: string) {
    const organizationId = organizationOf.get(id) ?? '';
    const connection = await directory.store.connections.find(directory.store.reader, organizationId, id);
    if (connection === undefined) throw new Error(`no connection ${id}`);
    return connection;
  }

  return {
    url,
    scimUrl: server.scimUrl,
    setupUrl: server.setupUrl,
    databaseUrl,
    core,
    createOrganization: (name) => directory.store.write((db) => createOrganization(directory, db, ACTOR, name)),
    async createConnection({ dialect, organizationId, name }) {
      const organization =
        organizationId ?? (await directory.store.organizations.find(directory.store.reader, 'default'))?.id ?? '';
      const input = { name: name ?? `${dialect} ${organizationOf.size + 1}`, dialect };
      const { connection, token } = await transact(organization, (work) => createConnection(directory, work, input));
      organizationOf.set(connection.id, organization);
      return { id: connection.id, organizationId: organization, token: token.token, scimUrl: server.scimUrl };
    },
    async pauseConnection(id) {
      const connection = await connectionOf(id);
      await transact(connection.organizationId, (work) => setConnectionState(directory, work, connection, 'paused'));
    },
    async setRules(id, document) {
      const connection = await connectionOf(id);
      await transact(connection.organizationId, (work) => setRules(directory, work, connection, parseRules(document)));
    },
    async stop() {
      await server.stop();
      await core.engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
