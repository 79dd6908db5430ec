/**
 * Writes the golden dumps db/schema/sqlite.sql and db/schema/postgres.sql from fresh databases: run it after adding a
 * migration (`node db/dump-schema.ts`), and read the difference before committing it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '../src/store/migrate.ts';
import { openEngine } from '../src/store/open.ts';
import { startPostgres } from '../test/support/postgres-server.ts';
import { migrations } from './migrations/index.ts';
import { dumpSchema } from './schema.ts';

async function writeDump(url: string, file: string): Promise<void> {
  const engine = await openEngine(url);
  try {
    await migrateUp(engine, migrations);
    writeFileSync(new URL(`./schema/${file}`, import.meta.url), await dumpSchema(engine));
  } finally {
    await engine.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-schema-'));
const server = await startPostgres();
try {
  await writeDump(`sqlite:${join(folder, 'fresh.sqlite')}`, 'sqlite.sql');
  await writeDump(server.url, 'postgres.sql');
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}
