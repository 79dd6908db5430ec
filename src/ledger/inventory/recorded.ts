/** From what a tracker told to what is kept of it: the details of an entry, and the digests that stand beside the chain. */
import type { JsonObject } from '../../schema/json.ts';
import { sha256 } from '../entry.ts';
import type { Inventory, InventoryFailure, ProjectRuns } from './contract.ts';
import { digestOf, digestRuns, type RunDigest } from './run-digest.ts';

/** A project in the details of an `inventory_taken` entry. */
export interface RecordedProject {
  readonly team: string | null;
  readonly project: string;
  readonly runs: number;
  /** ISO 8601; null: not told. */
  readonly firstRunAt: string | null;
  readonly lastRunAt: string | null;
  /** SHA-256 of the sorted ids; null where only a number was told. */
  readonly digest: string | null;
  /** SHA-256 of the fingerprints that stand beside the chain. */
  readonly fingerprints: string | null;
}

export interface RecordedInventory {
  readonly details: JsonObject;
  readonly digests: readonly RunDigest[];
}

export function recordInventory(inventory: Inventory, keepIds: boolean): RecordedInventory {
  const projects = inventory.projects.toSorted(byPlace);
  const digests = projects.map(({ runIds }) =>
    runIds === null ? { fingerprints: null, runIds: null } : digestRuns(runIds, keepIds),
  );
  const recorded = projects.map((project, number) => toRecorded(project, digests[number]));
  const first = projects.flatMap(({ firstRunAt }) => firstRunAt ?? []);
  const last = projects.flatMap(({ lastRunAt }) => lastRunAt ?? []);
  const details = {
    tracker: inventory.tracker,
    known: inventory.trackerUser !== null || inventory.tracker === 'reported',
    runs: projects.reduce((sum, { runs }) => sum + runs, 0),
    firstRunAt: toIso(first.length === 0 ? null : Math.min(...first)),
    lastRunAt: toIso(last.length === 0 ? null : Math.max(...last)),
    projects: recorded.map((project) => ({ ...project })),
    failures: toFailures(inventory.failures),
  };
  return { details, digests };
}

export function toFailures(failures: readonly InventoryFailure[]): readonly JsonObject[] {
  return failures.map(({ place, reason }) => ({ place, reason }));
}

function toRecorded(project: ProjectRuns, digest: RunDigest | undefined): RecordedProject {
  const { team, project: name, runs, firstRunAt, lastRunAt, runIds } = project;
  return {
    ...{ team, project: name, runs, firstRunAt: toIso(firstRunAt), lastRunAt: toIso(lastRunAt) },
    digest: runIds === null ? null : digestOf(runIds),
    fingerprints: digest?.fingerprints == null ? null : sha256(digest.fingerprints),
  };
}

export function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** The same inventory is recorded the same, in whatever order a tracker lists. */
function byPlace(a: ProjectRuns, b: ProjectRuns): number {
  const [left, right] = [`${a.team ?? ''}/${a.project}`, `${b.team ?? ''}/${b.project}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
