/**
 * What Prometheus may read: counters, gauges and one histogram, in a registry of our own.
 * Owns names and units. Does not own when something is counted: doors, store and jobs call the typed methods.
 * Labels have few values each; never an id, a name or an address.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { JobResult, QueueCount } from '../jobs/job.ts';
import type { ChangeKind } from '../synclog/change.ts';
import { createLedgerGauges, type LedgerSample } from './ledger-metrics.ts';
import { readOnce } from './read-once.ts';
import { createTargetMetrics, type TargetPushSample, type TargetSource } from './target-metrics.ts';

/** prom-client's own; each is there a second time, by kind, under a name that follows the conventions. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

function observeProcess(register: Registry): void {
  collectDefaultMetrics({ register });
  for (const name of MISNAMED) register.removeSingleMetric(name);
}

export interface ScimRequestSample {
  /** `users.create`, `groups.patch`, ...: the operation of the exchange. */
  readonly operation: string;
  readonly status: number;
  /** `okta`, `entra`, ...; `none` when no token matched. */
  readonly dialect: string;
  readonly durationSeconds: number;
  /** Codes of the repairs that were made. */
  readonly repairs: readonly string[];
}

export interface ApiRequestSample {
  /** `connections.create`, ...: the id of the endpoint; `unknown` where none fits. */
  readonly operation: string;
  readonly status: number;
  readonly durationSeconds: number;
}

export interface SignInSample {
  /** `oidc`, `saml`, `ldap`, `email`, `invite`, `setup` */
  readonly connector: string;
  readonly outcome: 'signed_in' | 'linked' | 'created' | 'refused' | 'slowed';
}

/** Values that are asked for when somebody reads the metrics. */
export interface MetricSources {
  /** Writes that wait for a commit. */
  readonly storeQueueLength: () => number;
  /** Exchanges that wait to be written. */
  readonly exchangesPending: () => number;
  /** Jobs that wait or are parked. */
  readonly jobCounts: () => Promise<readonly QueueCount[]>;
  readonly ledger: () => Promise<LedgerSample>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Metrics {
  scimRequest(sample: ScimRequestSample): void;
  apiRequest(sample: ApiRequestSample): void;
  signIn(sample: SignInSample): void;
  change(kind: ChangeKind): void;
  /** Durable commits, and the writes that they held, since the last call. */
  storeCommits(commits: number, writes: number): void;
  exchangesDropped(count: number): void;
  /** A job of a queue was tried; of `target:<id>` only `target` is told. */
  jobResult(queue: string, result: JobResult['kind']): void;
  /** A subject was pushed to a target, or an event delivered: how it went. */
  targetPush(sample: TargetPushSample): void;
  /** Connects the gauges of targets. */
  observeTargets(read: TargetSource): void;
  /** Connects the gauges; before it they read 0. */
  observe(sources: MetricSources): void;
  /** Prometheus text format. */
  read(): Promise<string>;
  readonly contentType: string;
}

/** The bounds tell a request on warm rows (a millisecond or two) from one that waited for a disk or a lock. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface MetricsOptions {
  readonly version: string;
  /** Node's own metrics too (default: yes). */
  readonly withProcess?: boolean;
}

