/** docs/first-steps.md, word for word, against a server that was just started. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { describeBridge } from '../support/on-each-engine.ts';
import { bashBlocks, fits, runBlocks } from '../support/shell-blocks.ts';

const missing = ['curl', 'jq'].filter((program) => spawnSync(program, ['--version']).status !== 0);
if (missing.length > 0 && process.env.REQUIRE_PEERS === '1') throw new Error(`${missing.join(' and ')} missing`);
const note = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} missing)`;

describeBridge('the first steps', (bridge) => {
  it.skipIf(missing.length > 0)(`lead to an organization with two teams${note}`, { timeout: 180_000 }, async () => {
    const { database } = bridge().core.config;
    const address = database.engine === 'sqlite' ? `sqlite:${database.path}` : database.url;
    const env = { DRAWBRIDGE: `${bridge().url}/api/v1`, DATABASE_URL: address, HOME: process.env.HOME ?? '' };
    const blocks = bashBlocks('first-steps.md');
    const { code, printed, errors } = await runBlocks(blocks, env, new URL('../..', import.meta.url).pathname);
    expect(code, `${blocks[printed.length - 1]?.command}\n${printed.at(-1)}\n${errors}`).toBe(0);
    for (const [index, { command, prints }] of blocks.entries()) {
      const text = printed[index] ?? '';
      expect(prints === undefined || fits(prints, text), `${command}\nprinted:\n${text}`).toBe(true);
    }
  });
});
