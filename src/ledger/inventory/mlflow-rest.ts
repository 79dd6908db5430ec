/**
 * The parts of MLflow's REST API 2.0 that an inventory needs, on old and current servers
 * (https://mlflow.org/docs/latest/rest-api.html). Servers before 1.28 have no `experiments/search`, and those before 1.30
 * cannot search by `attributes.user_id`.
 */
import { z } from 'zod';
import { type TrackerClient, TrackerError } from './tracker-client.ts';

export interface MlflowRun {
  readonly id: string;
  readonly experimentId: string;
  readonly startedAt: number | null;
  /** `mlflow.user`: whom the run is shown under. */
  readonly user: string | null;
  /** Who it was before the first hand-over by Drawbridge, and before the last. */
  readonly originalUser: string | null;
  readonly previousUser: string | null;
}

export interface Experiment {
  readonly id: string;
  readonly name: string;
}

export const USER_TAG = 'mlflow.user';
export const ORIGINAL_USER_TAG = 'drawbridge.original_user';
export const PREVIOUS_USER_TAG = 'drawbridge.previous_user';

const BASE = '/api/2.0/mlflow';
const PAGE = 1000;

const experimentsAnswer = z.object({
  experiments: z.array(z.object({ experiment_id: z.string(), name: z.string() })).optional(),
  next_page_token: z.string().optional(),
});

const runsAnswer = z.object({
  runs: z
    .array(
      z.object({
        info: z.object({
          run_id: z.string().optional(),
          /** Servers before 1.0. */
          run_uuid: z.string().optional(),
          experiment_id: z.string(),
          start_time: z.union([z.number(), z.string()]).optional(),
        }),
        data: z.object({ tags: z.array(z.object({ key: z.string(), value: z.string() })).optional() }).optional(),
      }),
    )
    .optional(),
  next_page_token: z.string().optional(),
});

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TrackerError('answer', 'The tracker answered in a form that is not known.', { cause: parsed.error });
}

/** A string in MLflow's filter language. It knows no escapes, so a name with both kinds of quotes cannot be asked for. */
export function quote(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  throw new TrackerError('answer', 'The name has both kinds of quotes, which the tracker cannot search for.');
}

export async function listExperiments(client: TrackerClient, signal: AbortSignal): Promise<readonly Experiment[]> {
  try {
    return await pagesOf(async (token) => {
      const body = { max_results: PAGE, view_type: 'ALL', ...(token === undefined ? {} : { page_token: token }) };
      return client.post(`${BASE}/experiments/search`, body, signal);
    });
  } catch (error) {
    if (!isMissingEndpoint(error)) throw error;
  }
  return pagesOf((token) => {
    const query = new URLSearchParams({ view_type: 'ALL', ...(token === undefined ? {} : { page_token: token }) });
    return client.get(`${BASE}/experiments/list?${query}`, signal);
  });
}

async function pagesOf(ask: (token: string | undefined) => Promise<unknown>): Promise<readonly Experiment[]> {
  const found: Experiment[] = [];
  let token: string | undefined;
  do {
    const page = parse(experimentsAnswer, await ask(token));
    for (const { experiment_id: id, name } of page.experiments ?? []) found.push({ id, name });
    token = page.next_page_token === '' ? undefined : page.next_page_token;
  } while (token !== undefined);
  return found;
}

/** Not deleted runs of some experiments that match a filter. @yields page by page */
export async function* searchRuns(
  client: TrackerClient,
  experimentIds: readonly string[],
  filter: string,
  signal: AbortSignal,
): AsyncGenerator<readonly MlflowRun[]> {
  let token: string | undefined;
  do {
    const body = {
      ...{ experiment_ids: experimentIds, filter, run_view_type: 'ACTIVE_ONLY', max_results: PAGE },
      ...(token === undefined ? {} : { page_token: token }),
    };
    const page = parse(runsAnswer, await client.post(`${BASE}/runs/search`, body, signal));
    yield (page.runs ?? []).map(toRun);
    token = page.next_page_token === '' ? undefined : page.next_page_token;
  } while (token !== undefined);
}

function toRun({ info, data }: NonNullable<z.infer<typeof runsAnswer>['runs']>[number]): MlflowRun {
  const tag = (key: string): string | null => data?.tags?.find((each) => each.key === key)?.value ?? null;
  return {
    id: info.run_id ?? info.run_uuid ?? '',
    experimentId: info.experiment_id,
    startedAt: info.start_time === undefined ? null : Number(info.start_time),
    user: tag(USER_TAG),
    originalUser: tag(ORIGINAL_USER_TAG),
    previousUser: tag(PREVIOUS_USER_TAG),
  };
}

/** All or none. */
export async function setTags(
  client: TrackerClient,
  runId: string,
  tags: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
  await client.post(`${BASE}/runs/log-batch`, { run_id: runId, metrics: [], params: [], tags: list }, signal);
}

export async function deleteTag(client: TrackerClient, runId: string, key: string, signal: AbortSignal): Promise<void> {
  await client.post(`${BASE}/runs/delete-tag`, { run_id: runId, key }, signal);
}

/** An endpoint that this server does not have yet. */
function isMissingEndpoint(error: unknown): boolean {
  return (
    error instanceof TrackerError &&
    (error.status === 404 || error.status === 405 || error.code === 'ENDPOINT_NOT_FOUND')
  );
}

/** A server that cannot search by this attribute says that the parameter is invalid. */
export function isUnknownAttribute(error: unknown): boolean {
  return error instanceof TrackerError && error.status === 400 && (error.code ?? '') !== 'RESOURCE_DOES_NOT_EXIST';
}
