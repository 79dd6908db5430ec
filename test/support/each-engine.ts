/** Runs a suite on SQLite (a file of its own) and on PostgreSQL (a database of its own). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { migrations } from '../../db/migrations/index.ts';
import type { Engine } from '../../src/store/engine.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { type OpenOptions, openEngine } from '../../src/store/open.ts';
import { emptyPostgresUrl, freshPostgresUrl, missingPostgres } from './postgres.ts';

/** Opens an engine over a new, migrated database, or over the one at `url`; closed at the end of the suite. */
export type OpenFresh = (options?: OpenOptions, url?: string) => Promise<Engine>;

export interface EngineUnderTest {
  readonly kind: Engine['kind'];
  /** Address of a new database without any table. */
  readonly emptyUrl: () => Promise<string>;
  /** Address of a new, migrated database, for several engines or processes over one. */
  readonly freshUrl: () => Promise<string>;
}

async function migrated(url: string): Promise<string> {
  const engine = await openEngine(url);
  await migrateUp(engine, migrations);
  await engine.close();
  return url;
}

function sqliteUnderTest(): EngineUnderTest {
  const folders: string[] = [];
  const emptyUrl = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
    folders.push(folder);
    return `sqlite:${join(folder, 'test.sqlite')}`;
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  return { kind: 'sqlite', emptyUrl, freshUrl: async () => migrated(await emptyUrl()) };
}

function postgresUnderTest(): EngineUnderTest {
  return { kind: 'postgres', emptyUrl: emptyPostgresUrl, freshUrl: freshPostgresUrl };
}

function openerOf(engine: EngineUnderTest): OpenFresh {
  const opened: Engine[] = [];
  afterAll(async () => {
    for (const each of opened) await each.close();
  });
  return async (options = {}, url) => {
    const fresh = await openEngine(url ?? (await engine.freshUrl()), options);
    opened.push(fresh);
    return fresh;
  };
}

/** @param suite registers the tests; called once per engine, inside a `describe` */
export function describeEachEngine(title: string, suite: (open: OpenFresh, engine: EngineUnderTest) => void): void {
  describe(`${title} (SQLite)`, () => {
    const engine = sqliteUnderTest();
    suite(openerOf(engine), engine);
  });
  const missing = missingPostgres();
  const note = missing === undefined ? '' : `, skipped: ${missing.split('\n')[0]}`;
  describe.skipIf(missing !== undefined)(`${title} (PostgreSQL${note})`, () => {
    const engine = postgresUnderTest();
    suite(openerOf(engine), engine);
  });
}
