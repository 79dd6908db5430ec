import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridge } from '../support/bridge.ts';
import { runReplay } from './replay.ts';
import { listReplayFiles, parseReplay } from './replay-file.ts';

const files = listReplayFiles();
const folders = [...new Set(files.map((file) => file.folder))];

describe.each(['sqlite', 'postgres'] as const)('what identity providers send, on %s', (engine) => {
  let bridge: Awaited<ReturnType<typeof startBridge>>;
  beforeAll(async () => {
    bridge = await startBridge({ engine, env: { SCIM_MAX_BODY_BYTES: String(2 ** 20) } });
  }, 120_000);
  afterAll(() => bridge.stop());

  describe.each(folders)('%s', (folder) => {
    for (const file of files.filter((candidate) => candidate.folder === folder)) {
      const replay = parseReplay(file);
      it(`${file.file.slice(0, 2)} ${replay.case}: ${replay.purpose}`, async () => {
        expect(await runReplay(replay, bridge)).toEqual([]);
      }, 30_000);
    }
  });
});
