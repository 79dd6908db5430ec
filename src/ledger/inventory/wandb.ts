/**
 * W&B Server: the teams that the person was in -> their projects -> runs by user name. It has no query for one user's runs
 * across projects, so each project is asked, first for a number and then, where there are runs, for their ids in pages.
 * Sources: facts of the public client (wandb-queries.ts). Runs cannot be given to somebody else over its API.
 */
import type { z } from 'zod';
import type {
  Inventory,
  InventoryFailure,
  InventoryScope,
  InventorySource,
  ProjectRuns,
  RunOwner,
} from './contract.ts';
import { type TrackerClient, TrackerError } from './tracker-client.ts';
import { type TrackerUserName, trackerNameOf } from './tracker-name.ts';
import {
  COUNT_RUNS,
  countAnswer,
  FIND_USER,
  GET_PROJECTS,
  graphqlAnswer,
  LIST_RUNS,
  projectsAnswer,
  runsAnswer,
  usersAnswer,
} from './wandb-queries.ts';

export interface WandbParts {
  readonly client: TrackerClient;
  /** Without the privileges of an admin, for servers that refuse those to other keys. */
  readonly plainClient: TrackerClient;
  /** How the person is named at the tracker, where it does not tell by their e-mail address. */
  readonly userName: TrackerUserName;
}

/** `Authorization` of its API: user name `api`, password the key. */
export function wandbAuthorization(apiKey: string): string {
  return `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`;
}

/** What the public client sends so that an admin of the server sees teams that they are not in. */
export const ADMIN_HEADERS = { 'use-admin-privileges': 'true' } as const;

type Ask = <T>(query: string, variables: object, answer: z.ZodType<T>) => Promise<T>;

export function createWandbSource({ client, plainClient, userName }: WandbParts): InventorySource {
  function asker(asking: TrackerClient, signal: AbortSignal): Ask {
    return async (query, variables, answer) => {
      const { data, errors } = graphqlAnswer.parse(await asking.post('/graphql', { query, variables }, signal));
      const [error] = errors ?? [];
      if (error !== undefined) throw new TrackerError('answer', `The tracker answered: ${error.message.slice(0, 200)}`);
      const parsed = answer.safeParse(data);
      if (parsed.success) return parsed.data;
      throw new TrackerError('answer', 'The tracker answered in a form that is not known.', { cause: parsed.error });
    };
  }

  async function take(owner: RunOwner, scope: InventoryScope, signal: AbortSignal): Promise<Inventory> {
    try {
      return await takeBy(asker(client, signal), owner, scope);
    } catch (error) {
      if (!(error instanceof TrackerError) || error.fault !== 'refused') throw error;
      return takeBy(asker(plainClient, signal), owner, scope);
    }
  }

  async function takeBy(ask: Ask, owner: RunOwner, scope: InventoryScope): Promise<Inventory> {
    const trackerUser = (await findByEmail(ask, owner)) ?? legalName(trackerNameOf(owner, userName));
    if (trackerUser === null) return { tracker: 'wandb', trackerUser: null, projects: [], failures: [] };
    // A person's own entity bears their name; where the server has none, it has no projects.
    const entities = scope.everywhere ? new Set([...scope.teams, trackerUser]) : new Set(scope.teams);
    const projects: ProjectRuns[] = [];
    const failures: InventoryFailure[] = [];
    for (const entity of entities) await takeEntity(ask, entity, trackerUser, projects, failures);
    return { tracker: 'wandb', trackerUser, projects, failures };
  }

  return { kind: 'wandb', take, handOver: undefined };
}

/** Only admins of the server may search; for others the configured form of the name has to do. */
async function findByEmail(ask: Ask, { email }: RunOwner): Promise<string | null> {
  if (email === null) return null;
  try {
    const { users } = await ask(FIND_USER, { query: email }, usersAnswer);
    const matches = (users?.edges ?? []).filter(({ node }) => node.email?.toLowerCase() === email.toLowerCase());
    return matches[0]?.node.username ?? null;
  } catch (error) {
    if (error instanceof TrackerError && error.fault === 'answer') return null;
    throw error;
  }
}

/** W&B user names: letters, digits, `_` and `-`. */
function legalName(name: string | null): string | null {
  return name !== null && /^[A-Za-z0-9_-]+$/.test(name) ? name : null;
}

async function takeEntity(
  ask: Ask,
  entity: string,
  user: string,
  projects: ProjectRuns[],
  failures: InventoryFailure[],
): Promise<void> {
  const names = await orFailure(entity, failures, () => listProjects(ask, entity));
  for (const project of names ?? []) {
    const runs = await orFailure(`${entity}/${project}`, failures, () => listRuns(ask, entity, project, user));
    if (runs !== undefined && runs.runs > 0) projects.push(runs);
  }
}

/** One project that fails does not hide the others; a tracker that cannot be asked at all does. */
async function orFailure<T>(
  place: string,
  failures: InventoryFailure[],
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof TrackerError) || error.fault !== 'answer') throw error;
    failures.push({ place, reason: error.message });
    return undefined;
  }
}

async function listProjects(ask: Ask, entity: string): Promise<readonly string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const { models }: z.infer<typeof projectsAnswer> = await ask(GET_PROJECTS, { entity, cursor }, projectsAnswer);
    names.push(...(models?.edges ?? []).map(({ node }) => node.name));
    cursor = models?.pageInfo.hasNextPage === true ? (models.pageInfo.endCursor ?? null) : null;
  } while (cursor !== null);
  return names;
}

async function listRuns(ask: Ask, entity: string, project: string, user: string): Promise<ProjectRuns> {
  const filters = JSON.stringify({ username: user });
  const place = { entity, project, filters };
  const counted = (await ask(COUNT_RUNS, place, countAnswer)).project?.runCount ?? 0;
  // A map: a run that is added while pages are turned can push another one onto the next page.
  const runs = new Map<string, number>();
  let cursor: string | null = null;
  while (counted > 0) {
    const answer: z.infer<typeof runsAnswer> = await ask(LIST_RUNS, { ...place, cursor }, runsAnswer);
    const page = answer.project?.runs;
    for (const { node } of page?.edges ?? []) runs.set(node.name, toTime(node.createdAt));
    cursor = page?.pageInfo.hasNextPage === true ? (page.pageInfo.endCursor ?? null) : null;
    if (cursor === null) break;
  }
  if (runs.size < counted)
    throw new TrackerError('answer', `The tracker counts ${counted} runs and lists ${runs.size}.`);
  const times = [...runs.values()];
  return {
    ...{ team: entity, project, runs: runs.size, runIds: [...runs.keys()] },
    firstRunAt: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    lastRunAt: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
  };
}

/** W&B leaves the zone out: its times are UTC. */
function toTime(text: string): number {
  return Date.parse(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
}
