/** Metrics of targets. Their label `target` is the name that an admin gave: there are few, and one has to be told from another. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface TargetPushSample {
  /** `wandb`, `scim`, `webhook`. */
  readonly kind: string;
  /** `done`, `retry`, `refused`, `parked`. */
  readonly outcome: string;
  /** Requests that it took. */
  readonly requests: number;
}

export interface TargetLag {
  readonly target: string;
  readonly kind: string;
  readonly changes: number;
  readonly seconds: number;
}

export type TargetLagSource = () => Promise<readonly TargetLag[]>;

export interface TargetMetrics {
  targetPush(sample: TargetPushSample): void;
  observeTargets(lags: TargetLagSource): void;
}

export function createTargetMetrics(registry: Registry): TargetMetrics {
  let lags: TargetLagSource = async () => [];
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
  const gauge = (name: string, help: string, pick: (lag: TargetLag) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['target', 'kind'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const lag of await lags()) this.set({ target: lag.target, kind: lag.kind }, pick(lag));
      },
    });
  gauge(
    'drawbridge_target_lag_changes',
    'Changes and subjects that did not reach the target yet.',
    ({ changes }) => changes,
  );
  gauge('drawbridge_target_lag_seconds', 'Age of the oldest of them.', ({ seconds }) => seconds);
  return {
    targetPush: ({ kind, outcome, requests: count }) => {
      pushes.inc({ kind, outcome });
      requests.inc({ kind }, count);
    },
    observeTargets: (given) => {
      lags = given;
    },
  };
}
