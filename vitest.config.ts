import { defineConfig } from 'vitest/config';

/** Tests of pure code: no server, database, browser or other program. `npm run check` runs these alone. */
const unit = [
  'test/*.test.ts',
  'test/schema/**/*.test.ts',
  'test/mapping/**/*.test.ts',
  'test/jobs/backoff.test.ts',
  'test/scim/repair/**/*.test.ts',
  'test/ops/log.test.ts',
  'test/cli/*.unit.test.ts',
  'test/directory/*.unit.test.ts',
];

export default defineConfig({
  test: {
    environment: 'node',
    // Much of what tests do is waiting.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A second, the default, is short on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: 'unit', include: unit } },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: unit,
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
