/**
 * A stand-in for W&B Server, which cannot be had here: a real HTTP server that executes real GraphQL over the schema of
 * fake-wandb-schema.ts, with paging, and with faults that a test sets.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { graphql } from 'graphql';
import { fakeWandbSchema } from './fake-wandb-schema.ts';

export interface FakeRun {
  readonly name: string;
  readonly user: string;
  readonly createdAt: number;
}

interface FakeUser {
  readonly username: string;
  readonly email: string;
}

export interface FakeWandbFaults {
  /** Requests that are answered 429 before the next is served. */
  tooMany: number;
  /** Seconds in their Retry-After; null: the header is left out. */
  retryAfter: number | null;
  /** Requests that get no answer. */
  hang: number;
  /** Every request is answered 502 while this is set. */
  down: boolean;
  /** `entity/project` whose runs cannot be read. */
  readonly broken: Set<string>;
  /** Searching for people is for admins of the server. */
  maySearchUsers: boolean;
  /** The key is not an admin's, and the server refuses whoever asks with the privileges of one. */
  refusesAdmins: boolean;
}

export interface FakeWandb {
  readonly url: string;
  readonly apiKey: string;
  readonly faults: FakeWandbFaults;
  /** Every request that was served, by operation name. */
  readonly requests: string[];
  /** Called before each request is executed, so that a test can stop in the middle. */
  onRequest: (operation: string) => Promise<void> | void;
  addUser(user: FakeUser): void;
  addProject(entity: string, project: string, runs: readonly FakeRun[]): void;
  /** Runs that somebody deletes at the tracker. */
  dropRuns(entity: string, project: string, isDropped: (run: FakeRun, index: number) => boolean): void;
  dropProject(entity: string, project: string): void;
  stop(): Promise<void>;
}

/** The server's own limit; clients that ask for more get this many. */
const MAX_PAGE = 1000;

interface PageOptions {
  readonly first?: number;
  readonly after?: string | null;
}

function connection<T>(items: readonly T[], { first = 50, after }: PageOptions) {
  const start = after == null ? 0 : Number(Buffer.from(after, 'base64').toString().slice(7)) + 1;
  const end = Math.min(items.length, start + Math.min(first, MAX_PAGE));
  const edges = items.slice(start, end).map((node, index) => ({
    node,
    cursor: Buffer.from(`offset:${start + index}`).toString('base64'),
  }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: end < items.length } };
}

export async function startFakeWandb(apiKey = 'k'.repeat(40)): Promise<FakeWandb> {
  const users: FakeUser[] = [];
  const entities = new Map<string, Map<string, FakeRun[]>>();
  const faults: FakeWandbFaults = {
    ...{
      tooMany: 0,
      retryAfter: 0,
      hang: 0,
      down: false,
      broken: new Set<string>(),
      maySearchUsers: true,
      refusesAdmins: false,
    },
  };
  const requests: string[] = [];

  function runsOf(runs: readonly FakeRun[], filters: string | undefined): readonly FakeRun[] {
    const { username, ...others } = JSON.parse(filters ?? '{}') as { username?: string };
    if (Object.keys(others).length > 0) throw new Error('This stand-in knows the filter username only.');
    return username === undefined ? runs : runs.filter(({ user }) => user === username);
  }

  function toProject(entityName: string, name: string, runs: readonly FakeRun[]) {
    const check = (): void => {
      if (faults.broken.has(`${entityName}/${name}`)) throw new Error('internal error: shard is not available');
    };
    return {
      ...{ id: `${entityName}/${name}`, name, entityName },
      runCount({ filters }: { filters?: string }) {
        check();
        return runsOf(runs, filters).length;
      },
      runs({ filters, ...page }: PageOptions & { filters?: string }) {
        check();
        return connection(runsOf(runs, filters).map(toRun), page);
      },
    };
  }

  const root = {
    users({ query = '', ...page }: PageOptions & { query?: string }) {
      if (!faults.maySearchUsers) throw new Error('permission denied');
      // Loosely, as the real search does: parts of an address match, too.
      const found = users.filter(({ email, username }) =>
        `${email} ${username}`.toLowerCase().includes(query.toLowerCase()),
      );
      return connection(
        found.map((user) => ({ ...user, id: user.username, name: user.username })),
        page,
      );
    },
    models({ entityName = '', ...page }: PageOptions & { entityName?: string }) {
      const projects = [...(entities.get(entityName) ?? [])];
      return connection(
        projects.map(([name, runs]) => toProject(entityName, name, runs)),
        page,
      );
    },
    project({ name, entityName }: { name: string; entityName: string }) {
      const runs = entities.get(entityName)?.get(name);
      return runs === undefined ? null : toProject(entityName, name, runs);
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const wanted = `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`;
    if (request.url !== '/graphql' || request.method !== 'POST') return answer(404, {});
    if (request.headers.authorization !== wanted)
      return answer(401, { errors: [{ message: 'user is not logged in' }] });
    if (faults.refusesAdmins && request.headers['use-admin-privileges'] !== undefined)
      return answer(403, { errors: [{ message: 'permission denied' }] });
    if (faults.hang > 0) {
      faults.hang -= 1;
      return undefined;
    }
    if (faults.down) return answer(502, {});
    if (faults.tooMany > 0) {
      faults.tooMany -= 1;
      return answer(429, {}, faults.retryAfter === null ? {} : { 'retry-after': String(faults.retryAfter) });
    }
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as {
      query: string;
      variables: Record<string, unknown>;
    };
    const operation = /^query (\w+)/.exec(query)?.[1] ?? 'unnamed';
    requests.push(operation);
    await fake.onRequest(operation);
    const result = await graphql({
      ...{ schema: fakeWandbSchema, source: query, rootValue: root, variableValues: variables },
    });
    return answer(200, result);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeWandb = {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey, faults, requests },
    onRequest: () => undefined,
    addUser: (user) => void users.push(user),
    addProject(entity, project, runs) {
      const projects = entities.get(entity) ?? new Map<string, FakeRun[]>();
      entities.set(entity, projects.set(project, [...(projects.get(project) ?? []), ...runs]));
    },
    dropRuns(entity, project, isDropped) {
      const runs = entities.get(entity)?.get(project) ?? [];
      entities.get(entity)?.set(
        project,
        runs.filter((run, index) => !isDropped(run, index)),
      );
    },
    dropProject: (entity, project) => void entities.get(entity)?.delete(project),
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return fake;
}

/** W&B writes times without a zone. */
function toRun({ name, user, createdAt }: FakeRun) {
  const time = new Date(createdAt).toISOString().replace('Z', '');
  return { id: name, name, displayName: `run ${name}`, createdAt: time, state: 'finished', user: { username: user } };
}

/** As many runs of one person, a minute apart. */
export function fakeRuns(user: string, count: number, prefix = user): FakeRun[] {
  const first = Date.UTC(2025, 0, 1);
  return Array.from({ length: count }, (_, index) => ({
    ...{ name: `${prefix}${index.toString(36).padStart(5, '0')}`, user, createdAt: first + index * 60_000 },
  }));
}
