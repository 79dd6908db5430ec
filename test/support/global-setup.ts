/**
 * Once per test run: a PostgreSQL for all test files, with a migrated database that fresh ones are copied from.
 * Where it cannot start, tests that need it say so and are skipped; with REQUIRE_PEERS=1 the run fails instead.
 */
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrations } from '../../db/migrations/index.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { openEngine } from '../../src/store/open.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

export const TEMPLATE = 'drawbridge_template';

export type ProvidedPostgres = { readonly url: string } | { readonly missing: string };

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
  let server: PostgresServer;
  try {
    server = await startPostgres();
  } catch (error) {
    if (process.env.REQUIRE_PEERS === '1') throw error;
    project.provide('postgres', { missing: (error as Error).message });
    return async () => undefined;
  }
  try {
    await makeTemplate(server.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('postgres', { url: server.url });
  return server.stop;
}
