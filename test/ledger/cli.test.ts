/** The verbs of `ledger` on a real database: what one command writes another can read. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMigrator, openServer, openServices } from '../../src/app.ts';
import { runCli } from '../../src/cli/cli.ts';
import { type LedgerRoom, openLedgerRoom } from './ledger-room.ts';

describe('the command line of the ledger', () => {
  let folder = '';
  let room: LedgerRoom;
  let databaseUrl = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-ledger-'));
    databaseUrl = `sqlite:${join(folder, 'ledger.db')}`;
    room = await openLedgerRoom('sqlite', { TRACKER: 'reported' }, databaseUrl);
    for (const name of ['ada', 'bob']) {
      const id = await room.client.user(`${name}@cli.example`, { displayName: name });
      await room.client.group(`team-${name}`, [id]);
      await room.client.send('DELETE', `/Users/${id}`);
    }
  }, 60_000);
  afterAll(async () => {
    await room.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function cli(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const written = { out: '', err: '' };
    const code = await runCli(['ledger', ...args], {
      env: { DATABASE_URL: databaseUrl, TRACKER: 'reported' },
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.err += text) },
      ...{ openServices, openServer, openMigrator, signals: process, exit: () => undefined, now: Date.now },
    });
    return { code, ...written };
  }

  it('lists who left, and shows one of them with the whole story', async () => {
    expect((await cli('list', '--kind', 'removed')).out).toMatch(
      /removed +bob@cli.example +organization +left, runs: waiting/,
    );
    const { out } = await cli('show', 'ada@cli.example');
    expect(out).toContain('ada (ada@cli.example), from organization: left, runs: waiting');
    expect(out).toContain('Kept: for ever.');
    expect((await cli('list', '--user', 'ada@cli.example', '--json')).out).toContain('"user":"ada@cli.example"');
  });

  it('takes an inventory from a file, and says in the next one what is missing', async () => {
    const file = join(folder, 'runs.csv');
    const lines = ['r1', 'r2', 'r3'].map((run) => `ada@cli.example,team-ada,cats,${run}`);
    await writeFile(file, ['user,team,project,run_id', ...lines].join('\n'));
    expect((await cli('import-inventory', file)).out).toBe('Taken for 1 people.\n');
    await writeFile(file, ['user,team,project,run_id', ...lines.slice(1)].join('\n'));
    expect((await cli('import-inventory', file)).out).toBe('Taken for 1 people. 1 runs are missing.\n');
    expect((await cli('list', '--missing', '--kind', 'removed')).out).toContain('3 runs, 1 missing');
    const work = (await cli('hand-over', 'ada@cli.example', '--work-list')).out;
    expect(work.split('\n')[1]).toBe('team-ada,cats,3,,,');
  });

  it('holds, keeps and gives, and shows that', async () => {
    expect((await cli('hold', 'ada@cli.example', '--reason', 'case 7')).out).toBe('A legal hold stands.\n');
    expect((await cli('retain', 'bob@cli.example', '--until', '2031-12-31')).out).toContain('Kept until 2031-12-31');
    expect((await cli('hand-over', 'ada@cli.example', '--to-team', 'team-ada')).code).toBe(0);
    expect((await cli('erase', 'ada@cli.example', '--yes')).code).toBe(4);
    const { out } = await cli('show', 'ada@cli.example');
    expect(out).toMatch(/hold_placed +command line +legal hold +case 7/);
  });

  it('checks the chain against a checkpoint that was kept in a file, and names what was changed', async () => {
    const file = join(folder, 'checkpoint.json');
    await writeFile(file, (await cli('checkpoint')).out);
    await cli('erase', 'bob@cli.example', '--yes');
    expect((await cli('verify', '--checkpoint', file)).out).toContain('The chain is whole: ');
    const { engine } = room.bridge.core;
    await engine.write((tx) => sql`update ledger_entries set content = content || ' ' where position = 2`.execute(tx));
    const broken = await cli('verify', '--json');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)).toMatchObject({ whole: false, entries: 1, firstBreak: { position: 2 } });
    expect(broken.err).toContain('broken at entry 2: the content does not match its hash');
    await engine.write((tx) => sql`update ledger_entries set content = rtrim(content) where position = 2`.execute(tx));
    expect((await cli('verify')).code).toBe(0);
  });

  it('exports to a file, in both forms', async () => {
    const { position } = JSON.parse((await cli('checkpoint', '--json')).out) as { position: number };
    for (const [format, lines] of [
      ['jsonl', position],
      ['csv', position + 1],
    ] as const) {
      const file = join(folder, `ledger.${format}`);
      expect((await cli('export', '--format', format, '--output', file)).code).toBe(0);
      expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(lines);
    }
  });

  it('has nobody to ask where the tracker reports by itself', async () => {
    expect(await cli('reverify')).toMatchObject({ code: 4, err: expect.stringContaining('no tracker to ask') });
  });
});
