/**
 * MLflow: all experiments -> runs by user. It knows no teams, so the scope of an inventory says nothing here: what a person
 * ran is theirs wherever it lies. A run counts as theirs when its attribute `user_id` or its tag `mlflow.user` has their
 * name, or when Drawbridge handed it over from them. Handing over sets `mlflow.user`, and keeps the first author in
 * `drawbridge.original_user` and the one before in `drawbridge.previous_user`.
 */
import type { Handover, HandoverResult, Inventory, InventoryFailure, InventorySource, RunOwner } from './contract.ts';
import {
  deleteTag,
  type Experiment,
  isUnknownAttribute,
  listExperiments,
  type MlflowRun,
  ORIGINAL_USER_TAG,
  PREVIOUS_USER_TAG,
  quote,
  searchRuns,
  setTags,
  USER_TAG,
} from './mlflow-rest.ts';
import { type TrackerClient, TrackerError } from './tracker-client.ts';
import { type TrackerUserName, trackerNameOf } from './tracker-name.ts';

export interface MlflowParts {
  readonly client: TrackerClient;
  readonly userName: TrackerUserName;
}

/** Experiments in one search: servers take many, and a fault in one of them costs asking them one by one. */
const BATCH = 100;

/** @param apiKey `user:password` for basic authentication, else a bearer token */
export function mlflowAuthorization(apiKey: string): string {
  return apiKey.includes(':') ? `Basic ${Buffer.from(apiKey).toString('base64')}` : `Bearer ${apiKey}`;
}

interface Found {
  readonly experiments: readonly Experiment[];
  readonly runs: ReadonlyMap<string, MlflowRun>;
  readonly failures: readonly InventoryFailure[];
}

export function createMlflowSource({ client, userName }: MlflowParts): InventorySource {
  async function findRuns(user: string, signal: AbortSignal): Promise<Found> {
    const experiments = await listExperiments(client, signal);
    const runs = new Map<string, MlflowRun>();
    const failures: InventoryFailure[] = [];
    for (let start = 0; start < experiments.length; start += BATCH) {
      const batch = experiments.slice(start, start + BATCH);
      try {
        await collect(batch, user, runs, signal);
      } catch (error) {
        if (!isAnswer(error)) throw error;
        await collectEach(batch, user, runs, failures, signal);
      }
    }
    return { experiments, runs, failures };
  }

  async function collectEach(
    batch: readonly Experiment[],
    user: string,
    runs: Map<string, MlflowRun>,
    failures: InventoryFailure[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const experiment of batch) {
      try {
        await collect([experiment], user, runs, signal);
      } catch (error) {
        if (!isAnswer(error)) throw error;
        failures.push({ place: experiment.name, reason: error.message });
      }
    }
  }

  async function collect(
    batch: readonly Experiment[],
    user: string,
    runs: Map<string, MlflowRun>,
    signal: AbortSignal,
  ): Promise<void> {
    const ids = batch.map(({ id }) => id);
    const search = async (filter: string): Promise<void> => {
      for await (const page of searchRuns(client, ids, filter, signal)) for (const run of page) runs.set(run.id, run);
    };
    for (const tag of [USER_TAG, ORIGINAL_USER_TAG, PREVIOUS_USER_TAG])
      await search(`tags.\`${tag}\` = ${quote(user)}`);
    try {
      await search(`attributes.user_id = ${quote(user)}`);
    } catch (error) {
      // An old server: its clients set the tag, too.
      if (!isUnknownAttribute(error)) throw error;
    }
  }

  async function take(owner: RunOwner, _scope: unknown, signal: AbortSignal): Promise<Inventory> {
    const user = trackerNameOf(owner, userName);
    if (user === null) return { tracker: 'mlflow', trackerUser: null, projects: [], failures: [] };
    const { experiments, runs, failures } = await findRuns(user, signal);
    const names = new Map(experiments.map(({ id, name }) => [id, name]));
    const projects = [...Map.groupBy(runs.values(), (run) => run.experimentId)].map(([id, own]) => {
      const times = own.flatMap(({ startedAt }) => startedAt ?? []);
      return {
        ...{ team: null, project: names.get(id) ?? id, runs: own.length, runIds: own.map((run) => run.id) },
        firstRunAt: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
        lastRunAt: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
      };
    });
    return { tracker: 'mlflow', trackerUser: user, projects, failures };
  }

  async function handOver(handover: Handover, signal: AbortSignal): Promise<HandoverResult> {
    const [owner, heir] = [
      trackerNameOf(handover.owner, userName),
      handover.heir.kind === 'team' ? handover.heir.name : trackerNameOf(handover.heir.owner, userName),
    ];
    if (owner === null || heir === null) throw new TrackerError('answer', 'One of the two has no name at the tracker.');
    const { runs, failures } = await findRuns(owner, signal);
    const give = handover.undo ? takeBack : giveRun;
    const failed = [...failures];
    let changed = 0;
    let unchanged = 0;
    for (const run of runs.values()) {
      try {
        if (await give(client, run, owner, heir, signal)) changed += 1;
        else unchanged += 1;
      } catch (error) {
        if (!isAnswer(error)) throw error;
        failed.push({ place: run.id, reason: error.message });
      }
    }
    return { changed, unchanged, failures: failed };
  }

  return { kind: 'mlflow', take, handOver };
}

/** Only what is shown under the one who left: somebody may have given a run away by hand. */
async function giveRun(
  client: TrackerClient,
  run: MlflowRun,
  owner: string,
  heir: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (run.user !== null && run.user !== owner) return false;
  const tags = { [USER_TAG]: heir, [PREVIOUS_USER_TAG]: owner, [ORIGINAL_USER_TAG]: run.originalUser ?? owner };
  await setTags(client, run.id, tags, signal);
  return true;
}

/** The name first: a crash before the marks are gone leaves marks that the next try takes away. */
async function takeBack(
  client: TrackerClient,
  run: MlflowRun,
  owner: string,
  heir: string,
  signal: AbortSignal,
): Promise<boolean> {
  const isMarked = run.previousUser === owner || (run.previousUser === null && run.originalUser === owner);
  if (!isMarked || (run.user !== heir && run.user !== owner)) return false;
  if (run.user === heir) await setTags(client, run.id, { [USER_TAG]: owner }, signal);
  if (run.originalUser === owner) await deleteTag(client, run.id, ORIGINAL_USER_TAG, signal);
  if (run.previousUser !== null) await deleteTag(client, run.id, PREVIOUS_USER_TAG, signal);
  return true;
}

function isAnswer(error: unknown): error is TrackerError {
  return error instanceof TrackerError && error.fault === 'answer';
}
