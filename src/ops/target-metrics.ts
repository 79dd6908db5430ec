/** Metrics of targets. Their label `target` is the name that an admin gave: there are few, and one has to be told from another. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { readOnce } from './read-once.ts';

export interface TargetPushSample {
  /** `wandb`, `scim`, `webhook`. */
  readonly kind: string;
  /** `done`, `retry`, `refused`, `parked`. */
  readonly outcome: string;
  /** Requests that it took. */
  readonly requests: number;
}

export interface TargetSample {
  readonly target: string;
  readonly kind: string;
  readonly lagChanges: number;
  readonly lagSeconds: number;
  readonly isFailing: boolean;
}

export type TargetSource = () => Promise<readonly TargetSample[]>;

export interface TargetMetrics {
  targetPush(sample: TargetPushSample): void;
  observeTargets(read: TargetSource): void;
}

export function createTargetMetrics(registry: Registry): TargetMetrics {
  let source: TargetSource = async () => [];
  const read = readOnce(() => source());
  const pushes = new Counter({
    name: 'drawbridge_target_pushes_total',
    help: 'Subjects that were pushed to targets, by how it went.',
    labelNames: ['kind', 'outcome'],
    registers: [registry],
  });
  const requests = new Counter({
    name: 'drawbridge_target_requests_total',
    help: 'Requests to targets; one that several subjects share counts once.',
    labelNames: ['kind'],
    registers: [registry],
  });
  const gauge = (name: string, help: string, pick: (sample: TargetSample) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['target', 'kind'],
      registers: [registry],
      async collect() {
        this.reset();
        // Of those that two organizations call alike, the worst is told.
        const samples = (await read()).toSorted((one, other) => pick(one) - pick(other));
        for (const sample of samples) this.set({ target: sample.target, kind: sample.kind }, pick(sample));
      },
    });
  gauge(
    'drawbridge_target_lag_changes',
    'Changes and subjects that did not reach the target yet.',
    ({ lagChanges }) => lagChanges,
  );
  gauge('drawbridge_target_lag_seconds', 'Age of the oldest of them.', ({ lagSeconds }) => lagSeconds);
  gauge('drawbridge_target_failing', '1 while nothing gets through to the target, else 0.', ({ isFailing }) =>
    isFailing ? 1 : 0,
  );
  return {
    targetPush: ({ kind, outcome, requests: count }) => {
      pushes.inc({ kind, outcome });
      requests.inc({ kind }, count);
    },
    observeTargets: (given) => {
      source = given;
    },
  };
}
