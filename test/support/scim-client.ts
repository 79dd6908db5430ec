/** A plain SCIM client for tests: sends what it is told, throws nothing. */
import type { TestConnection } from './bridge.ts';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

export interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any shape
  readonly body: any;
}

export interface ScimClient {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer>;
  get(path: string, headers?: Record<string, string>): Promise<ScimAnswer>;
  /** POSTs a user and gives its id. */
  user(userName: string, attributes?: Record<string, unknown>): Promise<string>;
  /** POSTs a group and gives its id. */
  group(displayName: string, memberIds?: readonly string[]): Promise<string>;
  patch(path: string, ...operations: readonly unknown[]): Promise<ScimAnswer>;
}

export function scimClient({ scimUrl, token }: Pick<TestConnection, 'scimUrl' | 'token'>): ScimClient {
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ScimAnswer> {
    const response = await fetch(`${scimUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  }

  async function create(path: string, body: unknown): Promise<string> {
    const answer = await send('POST', path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return answer.body.id;
  }

  return {
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    user: (userName, attributes = {}) => create('/Users', { schemas: [USER], userName, active: true, ...attributes }),
    group: (displayName, memberIds = []) =>
      create('/Groups', { schemas: [GROUP], displayName, members: memberIds.map((value) => ({ value })) }),
    patch: (path, ...operations) => send('PATCH', path, { schemas: [PATCH], Operations: operations }),
  };
}

/** The members of a group, as ids. */
export async function memberIds(client: ScimClient, groupId: string): Promise<string[]> {
  const { body } = await client.get(`/Groups/${groupId}`);
  return ((body.members ?? []) as { value: string }[]).map((member) => member.value).toSorted();
}
