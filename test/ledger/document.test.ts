/** The script of docs/ledger.md, word for word, on an export with every kind of thing in it; and what the document lists. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from '../../src/ledger/entry.ts';
import type { ExportRow } from '../../src/ledger/export.ts';
import { digestOf } from '../../src/ledger/inventory/run-digest.ts';
import { LEDGER_KINDS } from '../../src/ledger/kind.ts';
import { type LedgerRoom, openLedgerRoom } from './ledger-room.ts';

const DOCUMENT = new URL('../../docs/ledger.md', import.meta.url);

describe('docs/ledger.md', () => {
  let room: LedgerRoom;
  let folder = '';
  let rows: readonly ExportRow[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-ledger-'));
    room = await openLedgerRoom('sqlite', { TRACKER: 'reported', TRACKER_KEEP_RUN_IDS: 'true' });
    const text = await readFile(DOCUMENT, 'utf8');
    await writeFile(join(folder, 'check.mjs'), /^```js\n(.*?)^```$/ms.exec(text)?.[1] ?? '');
    const id = await room.client.user('ada@example.com', {
      displayName: 'Ada “Ä” Byron \u{1f409}',
      externalId: 'a"b\\c',
    });
    await room.client.send('DELETE', `/Users/${id}`);
    const csv = /^```csv\n(.*?)^```$/ms.exec(text)?.[1] ?? '';
    await room.ledger.importInventory('default', csv);
    const ref = { organization: 'default', person: id };
    await room.ledger.retain(ref, Date.UTC(2031, 0, 1), 'policy “4”');
    const other = await room.client.user('erased@example.com');
    await room.client.send('DELETE', `/Users/${other}`);
    await room.ledger.erase({ organization: 'default', person: other }, null);
    const exported: ExportRow[] = [];
    for await (const row of room.ledger.export('default')) exported.push(row);
    rows = exported;
  }, 60_000);
  afterAll(async () => {
    await room.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function check(exported: readonly ExportRow[]): Promise<string> {
    const file = join(folder, 'ledger.jsonl');
    await writeFile(file, exported.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return promisify(execFile)(process.execPath, [join(folder, 'check.mjs'), file]).then(
      ({ stdout }) => stdout.trim(),
      (error: { stderr: string }) => /Error: (.*)/.exec(error.stderr)?.[1] ?? error.stderr,
    );
  }

  it('has a script of ten lines that finds a whole export whole, with the hash of the checkpoint', async () => {
    const { position, hash } = await room.ledger.checkpoint('default');
    expect(rows).toHaveLength(position);
    expect(await check(rows)).toBe(`whole: ${position} entries, newest hash ${hash}`);
    const script = await readFile(join(folder, 'check.mjs'), 'utf8');
    expect(script.split('\n').filter((line) => line !== '' && !line.startsWith('import')).length).toBeLessThanOrEqual(
      10,
    );
  });

  it.each([
    { name: 'changed', change: (row: ExportRow) => ({ ...row, content: { ...row.content, cause: 'nothing' } }) },
    { name: 'put elsewhere', change: (row: ExportRow) => ({ ...row, hash: '0'.repeat(64) }) },
  ])('has it name the entry that was $name', async ({ change }) => {
    expect(await check(rows.map((row) => (row.position === 2 ? change(row) : row)))).toBe('broken at entry 2');
  });

  it('has it name the place where an entry is missing', async () => {
    expect(await check(rows.filter(({ position }) => position !== 3))).toBe('broken at entry 3');
  });

  it('tells how names and runs are checked', () => {
    const [removed, taken] = rows;
    expect(sha256(canonicalJson(removed?.personal))).toBe(removed?.content.commitments.personal);
    expect(taken?.content.details).toMatchObject({
      projects: [{ runs: 2, digest: digestOf(['8c2mm1ab', '4f1kq0zx']) }],
    });
    expect(taken?.kept?.[0]?.runIds).toBe('4f1kq0zx\n8c2mm1ab');
  });

  it('lists every kind of entry', async () => {
    const text = await readFile(DOCUMENT, 'utf8');
    expect(LEDGER_KINDS.filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
  });
});
