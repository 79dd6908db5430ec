/**
 * One HTTP request exactly as a client would put it on the wire: node:http adds Host, Connection and Content-Length and
 * nothing else, where fetch would add a User-Agent, an Accept and more (Entra sends no User-Agent at all).
 */
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Json } from '../../src/schema/json.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the answer has no body or one that is not JSON. */
  readonly body: Json | undefined;
}

export interface WireRequest {
  /** Base address of the SCIM endpoint; `path` is put behind it as it stands. */
  readonly base: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Sends and reads the whole answer. Rejects only when no answer came. */
export function send(wire: WireRequest): Promise<Answer> {
  const base = new URL(wire.base);
  const length = wire.body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(wire.body)) };
  return new Promise((resolve, reject) => {
    let answered = false;
    const outgoing = request(
      {
        host: base.hostname,
        port: base.port,
        method: wire.method,
        path: base.pathname.replace(/\/$/, '') + wire.path,
        headers: { ...wire.headers, ...length },
      },
      (incoming) => {
        answered = true;
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: parse(text) });
        });
      },
    );
    // A server that refuses a body by its length may close while we still write; what counts is its answer.
    outgoing.on('error', (error) => {
      if (!answered) reject(error);
    });
    outgoing.end(wire.body);
  });
}

function parse(text: string): Json | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
