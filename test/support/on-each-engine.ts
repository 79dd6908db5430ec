/** Runs a suite against the whole bridge on SQLite and on a real PostgreSQL. */
import { afterAll, beforeAll, describe } from 'vitest';
import { startBridge, type TestBridge } from './bridge.ts';

const ENGINES = ['sqlite', 'postgres'] as const;

/** @param suite gets a function that gives the bridge once tests run */
export function describeBridge(
  title: string,
  suite: (bridge: () => TestBridge, engine: (typeof ENGINES)[number]) => void,
  env: Record<string, string> = {},
): void {
  describe.each(ENGINES)(`${title} (%s)`, (engine) => {
    let bridge: TestBridge | undefined;
    beforeAll(async () => {
      bridge = await startBridge({ engine, env });
    }, 60_000);
    afterAll(() => bridge?.stop());
    suite(() => {
      if (bridge === undefined) throw new Error('the bridge did not start');
      return bridge;
    }, engine);
  });
}
