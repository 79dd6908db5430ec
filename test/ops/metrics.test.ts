import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/ops/metrics.ts';

function createUsedMetrics(withProcess: boolean) {
  const metrics = createMetrics({ version: '1.2.3', withProcess });
  metrics.scimRequest({
    operation: 'users.create',
    status: 201,
    dialect: 'okta',
    durationSeconds: 0.004,
    repairs: ['string-boolean'],
  });
  metrics.apiRequest({ operation: 'connections.create', status: 201, durationSeconds: 0.004 });
  metrics.signIn({ connector: 'oidc', outcome: 'created' });
  metrics.change('user.created');
  metrics.storeCommits(1, 7);
  metrics.exchangesDropped(2);
  metrics.observe({
    storeQueueLength: () => 3,
    exchangesPending: () => 4,
    jobCounts: async () => [
      { queue: 'mail', state: 'due', count: 2, oldestDueAt: 1_000 },
      { queue: 'target:1', state: 'parked', count: 1, oldestDueAt: 500 },
      { queue: 'target:2', state: 'parked', count: 4, oldestDueAt: 700 },
    ],
    ledger: async () => ({
      ...{ entries: 9, left: 4, holds: 1, inventories: { taken: 3, failed: 1 }, runsKept: 340, runsMissing: 12 },
      oldestVerifiedAt: 1_000,
      brokenChains: 1,
    }),
    now: () => 31_000,
  });
  metrics.jobResult('target:1', 'retry');
  metrics.observeTargets(async () => [
    { target: 'main', kind: 'wandb', lagChanges: 3, lagSeconds: 75, isFailing: true },
    { target: 'main', kind: 'wandb', lagChanges: 0, lagSeconds: 90, isFailing: false },
    { target: 'audit', kind: 'webhook', lagChanges: 0, lagSeconds: 0, isFailing: false },
  ]);
  return metrics;
}

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

describe('metrics', () => {
  it.each([
    'drawbridge_sign_ins_total{connector="oidc",outcome="created"} 1',
    'drawbridge_scim_requests_total{operation="users.create",status="201",dialect="okta"} 1',
    'drawbridge_scim_request_duration_seconds_bucket{le="0.005",operation="users.create"} 1',
    'drawbridge_scim_request_duration_seconds_count{operation="users.create"} 1',
    'drawbridge_scim_repairs_total{code="string-boolean"} 1',
    'drawbridge_api_requests_total{operation="connections.create",status="201"} 1',
    'drawbridge_api_request_duration_seconds_count{operation="connections.create"} 1',
    'drawbridge_changes_total{kind="user.created"} 1',
    'drawbridge_store_commits_total 1',
    'drawbridge_ledger_entries 9',
    'drawbridge_ledger_open_removals 4',
    'drawbridge_ledger_holds 1',
    'drawbridge_ledger_inventories{state="failed"} 1',
    'drawbridge_ledger_runs_kept 340',
    'drawbridge_ledger_runs_missing 12',
    'drawbridge_ledger_broken_chains 1',
    'drawbridge_ledger_verification_age_seconds 30',
    'drawbridge_store_writes_total 7',
    'drawbridge_store_queue_length 3',
    'drawbridge_exchanges_pending 4',
    'drawbridge_exchanges_dropped_total 2',
    'drawbridge_jobs_total{queue="target",result="retry"} 1',
    'drawbridge_jobs{queue="mail",state="due"} 2',
    'drawbridge_jobs{queue="target",state="parked"} 5',
    'drawbridge_jobs_overdue_seconds{queue="mail"} 30',
    'drawbridge_target_failing{target="main",kind="wandb"} 1',
    'drawbridge_target_failing{target="audit",kind="webhook"} 0',
    'drawbridge_target_lag_changes{target="main",kind="wandb"} 3',
    'drawbridge_target_lag_seconds{target="main",kind="wandb"} 90',
    `drawbridge_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
  ])('tell %s', async (line) => {
    expect((await createUsedMetrics(false).read()).split('\n')).toContain(line);
  });

  it('are each explained in docs/operations.md', async () => {
    const explained = [...page.matchAll(/`(drawbridge_[a-z_]+)/g)].map((match) => match[1]);
    const text = await createUsedMetrics(false).read();
    const names = [...text.matchAll(/^# TYPE (drawbridge_[a-z_]+)/gm)].map((match) => match[1]);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !explained.includes(name))).toEqual([]);
  });

  it('have the values of the process beside them', async () => {
    expect(await createUsedMetrics(true).read()).toContain('process_resident_memory_bytes');
  });

  it('of two servers in one process do not mix', async () => {
    createUsedMetrics(false);
    const text = await createMetrics({ version: '1', withProcess: false }).read();
    expect(text).toContain('drawbridge_store_commits_total 0');
  });

  it.skipIf(!hasPromtool && process.env.REQUIRE_PEERS !== '1')(
    'follow the conventions of Prometheus (skipped without promtool: install the Debian package prometheus)',
    async () => {
      const input = await createUsedMetrics(true).read();
      const lint = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
      expect([lint.status, `${lint.stdout}${lint.stderr}`]).toEqual([0, '']);
    },
  );

  it.skipIf(!hasPromtool && process.env.REQUIRE_PEERS !== '1')(
    'have an example of an alert that Prometheus takes (skipped without promtool: install the Debian package prometheus)',
    async () => {
      const [, rules = ''] = /```yaml\n(groups:\n.*?)```/s.exec(page) ?? [];
      const folder = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
      writeFileSync(join(folder, 'rules.yml'), rules);
      const check = spawnSync('promtool', ['check', 'rules', join(folder, 'rules.yml')], { encoding: 'utf8' });
      rmSync(folder, { recursive: true });
      expect(`${check.stdout}${check.stderr}`).toContain('SUCCESS: 1 rules found');
      const text = await createUsedMetrics(false).read();
      const named = [...rules.matchAll(/expr: .*?(drawbridge_[a-z_]+)/g)].map(([, name]) => name);
      expect(named).not.toEqual([]);
      expect(named.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
    },
  );
});
