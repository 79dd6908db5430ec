/** Fresh databases on the PostgreSQL that global-setup.ts started for this worker. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { TEMPLATE } from './global-setup.ts';

/** Why there is no PostgreSQL in this run; undefined when there is one. */
export function missingPostgres(): string | undefined {
  const provided = inject('postgres');
  if (provided === undefined) return 'test/support/global-setup.ts did not run in this project';
  return 'missing' in provided ? provided.missing : undefined;
}

async function createDatabase(template: string): Promise<string> {
  const provided = inject('postgres');
  const own = 'urls' in provided ? provided.urls[Number(process.env.VITEST_POOL_ID) - 1] : undefined;
  if (own === undefined) throw new Error(`PostgreSQL is not running: ${missingPostgres()}`);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: own });
  await client.connect();
  try {
    await client.query(`create database ${name} template ${template} strategy file_copy`);
  } finally {
    await client.end();
  }
  const url = new URL(own);
  url.pathname = `/${name}`;
  return url.href;
}

/** A new database, migrated. It goes with the server at the end of the run. */
export function freshPostgresUrl(): Promise<string> {
  return createDatabase(TEMPLATE);
}

/** A new database without any table. */
export function emptyPostgresUrl(): Promise<string> {
  return createDatabase('template0');
}
