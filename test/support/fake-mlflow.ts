/**
 * A stand-in for MLflow's tracking server: the documented REST paths that an inventory and its tests use, nothing more
 * (https://mlflow.org/docs/latest/rest-api.html). Tests fill it over the same paths, so that a real server can take its
 * place: set MLFLOW_TEST_URL. `old` is a server before 1.28: no experiments/search, no search by attributes.user_id.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeMlflow {
  readonly url: string;
  readonly faults: {
    /** Experiments whose runs cannot be searched. */
    readonly broken: Set<string>;
    /** Runs whose tags cannot be written. */
    readonly locked: Set<string>;
  };
  readonly requests: string[];
  stop(): Promise<void>;
}

interface Run {
  readonly info: {
    readonly run_id: string;
    readonly experiment_id: string;
    readonly user_id: string;
    readonly start_time: number;
    lifecycle_stage: string;
  };
  readonly tags: Map<string, string>;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Body = Record<string, unknown>;

const invalid = (message: string): Refusal => new Refusal(400, 'INVALID_PARAMETER_VALUE', message);

/** `tags.`key` = 'value'` or `attributes.user_id = 'value'`. */
function parseFilter(filter: string, isOld: boolean): (run: Run) => boolean {
  const match = /^(?:tags\.`([^`]+)`|attributes\.(\w+)) = (?:'([^']*)'|"([^"]*)")$/.exec(filter);
  if (match === null) throw invalid(`Invalid clause(s) in filter string: ${filter}`);
  const [, tag, attribute, single, double] = match;
  const value = single ?? double;
  if (tag !== undefined) return (run) => run.tags.get(tag) === value;
  if (attribute !== 'user_id' || isOld) throw invalid(`Invalid attribute key '${attribute}' specified.`);
  return (run) => run.info.user_id === value;
}

function page<T>(items: readonly T[], body: Body, max: number): { items: readonly T[]; next?: string } {
  const size = Number(body.max_results ?? 1000);
  if (size < 1 || size > max) throw invalid(`Invalid value for max_results: ${size}`);
  const start = body.page_token === undefined ? 0 : Number(Buffer.from(String(body.page_token), 'base64').toString());
  const next = start + size < items.length ? { next: Buffer.from(String(start + size)).toString('base64') } : {};
  return { items: items.slice(start, start + size), ...next };
}

export async function startFakeMlflow({ old = false, pageMax = 50_000 } = {}): Promise<FakeMlflow> {
  const experiments = new Map<string, string>([['0', 'Default']]);
  const runs = new Map<string, Run>();
  const faults = { broken: new Set<string>(), locked: new Set<string>() };
  const requests: string[] = [];
  let serial = 0;

  function runOf({ run_id: id, run_uuid: uuid }: Body): Run {
    const run = runs.get(String(id ?? uuid));
    if (run === undefined) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Run '${id}' not found`);
    if (faults.locked.has(run.info.run_id)) throw new Refusal(500, 'INTERNAL_ERROR', 'the database is locked');
    return run;
  }

  function listExperiments(body: Body) {
    const { items, next } = page([...experiments], { max_results: 1000, ...body }, 50_000);
    const list = items.map(([experiment_id, name]) => ({ experiment_id, name, lifecycle_stage: 'active' }));
    return { experiments: list, ...(next === undefined ? {} : { next_page_token: next }) };
  }

  const paths: Record<string, (body: Body) => unknown> = {
    'POST experiments/create'({ name }) {
      serial += 1;
      experiments.set(String(serial), String(name));
      return { experiment_id: String(serial) };
    },
    ...(old ? {} : { 'POST experiments/search': listExperiments }),
    'GET experiments/list': listExperiments,
    'POST runs/create'({ experiment_id, user_id, start_time, tags }) {
      serial += 1;
      const run_id = serial.toString(16).padStart(32, '0');
      const info = {
        ...{ run_id, experiment_id: String(experiment_id), user_id: String(user_id ?? '') },
        ...{ start_time: Number(start_time), lifecycle_stage: 'active' },
      };
      const list = (tags ?? []) as readonly { key: string; value: string }[];
      runs.set(run_id, { info, tags: new Map(list.map(({ key, value }) => [key, value])) });
      return { run: { info: { ...info, run_uuid: run_id }, data: { tags: list } } };
    },
    'POST runs/search'(body) {
      const ids = (body.experiment_ids ?? []) as readonly string[];
      if (ids.some((id) => faults.broken.has(experiments.get(id) ?? ''))) {
        throw new Refusal(500, 'INTERNAL_ERROR', 'the backend store failed');
      }
      const matches = parseFilter(String(body.filter), old);
      const found = [...runs.values()].filter(
        (run) => ids.includes(run.info.experiment_id) && run.info.lifecycle_stage === 'active' && matches(run),
      );
      const { items, next } = page(found, body, pageMax);
      const list = items.map(({ info, tags }) => ({
        info: { ...info, run_uuid: info.run_id },
        data: { tags: [...tags].map(([key, value]) => ({ key, value })) },
      }));
      return { runs: list, ...(next === undefined ? {} : { next_page_token: next }) };
    },
    'POST runs/log-batch'(body) {
      const run = runOf(body);
      for (const { key, value } of (body.tags ?? []) as readonly { key: string; value: string }[])
        run.tags.set(key, value);
      return {};
    },
    'POST runs/delete-tag'(body) {
      const run = runOf(body);
      if (!run.tags.delete(String(body.key)))
        throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `No tag with name: ${body.key}`);
      return {};
    },
    'GET runs/get'(body) {
      const { info, tags } = runOf(body);
      return { run: { info, data: { tags: [...tags].map(([key, value]) => ({ key, value })) } } };
    },
    'POST runs/delete'(body) {
      runOf(body).info.lifecycle_stage = 'deleted';
      return {};
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const address = new URL(request.url ?? '/', 'http://mlflow');
    const name = `${request.method} ${address.pathname.replace(/^\/api\/2\.0\/mlflow\//, '')}`;
    requests.push(name);
    const handle = paths[name];
    if (handle === undefined) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
      return;
    }
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? Object.fromEntries(address.searchParams) : (JSON.parse(text) as Body);
    try {
      const answer = JSON.stringify(handle(body));
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const answer = JSON.stringify({ error_code: error.code, message: error.message });
      response.writeHead(error.status, { 'content-type': 'application/json' }).end(answer);
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, faults, requests },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
