/**
 * A stand-in for the SCIM API of W&B Server, written from its published documentation (docs.wandb.ai, SCIM; release notes),
 * because the server itself cannot be run here. It keeps to what is written and is strict where that is silent: what no
 * document shows is refused. Where the documents leave a choice, a comment says which one was taken.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { groupRoutes } from './fake-wandb-scim-groups.ts';
import { roleRoutes } from './fake-wandb-scim-roles.ts';
import { type FakeState, newFakeState, Refusal, type WandbPerson } from './fake-wandb-scim-state.ts';
import { userRoutes } from './fake-wandb-scim-users.ts';

export interface FakeWandb {
  readonly url: string;
  readonly apiKey: string;
  readonly state: FakeState;
  stop(): Promise<void>;
}

export interface FakeWandbOptions {
  /** `old`: e-mail addresses as one PascalCase object (before 0.80.1). */
  readonly shape?: 'old' | 'new';
  /** Full Models seats; without it there are enough. */
  readonly seats?: number;
  /** Most resources in a list; W&B has 9999 and no paging. */
  readonly listMax?: number;
}

export interface FakeRequest {
  readonly method: string;
  /** Below /scim: `/Users/abc`. */
  readonly path: string;
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: a client may send anything
  readonly body: any;
  readonly ifMatch: string | undefined;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly etag?: string;
}

export type Route = (request: FakeRequest, state: FakeState) => FakeAnswer | undefined;

const ROUTES: readonly Route[] = [userRoutes, groupRoutes, roleRoutes];

export async function startFakeWandb(options: FakeWandbOptions = {}): Promise<FakeWandb> {
  const state = newFakeState(options);
  const apiKey = 'a-wandb-api-key-for-tests';
  const server = createServer((request, response) => void serve(request, response, state, apiKey));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    state,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, state: FakeState, apiKey: string) {
  let text = '';
  for await (const chunk of request) text += chunk;
  const answer = answerTo(request, text, state, apiKey);
  response.statusCode = answer.status;
  response.setHeader('content-type', 'application/scim+json');
  if (answer.etag !== undefined) response.setHeader('etag', answer.etag);
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}

function answerTo(request: IncomingMessage, text: string, state: FakeState, apiKey: string): FakeAnswer {
  const url = new URL(request.url ?? '/', 'http://fake');
  if (!isLetIn(request.headers.authorization, apiKey)) return toError(401, 'Unauthorized');
  if (!url.pathname.startsWith('/scim/')) return toError(404, 'not found');
  const ifMatch = request.headers['if-match'];
  try {
    const body = text === '' ? undefined : JSON.parse(text);
    const asked = {
      method: request.method ?? 'GET',
      path: url.pathname.slice('/scim'.length),
      query: url.searchParams,
    };
    for (const route of ROUTES) {
      const answer = route({ ...asked, body, ifMatch }, state);
      if (answer !== undefined) return answer;
    }
    // No discovery documents, no bulk: nothing of that kind is documented.
    return toError(404, 'not found');
  } catch (error) {
    if (error instanceof Refusal) return toError(error.status, error.message);
    return toError(400, String(error));
  }
}

/** Bearer from 0.79; Basic with the user name of a person or (service account) with none. */
function isLetIn(authorization: string | undefined, apiKey: string): boolean {
  if (authorization === `Bearer ${apiKey}`) return true;
  const basic = /^Basic (.+)$/.exec(authorization ?? '')?.[1];
  return basic !== undefined && Buffer.from(basic, 'base64').toString().endsWith(`:${apiKey}`);
}

/** No scimType anywhere, and the status as a string. */
function toError(status: number, detail: string): FakeAnswer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return { status, body: { schemas, detail, status: String(status) } };
}

/** Somebody who was there before. */
export function addPerson(state: FakeState, person: Partial<WandbPerson> & { userName: string }): WandbPerson {
  const made: WandbPerson = {
    ...{ id: state.newId('User'), displayName: person.userName, email: null, active: true, organizationRole: 'member' },
    ...{ modelsSeat: 'full', weaveRole: 'full', accountType: 'USER', teamRoles: new Map(), version: 1 },
    ...person,
  };
  state.users.set(made.id, made);
  return made;
}