export function createMetrics({ version, withProcess = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  const counters = createCounters(registry);
  const scimDuration = new Histogram({
    name: 'drawbridge_scim_request_duration_seconds',
    help: 'Time from the first byte of a SCIM request to its answer.',
    labelNames: ['operation'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  });
  // Looking a child up by its labels costs more than counting; there are few.
  const requestsOf = remember((operation: string, status: number, dialect: string) =>
    counters.scimRequests.labels({ operation, status: String(status), dialect }),
  );
  const durationOf = remember((operation: string) => scimDuration.labels({ operation }));
  const apiDuration = new Histogram({
    name: 'drawbridge_api_request_duration_seconds',
    help: 'Time from the first byte of a request to the JSON API to its answer.',
    labelNames: ['operation'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [registry],
  });
  const observe = createGauges(registry, version);
  if (withProcess) observeProcess(registry);
  return {
    scimRequest: ({ operation, status, dialect, durationSeconds, repairs }) => {
      requestsOf(operation, status, dialect).inc();
      durationOf(operation).observe(durationSeconds);
      for (const code of repairs) counters.repairs.inc({ code });
    },
    apiRequest: ({ operation, status, durationSeconds }) => {
      counters.apiRequests.inc({ operation, status: String(status) });
      apiDuration.observe({ operation }, durationSeconds);
    },
    signIn: ({ connector, outcome }) => counters.signIns.inc({ connector, outcome }),
    change: (kind) => counters.changes.inc({ kind }),
    storeCommits: (commits, writes) => {
      counters.commits.inc(commits);
      counters.writes.inc(writes);
    },
    exchangesDropped: (count) => counters.dropped.inc(count),
    jobResult: (queue, result) => counters.jobs.inc({ queue: kindOf(queue), result }),
    ...createTargetMetrics(registry),
    observe,
    read: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function createCounters(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames, registers: [registry] });
  return {
    scimRequests: counter('drawbridge_scim_requests_total', 'SCIM requests answered.', [
      'operation',
      'status',
      'dialect',
    ]),
    apiRequests: counter('drawbridge_api_requests_total', 'Requests to the JSON API answered.', [
      'operation',
      'status',
    ]),
    signIns: counter('drawbridge_sign_ins_total', 'Tries to sign in, by how they ended.', ['connector', 'outcome']),
    repairs: counter('drawbridge_scim_repairs_total', 'Repairs of odd SCIM requests.', ['code']),
    changes: counter('drawbridge_changes_total', 'Facts that changed.', ['kind']),
    commits: counter('drawbridge_store_commits_total', 'Commits to the database.', []),
    writes: counter('drawbridge_store_writes_total', 'Writes in those commits.', []),
    dropped: counter(
      'drawbridge_exchanges_dropped_total',
      'Exchanges that were not recorded: too many waited, or too many came without a known token.',
      [],
    ),
    jobs: counter('drawbridge_jobs_total', 'Tries of background work, by how they ended.', ['queue', 'result']),
  };
}

/** `target:<id>` -> `target`: labels hold no ids. */
function kindOf(queue: string): string {
  return queue.split(':', 1)[0] ?? queue;
}

function createGauges(registry: Registry, version: string): (sources: MetricSources) => void {
  let sources: MetricSources = {
    storeQueueLength: () => 0,
    exchangesPending: () => 0,
    jobCounts: async () => [],
    ledger: async () => ({
      ...{ entries: 0, left: 0, holds: 0, inventories: {}, runsKept: 0, runsMissing: 0, oldestVerifiedAt: null },
      brokenChains: 0,
    }),
    now: Date.now,
  };
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('drawbridge_store_queue_length', 'Writes that wait for a commit.', () => sources.storeQueueLength());
  gauge('drawbridge_exchanges_pending', 'Exchanges that wait to be recorded.', () => sources.exchangesPending());
  createJobGauges(registry, () => sources);
  createLedgerGauges(
    registry,
    readOnce(() => sources.ledger()),
    () => sources.now(),
  );
  new Gauge({
    name: 'drawbridge_build_info',
    help: 'Version of Drawbridge and of Node; always 1.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1);
  return (given) => {
    sources = given;
  };
}

function createJobGauges(registry: Registry, sources: () => MetricSources): void {
  new Gauge({
    name: 'drawbridge_jobs',
    help: 'Background work that waits (due) or was given up (parked).',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { queue, state, count } of await sources().jobCounts())
        this.inc({ queue: kindOf(queue), state }, count);
    },
  });
  new Gauge({
    name: 'drawbridge_jobs_overdue_seconds',
    help: 'How long the oldest work that is due has been waiting.',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      this.reset();
      const { jobCounts, now } = sources();
      const oldest = new Map<string, number>();
      for (const { queue, state, oldestDueAt } of await jobCounts()) {
        if (state !== 'due') continue;
        const seconds = Math.max(0, (now() - oldestDueAt) / 1000);
        oldest.set(kindOf(queue), Math.max(oldest.get(kindOf(queue)) ?? 0, seconds));
      }
      for (const [queue, seconds] of oldest) this.set({ queue }, seconds);
    },
  });
}

/** Keeps what `make` gave for each combination of arguments. */
function remember<A extends readonly (string | number)[], R>(make: (...args: A) => R): (...args: A) => R {
  const known = new Map<string, R>();
  return (...args) => {
    const key = args.join(' ');
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(...args);
    known.set(key, made);
    return made;
  };
}
