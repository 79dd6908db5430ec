/** Load on one address with a number of connections, for some seconds. */
import autocannon from 'autocannon';

export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

export interface Load {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
  /** Makes the next request; called for each one. */
  readonly next: () => LoadRequest;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly failed: number;
}

export async function runLoad({ url, token, connections, seconds, next }: Load): Promise<LoadResult> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        setupRequest: (request) => {
          const { method, path, body } = next();
          return { ...request, method: method as 'GET', path, headers, ...(body === undefined ? {} : { body }) };
        },
      },
    ],
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    p99: result.latency.p99,
    failed,
  };
}
