/** What should be there (an inventory on record) against what is there now. */
import type { JsonObject } from '../../schema/json.ts';
import type { Inventory, ProjectRuns } from './contract.ts';
import { type RecordedProject, toFailures } from './recorded.ts';
import { compareRuns, type RunDigest } from './run-digest.ts';

export interface Comparison {
  /** `failed`: some places could not be asked, and nothing is missing in the others. */
  readonly result: 'complete' | 'missing' | 'failed';
  readonly expected: number;
  readonly missing: number;
  /** For the entry: only the projects with something missing. */
  readonly details: JsonObject;
}

/** Ids that go on record, when the list was kept. */
const MAX_IDS = 100;

export function compareInventories(
  projects: readonly RecordedProject[],
  digests: readonly RunDigest[],
  now: Inventory,
): Comparison {
  const found = new Map(now.projects.map((project) => [placeOf(project), project]));
  const failed = new Set(now.failures.map(({ place }) => place));
  let [expected, missing] = [0, 0];
  const lacking: JsonObject[] = [];
  for (const [number, project] of projects.entries()) {
    // Not asked is not missing.
    if (failed.has(placeOf(project)) || failed.has(project.team ?? '')) continue;
    const kept = digests[number] ?? { fingerprints: null, runIds: null };
    const present = found.get(placeOf(project));
    const difference = compareRuns(
      { ...kept, runs: project.runs },
      { runs: present?.runs ?? 0, runIds: present === undefined ? [] : present.runIds },
    );
    expected += project.runs;
    missing += difference.missing;
    if (difference.missing > 0) lacking.push(toLacking(project, difference));
  }
  const result = missing > 0 ? 'missing' : now.failures.length > 0 ? 'failed' : 'complete';
  const details = { result, expected, missing, projects: lacking, failures: toFailures(now.failures) };
  return { result, expected, missing, details };
}

function placeOf({ team, project }: Pick<ProjectRuns, 'team' | 'project'>): string {
  return team === null ? project : `${team}/${project}`;
}

function toLacking(
  { team, project, runs }: RecordedProject,
  { missing, missingIds }: ReturnType<typeof compareRuns>,
): JsonObject {
  const ids = missingIds === null ? {} : { runIds: missingIds.slice(0, MAX_IDS) };
  return { team, project, expected: runs, missing, ...ids };
}
