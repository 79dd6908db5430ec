/** What an orchestrator and Prometheus ask: alive, ready, metrics. No token is needed, and nothing about single people is told. */
import { type Request, type Response, Router } from 'express';
import type { Metrics } from './metrics.ts';

export interface HealthParts {
  /** Whether requests are served: set after the start, unset when stopping begins. */
  readonly isReady: () => boolean;
  /** Resolves when the database answers. */
  readonly pingDatabase: () => Promise<unknown>;
  readonly metrics: Pick<Metrics, 'read' | 'contentType'>;
  /** How long the database may take before the process counts as not ready (default 2000). */
  readonly pingTimeoutMs?: number;
}

/** `/healthz`: 200 while the process lives. `/readyz`: 200 only when ready and the database answers, else 503. `/metrics`. */
export function createHealthRouter({ isReady, pingDatabase, metrics, pingTimeoutMs = 2000 }: HealthParts): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => answer(response, 200, { status: 'alive' }));
  router.get('/readyz', async (_request, response) => {
    if (!isReady()) return answer(response, 503, { status: 'not ready', reason: 'starting or stopping' });
    const isAnswered = await withinTime(pingDatabase, pingTimeoutMs);
    if (!isAnswered) return answer(response, 503, { status: 'not ready', reason: 'the database does not answer' });
    return answer(response, 200, { status: 'ready' });
  });
  router.get('/metrics', async (_request: Request, response: Response) => {
    const text = await metrics.read();
    response.set({ 'content-type': metrics.contentType, 'cache-control': 'no-store' }).send(text);
  });
  return router;
}

function answer(response: Response, status: number, body: Readonly<Record<string, string>>): void {
  response.status(status).set('cache-control', 'no-store').json(body);
}

async function withinTime(ping: () => Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  const answered = ping().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([answered, promise]);
  clearTimeout(timer);
  return result;
}
