/** What docs/ says about the API is true: the document is the one that is served, and every example of docs/api.md works. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/targets/webhook/event.ts';
import { apiClient } from '../support/api-client.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { bashBlocks, runBlocks } from '../support/shell-blocks.ts';
import { prepareExamples } from './examples.ts';

const missing = ['curl', 'jq'].filter((program) => spawnSync(program, ['--version']).status !== 0);
if (missing.length > 0 && process.env.REQUIRE_PEERS === '1') throw new Error(`${missing.join(' and ')} missing`);
const note = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} missing)`;

describeBridge('the documents of the API', (bridge) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-docs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('hold the document that is served', async () => {
    const served = (await apiClient(`${bridge().url}/api/v1`, undefined).get('/openapi.json')).body;
    const kept = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
    expect({ ...served, servers: [] }).toEqual({ ...kept, servers: [] });
    expect(served.servers).toEqual([{ url: `${bridge().url}/api/v1` }]);
  });

  it('hold the schema of events that is served, each type of it by its name', async () => {
    const served = (await apiClient(`${bridge().url}/api/v1`, undefined).get('/webhook-events')).body;
    const kept = readFileSync(new URL('../../docs/targets/webhook-events.json', import.meta.url), 'utf8');
    expect(served).toEqual(JSON.parse(kept));
    expect(served.oneOf.map(({ title }: { title: string }) => title)).toEqual(EVENT_TYPES);
  });

  it.skipIf(missing.length > 0)(`show examples that work, from the top${note}`, { timeout: 120_000 }, async () => {
    const png = sharp({ create: { width: 8, height: 8, channels: 3, background: '#888888' } }).png();
    writeFileSync(join(folder, 'picture.png'), await png.toBuffer());
    const blocks = bashBlocks('api.md');
    expect(blocks.length).toBeGreaterThan(20);
    const { code, printed, errors } = await runBlocks(blocks, await prepareExamples(bridge()), folder);
    const last = printed.length - 1;
    expect(code, `${blocks[last]?.command}\n${printed[last]}\n${errors}`).toBe(0);
    expect(printed).toHaveLength(blocks.length);
  });
});
