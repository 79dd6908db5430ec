import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { migrations } from '../../db/migrations/index.ts';
import { dumpSchema } from '../../db/schema.ts';
import { type Migration, migrateDown, migrateUp, pendingMigrations } from '../../src/store/migrate.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const NAMES = migrations.map((migration) => migration.name);

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A process of its own that migrates and prints what it ran. */
function migrateInProcess(url: string): Promise<Ended> {
  const program = `
    const { openEngine } = await import('./src/store/open.ts');
    const { migrateUp } = await import('./src/store/migrate.ts');
    const { migrations } = await import('./db/migrations/index.ts');
    const engine = await openEngine(process.argv[1]);
    process.stdout.write((await migrateUp(engine, migrations)).join());
    await engine.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

describeEachEngine('migrations', (open, { kind, emptyUrl }) => {
  const golden = readFileSync(new URL(`../../db/schema/${kind}.sql`, import.meta.url), 'utf8');

  it('make the schema that stands in db/schema', async () => {
    const engine = await open({}, await emptyUrl());
    expect(await pendingMigrations(engine, migrations)).toEqual(NAMES);
    expect(await migrateUp(engine, migrations)).toEqual(NAMES);
    expect(await dumpSchema(engine)).toBe(golden);
  });

  it('run once', async () => {
    const engine = await open();
    expect(await migrateUp(engine, migrations)).toEqual([]);
    expect(await pendingMigrations(engine, migrations)).toEqual([]);
  });

  it('make the same schema again after going down', async () => {
    const engine = await open();
    expect(await migrateDown(engine, migrations, migrations.length)).toEqual(NAMES.toReversed());
    expect(await dumpSchema(engine)).not.toMatch(/users|changes/);
    await migrateUp(engine, migrations);
    expect(await dumpSchema(engine)).toBe(golden);
  });

  it('run once when several processes start together', async () => {
    const url = await emptyUrl();
    const ended = await Promise.all([migrateInProcess(url), migrateInProcess(url)]);
    expect(
      ended.map(({ code }) => code),
      ended.map(({ output }) => output).join('\n'),
    ).toEqual([0, 0]);
    expect(ended.map(({ output }) => output).toSorted()).toEqual(['', NAMES.join()]);
  });

  it('leave nothing behind when one of them fails', async () => {
    const engine = await open({}, await emptyUrl());
    const broken: Migration = {
      name: '9999-broken',
      up: () => Promise.reject(new Error('broken')),
      down: async () => undefined,
    };
    await expect(migrateUp(engine, [...migrations, broken])).rejects.toThrow('broken');
    expect(await dumpSchema(engine)).not.toMatch(/users/);
  });

  it('refuse a database of a newer version', async () => {
    const engine = await open();
    const newer: Migration = { name: '9999-newer', up: async () => undefined, down: async () => undefined };
    await migrateUp(engine, [...migrations, newer]);
    await expect(migrateUp(engine, migrations)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('9999-newer'),
    });
  });
});
