/** What targets are given, and how they are started. */
import { randomBytes } from 'node:crypto';
import { runWork } from '../directory/work.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { TargetSample } from '../ops/target-metrics.ts';
import type { TargetParts } from '../targets/parts.ts';
import { createTargetRunner, type TargetRunner } from '../targets/runner.ts';
import { createSecretBox } from '../targets/secret-box.ts';
import { statusOf } from '../targets/status.ts';
import { countRequests, type PushTold } from '../targets/subject-worker.ts';
import type { Target } from '../targets/target.ts';
import { pauseClosedTarget } from '../targets/targets.ts';
import type { Core } from './core.ts';
import type { StartWorker } from './start-worker.ts';

/** The key in the database opens what was sealed before SECRETS_KEY was set. */
export async function createTargetParts({ config, store, directory }: Core): Promise<TargetParts> {
  const kept = await store.settings.getOrMake('secrets-key', () => randomBytes(32).toString('hex'));
  const keys = [...config.targets.secretsKeys, kept].map((key) => Buffer.from(key, 'hex'));
  return {
    store,
    box: createSecretBox(keys),
    networks: config.targets.networks,
    now: directory.now,
    newId: directory.newId,
    random: Math.random,
  };
}

export async function startTargets(
  core: Core,
  log: Logger,
  metrics: Metrics,
  startWorker: StartWorker,
): Promise<TargetRunner> {
  const parts = await createTargetParts(core);
  metrics.observeTargets(() => sampleTargets(parts));
  await warnOfKey(core, log);
  return createTargetRunner({
    ...parts,
    startWorker,
    pause: createPause(core, parts),
    onPush: (told) => tell(told, log, metrics),
    onError: (error, target) => log.error({ err: error, target: target?.name }, 'a target could not be followed'),
  });
}

/** On record, in nobody's name: the target asked for it. */
export function createPause(
  { directory }: Core,
  parts: TargetParts,
): (target: Target, reason: string) => Promise<void> {
  const actor = { kind: 'system', id: null, name: 'targets' } as const;
  return (target, reason) =>
    runWork(directory, { organizationId: target.organizationId, actor, exchangeId: null, reason }, (work) =>
      pauseClosedTarget(parts, work, target, reason),
    );
}

async function warnOfKey({ config, store }: Core, log: Logger): Promise<void> {
  if (config.targets.secretsKeys.length > 0 || (await store.targets.all(store.reader)).length === 0) return;
  log.warn('SECRETS_KEY is not set: the key of the secrets of targets lies in the same database as they do');
}

export async function sampleTargets(parts: TargetParts): Promise<readonly TargetSample[]> {
  const targets = await parts.store.targets.all(parts.store.reader);
  return Promise.all(
    targets.map(async (target) => {
      const { lagChanges, lagSeconds, failing } = await statusOf(parts, target);
      return { target: target.name, kind: target.kind, lagChanges, lagSeconds, isFailing: failing !== null };
    }),
  );
}

/** `requestId` is the exchange that caused it: one id finds the way from an identity provider to a target's answer. */
function tell(told: PushTold, log: Logger, metrics: Metrics): void {
  const { target, subject, cause, outcome, reason, requests, durationMs } = told;
  metrics.targetPush({ kind: target.kind, outcome, requests: countRequests(requests) });
  const line = {
    requestId: cause?.exchangeId ?? undefined,
    ...{
      target: target.name,
      kind: target.kind,
      subject: `${subject.type}:${subject.id}`,
      outcome,
      durationMs,
      // Filters hold addresses of people.
      requests: requests.map((request) => request.replace(/\?.*(?= (\d{3}|failed:))/, '?...')),
    },
    ...(reason === null ? {} : { reason }),
  };
  if (outcome === 'done') log.info(line, 'target brought in step');
  else log.warn(line, outcome === 'retry' ? 'target cannot be reached now' : 'target refused a subject');
}
