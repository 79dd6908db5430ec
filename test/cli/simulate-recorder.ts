/** A small SCIM server that writes down what it was sent, down to the headers, and may be told to answer wrongly. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '../../src/schema/json.ts';

export interface Recorded {
  readonly method: string;
  /** Path with query, as it stood on the wire, below /scim/v2. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is. */
  readonly body?: JsonObject | string;
}

/** Undefined: answer as usual. */
export type Override = (request: Recorded, nth: number) => Answer | undefined;

export interface Recorder extends AsyncDisposable {
  readonly scimUrl: string;
  readonly requests: readonly Recorded[];
  /** `POST /Users`, ids left out. */
  readonly lines: readonly string[];
}

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

export function scimError(status: number, detail = 'Refused by the recorder.'): Answer {
  return { status, body: { schemas: [ERROR], status: String(status), detail } };
}

export async function startRecorder(override: Override = () => undefined): Promise<Recorder> {
  const requests: Recorded[] = [];
  const resources = new Map<string, JsonObject>();
  const server = createServer(async (incoming, outgoing) => {
    const request = await toRecorded(incoming);
    requests.push(request);
    const answer = override(request, requests.length) ?? answerTo(request, resources);
    const text = typeof answer.body === 'object' ? JSON.stringify(answer.body) : (answer.body ?? '');
    const type = text === '' ? {} : { 'Content-Type': 'application/scim+json; charset=utf-8' };
    outgoing.writeHead(answer.status, { ...type, ...answer.headers }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    scimUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`,
    requests,
    get lines() {
      return requests.map(({ method, path }) => `${method} ${path.replace(/id-\d+/, '{id}')}`);
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function toRecorded(incoming: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const { method = '', url = '', headers } = incoming;
  return { method, path: url.replace('/scim/v2', ''), headers, body: text === '' ? null : JSON.parse(text) };
}

function answerTo({ method, path, body }: Recorded, resources: Map<string, JsonObject>): Answer {
  const id = /^\/[^/?]+\/([^?]+)/.exec(path)?.[1] ?? '';
  const known = resources.get(id);
  if (method === 'GET' && id === '') return toList(path, [...resources.values()]);
  if (method === 'POST') return create(path, body as JsonObject, resources);
  if (known === undefined) return scimError(404);
  if (method === 'DELETE') return resources.delete(id) ? { status: 204 } : scimError(404);
  if (method === 'PATCH') return patch(body as JsonObject, known, resources);
  if (method === 'PUT') resources.set(id, { ...(body as JsonObject), id });
  return { status: 200, body: resources.get(id) ?? {} };
}

/** Understands `attribute eq "value"` only; whatever else there is in a filter is refused. */
function toList(path: string, all: readonly JsonObject[]): Answer {
  const filter = new URL(`http://x${path}`).searchParams.get('filter');
  const [, name = '', value = ''] = /^(\w+) eq "(.*)"$/.exec(filter ?? '') ?? [];
  if (filter !== null && name === '') return scimError(400, 'The filter is not valid.');
  const found = filter === null ? [] : all.filter((resource) => resource[name] === value);
  return {
    status: 200,
    body: { schemas: [LIST], totalResults: found.length, itemsPerPage: found.length, startIndex: 1, Resources: found },
  };
}

function create(path: string, body: JsonObject, resources: Map<string, JsonObject>): Answer {
  const taken = [...resources.values()].some(({ userName }) => userName !== undefined && userName === body.userName);
  if (taken) return scimError(409);
  const id = `id-${resources.size + 1}`;
  const { password, ...rest } = body;
  resources.set(id, { ...rest, id, meta: { resourceType: path.slice(1, -1) } });
  return { status: 201, body: resources.get(id) ?? {} };
}

/** Applies `active` and refuses unknown members; the rest is taken as done. */
function patch({ Operations }: JsonObject, known: JsonObject, resources: Map<string, JsonObject>): Answer {
  const text = JSON.stringify(Operations);
  for (const [, member = ''] of text.matchAll(/"\$ref":null,"value":"([^"]+)"/g))
    if (!resources.has(member)) return scimError(400, `no user ${member}`);
  if (text.includes('removed-by-hand')) return scimError(400, 'no user removed-by-hand');
  const active = /"active":(true|false)|"active","value":"?(true|false)/i.exec(text);
  if (active !== null)
    resources.set(String(known.id), { ...known, active: (active[1] ?? active[2])?.toLowerCase() === 'true' });
  return { status: 204 };
}
