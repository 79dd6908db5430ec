/**
 * The demonstration's tracker: as much of MLflow's REST API as an inventory and a hand-over ask for. Everybody ran
 * something: how much, and in which experiments, follows from their name. Runs can be lost, as happens in real life.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DemoTracker {
  readonly url: string;
  /** From now on so many of a user's runs are gone: somebody deleted them at the tracker. */
  lose(userName: string, count: number): void;
  stop(): Promise<void>;
}

const EXPERIMENTS = ['pretraining', 'image-retrieval', 'speech-to-text', 'ablation-study', 'eval-harness', 'sim2real'];
const MOST_RUNS = 40;
const DAY_MS = 86_400_000;
const USER_TAG = 'mlflow.user';

interface Run {
  readonly info: { readonly run_id: string; readonly experiment_id: string; readonly start_time: number };
  readonly data: { readonly tags: readonly { readonly key: string; readonly value: string }[] };
}

/** Small, and always the same for a text. */
function numberOf(text: string): number {
  let sum = 7;
  for (const char of text) sum = (Math.imul(sum, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}

function runsOf(user: string, now: number): readonly Run[] {
  return EXPERIMENTS.flatMap((_name, experiment) => {
    const seed = numberOf(`${user} ${experiment}`);
    const count = seed % 3 === 0 ? seed % MOST_RUNS : 0;
    return Array.from({ length: count }, (_, n) => ({
      info: {
        run_id: (seed * MOST_RUNS + n).toString(16).padStart(32, '0'),
        experiment_id: String(experiment + 1),
        start_time: now - (count - n) * 3 * DAY_MS - (seed % DAY_MS),
      },
      data: { tags: [{ key: USER_TAG, value: user }] },
    }));
  });
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

export async function startDemoTracker(host: string, now: () => number): Promise<DemoTracker> {
  const lost = new Map<string, number>();
  const startedAt = now();

  function answer(path: string, body: Readonly<Record<string, unknown>>): unknown {
    if (path.endsWith('/experiments/search')) {
      const experiments = EXPERIMENTS.map((name, n) => ({ experiment_id: String(n + 1), name }));
      return { experiments };
    }
    // Writing tags is answered well and forgotten: the demonstration's runs are made up anew at each question.
    if (!path.endsWith('/runs/search')) return {};
    const user = /^(?:tags\.`mlflow\.user`|attributes\.user_id) = ['"](.*)['"]$/.exec(String(body.filter))?.[1];
    if (user === undefined) return { runs: [] };
    const asked = new Set(body.experiment_ids as readonly string[]);
    const runs = runsOf(user, startedAt).slice(lost.get(user) ?? 0);
    return { runs: runs.filter(({ info }) => asked.has(info.experiment_id)) };
  }

  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer(request.url ?? '', body)));
      })
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    lose: (userName, count) => void lost.set(userName, count),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
