/**
 * Once per test run: a PostgreSQL for each worker, with a migrated database that fresh ones are copied from. One for all
 * would not do: the change feed waits for every transaction of a server, those of other tests as well.
 * Where one cannot start, tests that need it say so and are skipped; with REQUIRE_PEERS=1 the run fails instead.
 */
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrations } from '../../db/migrations/index.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { openEngine } from '../../src/store/open.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

export const TEMPLATE = 'drawbridge_template';

/** A URL per worker. */
export type ProvidedPostgres = { readonly urls: readonly string[] } | { readonly missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    postgres: ProvidedPostgres;
  }
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${TEMPLATE}`);
  } finally {
    await client.end();
  }
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  const engine = await openEngine(template.href);
  try {
    await migrateUp(engine, migrations);
  } finally {
    await engine.close();
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers: PostgresServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (let worker = 0; worker < project.vitest.config.maxWorkers; worker += 1) servers.push(await startPostgres());
  } catch (error) {
    await stop();
    if (process.env.REQUIRE_PEERS === '1') throw error;
    project.provide('postgres', { missing: (error as Error).message });
    return async () => undefined;
  }
  const urls = servers.map(({ url }) => url);
  try {
    await Promise.all(urls.map(makeTemplate));
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('postgres', { urls });
  return stop;
}
