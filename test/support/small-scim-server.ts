/** A small SCIM server whose abilities a test chooses: without PATCH, with bulk, behind OAuth, with few attributes. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

// biome-ignore lint/suspicious/noExplicitAny: whatever a client sends
type Body = any;

export interface SmallScimOptions {
  readonly patch?: boolean;
  readonly bulk?: boolean;
  /** Client id and secret; tokens end after so many uses. */
  readonly oauth?: { readonly id: string; readonly secret: string; readonly uses: number };
  /** Writable attributes of users; without it no schemas are told. */
  readonly attributes?: readonly string[];
  /** How long a batch takes. */
  readonly bulkLatencyMs?: number;
}

export interface SmallScim {
  readonly url: string;
  readonly users: Map<string, Body>;
  readonly groups: Map<string, Body>;
  /** `POST /Users`, in order; operations of a bulk as `bulk POST /Users`. */
  readonly asked: string[];
  /** Names that are refused with 400. */
  readonly refused: Set<string>;
  tokens: number;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: Body;
}

export async function startSmallScim(options: SmallScimOptions = {}): Promise<SmallScim> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.url === '/Bulk') await new Promise((done) => setTimeout(done, options.bulkLatencyMs ?? 0));
    const { status, body } = far.answer(request, text);
    response.writeHead(status, { 'content-type': 'application/scim+json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const small: SmallScim = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ users: new Map(), groups: new Map(), asked: [], refused: new Set(), tokens: 0 },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const far = createFar(small, options);
  return small;
}

function createFar(small: SmallScim, options: SmallScimOptions) {
  let usesLeft = 0;
  let serial = 0;

  function token(request: IncomingMessage, text: string): Answer {
    const { id, secret, uses } = options.oauth ?? { id: '', secret: '', uses: 0 };
    const wanted = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    if (request.headers.authorization !== wanted) return { status: 401, body: { error: 'invalid_client' } };
    if (new URLSearchParams(text).get('grant_type') !== 'client_credentials') return { status: 400 };
    small.tokens += 1;
    usesLeft = uses;
    return { status: 200, body: { access_token: `token-${small.tokens}`, token_type: 'Bearer', expires_in: 3600 } };
  }

  function isLetIn({ headers }: IncomingMessage): boolean {
    if (options.oauth === undefined) return headers.authorization === 'Bearer small';
    usesLeft -= 1;
    return headers.authorization === `Bearer token-${small.tokens}` && usesLeft >= 0;
  }

  function discovery(path: string): Answer | undefined {
    if (path === '/ServiceProviderConfig') {
      const bulk = { supported: options.bulk === true, maxOperations: 50, maxPayloadSize: 100_000 };
      return {
        status: 200,
        body: { patch: { supported: options.patch !== false }, filter: { supported: true }, bulk },
      };
    }
    if (path !== '/Schemas') return undefined;
    if (options.attributes === undefined) return { status: 404, body: {} };
    const attributes = options.attributes.map((name) => ({ name, mutability: 'readWrite' }));
    const Resources = [{ id: 'urn:ietf:params:scim:schemas:core:2.0:User', attributes }];
    return { status: 200, body: { totalResults: 1, Resources } };
  }

  function list(store: Map<string, Body>, filter: string | null): Answer {
    const match = /^(\w+) eq "(.*)"$/.exec(filter ?? '');
    // `emails.value` is no filter of this server.
    if (filter !== null && match === null) return { status: 400, body: { detail: 'no such filter' } };
    const [, name = '', value = ''] = match ?? [];
    const found = [...store.values()].filter((each) => match === null || each[name] === value);
    return { status: 200, body: { totalResults: found.length, Resources: found } };
  }

  function write(method: string, path: string, body: Body): Answer {
    const [, type, id] = path.split('/');
    const store = type === 'Users' ? small.users : small.groups;
    if (body !== undefined && small.refused.has(body.userName)) return { status: 400, body: { detail: 'refused' } };
    if (method === 'POST') {
      const taken = [...store.values()].some((each) => type === 'Users' && each.userName === body.userName);
      if (taken) return { status: 409, body: { detail: 'taken' } };
      const made = { ...body, id: `s${++serial}` };
      store.set(made.id, made);
      return { status: 201, body: made };
    }
    const known = store.get(id ?? '');
    if (known === undefined) return { status: 404, body: {} };
    if (method === 'PUT') store.set(known.id, { ...body, id: known.id });
    else if (method === 'DELETE') store.delete(known.id);
    else if (options.patch === false) return { status: 501, body: { detail: 'no PATCH' } };
    else for (const { op, path: at, value } of body.Operations) apply(known, op, at, value);
    return { status: 200, body: store.get(known.id) ?? {} };
  }

  return {
    answer(request: IncomingMessage, text: string): Answer {
      const url = new URL(request.url ?? '/', 'http://small');
      if (url.pathname === '/token') return token(request, text);
      const method = request.method ?? 'GET';
      small.asked.push(`${method} ${url.pathname}`);
      if (!isLetIn(request)) return { status: 401, body: {} };
      const found = method === 'GET' ? discovery(url.pathname) : undefined;
      if (found !== undefined) return found;
      const body = text === '' ? undefined : JSON.parse(text);
      if (url.pathname === '/Bulk') return bulk(body);
      if (method !== 'GET') return write(method, url.pathname, body);
      const [, type, id] = url.pathname.split('/');
      const store = type === 'Users' ? small.users : small.groups;
      if (id === undefined) return list(store, url.searchParams.get('filter'));
      const resource = store.get(id);
      return resource === undefined ? { status: 404, body: {} } : { status: 200, body: resource };
    },
  };

  function bulk({ Operations }: Body): Answer {
    if (options.bulk !== true) return { status: 501, body: {} };
    const done = Operations.map(({ method, path, bulkId, data }: Body) => {
      small.asked.push(`bulk ${method} ${path}`);
      const { status, body } = write(method, path, data);
      const location =
        body?.id === undefined ? undefined : `${small.url}${path.split('/').slice(0, 2).join('/')}/${body.id}`;
      return { method, bulkId, location, status: String(status), ...(status >= 400 ? { response: body } : {}) };
    });
    // Order is the server's own business (RFC 7644 section 3.7).
    return { status: 200, body: { Operations: done.toReversed() } };
  }
}

function apply(resource: Body, op: string, path: string, value: Body): void {
  const member = /^members\[value eq "(.+)"\]$/.exec(path);
  if (op === 'replace') resource[path] = value;
  else if (op === 'add') resource[path] = [...(resource[path] ?? []), ...value];
  else if (member !== null) resource.members = resource.members.filter((each: Body) => each.value !== member[1]);
  else delete resource[path];
}
