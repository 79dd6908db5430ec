/** Users for the benchmark: about 1 kB each, of the shape that identity providers send. */
import { request } from 'undici';
import type { ServerProcess } from './process.ts';

type Method = 'GET' | 'POST' | 'PATCH';

export interface SeededUser {
  readonly id: string;
  readonly userName: string;
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export function newUser(key: string): Record<string, unknown> {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
    userName: `${key}@bench.example`,
    externalId: `ext-${key}`,
    name: { givenName: 'Bench', familyName: key, formatted: `Bench ${key}` },
    displayName: `Bench ${key}`,
    title: 'Research Engineer',
    preferredLanguage: 'en-US',
    locale: 'en-US',
    timezone: 'Europe/Berlin',
    active: true,
    emails: [{ value: `${key}@bench.example`, type: 'work', primary: true }],
    phoneNumbers: [{ value: '+49 30 1234567', type: 'work' }],
    addresses: [
      { type: 'work', streetAddress: 'Invalidenstr. 43', locality: 'Berlin', postalCode: '10115', country: 'DE' },
    ],
    [ENTERPRISE]: {
      employeeNumber: key,
      department: 'Vision',
      costCenter: '4711',
      organization: 'Example',
      division: 'Research',
    },
  };
}

export function activePatch(active: boolean): string {
  const Operations = [{ op: 'replace', value: { active } }];
  return JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });
}

/** Sends one request; @throws when it is refused */
export async function send(server: ServerProcess, method: Method, path: string, body?: unknown): Promise<unknown> {
  const response = await request(`${server.url}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Creates users, 32 requests at a time. */
export async function createUsers(server: ServerProcess, count: number, prefix: string): Promise<SeededUser[]> {
  const users: SeededUser[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const key = `${prefix}-${next}`;
      next += 1;
      const { id, userName } = (await send(server, 'POST', '/Users', newUser(key))) as SeededUser;
      users.push({ id, userName });
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return users;
}
