/** Stands in front of a target and does to its traffic what networks and servers do: passes, refuses, delays, cuts, loses. */

import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | { readonly kind: 'pass' }
  /** The connection is cut before anything is asked of the target. */
  | { readonly kind: 'refuse' }
  /** The target does what it was asked, and its answer never arrives. */
  | { readonly kind: 'lose' }
  /** The answer breaks off in the middle of its body. */
  | { readonly kind: 'cut' }
  /** A 200 whose body never ends. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'slow'; readonly ms: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export interface ProxiedRequest {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface FaultProxy {
  readonly url: string;
  /** Whatever was asked, oldest first. */
  readonly requests: ProxiedRequest[];
  /** Asked before each request. */
  decide: (request: ProxiedRequest) => Fault;
  /** Those that would change something. */
  writes(): readonly ProxiedRequest[];
  stop(): Promise<void>;
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const server = createServer((incoming, outgoing) => void serve(proxy, target, incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    decide: () => ({ kind: 'pass' }),
    writes: () => proxy.requests.filter(({ method }) => method !== 'GET'),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function serve(proxy: FaultProxy, target: string, incoming: IncomingMessage, outgoing: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const asked = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', body: body.toString() };
  const request: ProxiedRequest = { ...asked, at: Date.now(), headers: incoming.headers };
  proxy.requests.push(request);
  const fault = proxy.decide(request);
  if (fault.kind === 'refuse') {
    incoming.socket.destroy();
    return;
  }
  if (fault.kind === 'status') {
    outgoing.writeHead(fault.status, fault.headers).end(fault.body ?? '{}');
    return;
  }
  if (fault.kind === 'endless') {
    await sendForever(outgoing);
    return;
  }
  if (fault.kind === 'slow') await new Promise((done) => setTimeout(done, fault.ms));
  try {
    await forward(fault, target, incoming, body, outgoing);
  } catch {
    outgoing.destroy();
  }
}

async function sendForever(outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'application/scim+json' });
  const chunk = ' '.repeat(256 * 1024);
  const closed = once(outgoing, 'close').catch(() => undefined);
  while (!outgoing.destroyed) {
    if (outgoing.write(chunk)) await new Promise((done) => setImmediate(done));
    else await Promise.race([once(outgoing, 'drain'), closed]);
  }
}

async function forward(
  fault: Fault,
  target: string,
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } };
  httpRequest(`${target}${incoming.url}`, options, resolve).on('error', reject).end(body);
  const answer = await promise;
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks);
  if (fault.kind === 'lose') {
    incoming.socket.destroy();
    return;
  }
  const { 'transfer-encoding': _chunked, connection: _connection, ...headers } = answer.headers;
  outgoing.writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': text.length });
  if (fault.kind === 'cut')
    outgoing.write(text.subarray(0, Math.floor(text.length / 2)), () => incoming.socket.destroy());
  else outgoing.end(text);
}

/** Faults in their order, then none. */
export function inTurn(...faults: readonly Fault[]): FaultProxy['decide'] {
  const left = [...faults];
  return () => left.shift() ?? { kind: 'pass' };
}

/** The same, for requests that change something; what reads passes. */
export function writesInTurn(...faults: readonly Fault[]): FaultProxy['decide'] {
  const next = inTurn(...faults);
  return (request) => (request.method === 'GET' ? { kind: 'pass' } : next(request));
}
