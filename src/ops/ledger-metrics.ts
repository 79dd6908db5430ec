/** What the ledger tells Prometheus: whether inventories come in, and whether what was to be kept is still there. */
import { Gauge, type Registry } from 'prom-client';

/** Over all organizations. */
export interface LedgerSample {
  readonly entries: number;
  /** People and memberships that are gone and did not come back. */
  readonly left: number;
  readonly holds: number;
  /** Removals by what is known of their runs; `none`: nobody was asked, or nobody has answered yet. */
  readonly inventories: Readonly<Record<string, number>>;
  readonly runsKept: number;
  readonly runsMissing: number;
  /** Epoch milliseconds; null: nothing to look at. */
  readonly oldestVerifiedAt: number | null;
  /** Organizations whose chain did not hold when it was walked last. */
  readonly brokenChains: number;
}

export function createLedgerGauges(registry: Registry, read: () => Promise<LedgerSample>, now: () => number): void {
  const gauge = (name: string, help: string, value: (sample: LedgerSample) => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        this.set(value(await read()));
      },
    });
  gauge('drawbridge_ledger_entries', 'Entries of the ledger.', ({ entries }) => entries);
  gauge('drawbridge_ledger_open_removals', 'Removals of people who did not come back.', ({ left }) => left);
  gauge('drawbridge_ledger_holds', 'Removals under a legal hold.', ({ holds }) => holds);
  gauge('drawbridge_ledger_runs_kept', 'Runs that people left behind.', ({ runsKept }) => runsKept);
  gauge(
    'drawbridge_ledger_runs_missing',
    'Of them, runs that the tracker has no more.',
    (sample) => sample.runsMissing,
  );
  gauge(
    'drawbridge_ledger_broken_chains',
    'Organizations whose ledger did not hold when it was checked last.',
    (sample) => sample.brokenChains,
  );
  gauge(
    'drawbridge_ledger_verification_age_seconds',
    'The longest ago that the tracker was asked for runs that are kept.',
    ({ oldestVerifiedAt }) => (oldestVerifiedAt === null ? 0 : (now() - oldestVerifiedAt) / 1000),
  );
  new Gauge({
    name: 'drawbridge_ledger_inventories',
    help: 'Removals by the state of their inventory.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const [state, count] of Object.entries((await read()).inventories)) this.set({ state }, count);
    },
  });
}
