/** Believable exchanges for console tests: a morning of Okta and Entra traffic of one organization. */
import type { Change, ChangeKind, ChangeState, Subject } from '../../src/synclog/change.ts';
import type { Exchange } from '../../src/synclog/exchange.ts';
import { emptyMemory, type Memory } from './memory-console.ts';

export const NOW = Date.parse('2026-11-24T09:30:00Z');
export const ORGANIZATION = 'org-1';

/** Ids sort by time, as UUIDv7 do. */
export function exchangeId(at: number): string {
  const hex = at.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

export function exampleExchange(at: number, changed: Partial<Exchange> = {}): Exchange {
  return {
    id: exchangeId(at),
    organizationId: ORGANIZATION,
    connectionId: 'okta',
    tokenId: 'token-1',
    at,
    durationUs: 3140,
    method: 'GET',
    path: '/Users?filter=userName%20eq%20%22ada%40example.com%22',
    operation: 'users.list',
    status: 200,
    outcome: 'read',
    errorCode: null,
    errorDetail: null,
    subject: null,
    summary: 'Okta looked for a user named ada@example.com: 1 found',
    repairs: [],
    requestBody: null,
    responseBody: '{"totalResults":1}',
    changeCount: 0,
    userAgent: 'Okta SCIM Client 1.0.0',
    remoteAddress: '203.0.113.7',
    ...changed,
  };
}

const ada: Subject = { type: 'user', id: 'user-ada', name: 'Ada Byron' };
const vision: Subject = { type: 'group', id: 'group-vision', name: 'vision' };

export function exampleChange(
  exchange: string,
  kind: ChangeKind,
  subject: Subject,
  states: { readonly related?: Subject; readonly before?: ChangeState; readonly after?: ChangeState } = {},
): Change {
  return {
    position: 1,
    organizationId: ORGANIZATION,
    connectionId: 'okta',
    exchangeId: exchange,
    at: NOW,
    actor: { kind: 'connection', id: 'okta', name: 'Okta' },
    reason: null,
    kind,
    subject,
    ...states,
  };
}

const ADDED: Partial<Exchange> = {
  method: 'PATCH',
  path: '/Groups/group-vision',
  operation: 'groups.patch',
  status: 204,
  outcome: 'changed',
  subject: { type: 'group', id: 'group-vision', name: 'vision' },
  summary: 'Okta added Ada Byron to group vision',
  changeCount: 3,
  repairs: [
    {
      code: 'operation-case',
      at: 'Operations[0].op',
      detail: '“Add” was read as “add”: operations are compared without regard to case',
    },
    { code: 'string-boolean', at: 'Operations[1].value', detail: '"True" (a text) was read as true (a boolean)' },
  ],
  requestBody: JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'Add', path: 'members', value: [{ value: 'user-ada', count: 2, primary: true }] }],
  }),
  responseBody: null,
};

function exampleChanges(id: string): readonly Change[] {
  return [
    exampleChange(id, 'membership.added', ada, { related: vision, before: { member: false }, after: { member: true } }),
    exampleChange(id, 'grant.added', ada, {
      related: { type: 'team', id: 'team-vision', name: 'vision' },
      before: { effectiveRole: null },
      after: { effectiveRole: 'member' },
    }),
    exampleChange(id, 'user.updated', ada, {
      before: { title: 'Analyst', emails: [{ type: 'work', value: 'ada@example.com' }], nickName: 'Augusta' },
      after: { title: 'Countess', emails: [{ type: 'work', value: 'ada.byron@example.com' }] },
    }),
  ];
}

const REFUSED: Partial<Exchange> = {
  connectionId: 'entra',
  method: 'PATCH',
  path: '/Users/user-grace',
  operation: 'users.patch',
  status: 403,
  outcome: 'refused',
  errorCode: 'last_admin',
  errorDetail: 'An organization keeps at least one active admin; this would deactivate Grace Hopper, the last one.',
  subject: { type: 'user', id: 'user-grace', name: 'Grace Hopper' },
  summary: 'Entra wanted to deactivate Grace Hopper: refused, the last admin',
  requestBody: '{"Operations":[{"op":"Replace","path":"active","value":"False"}]}',
  responseBody:
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"403","detail":"An organization keeps at least one active admin."}',
  userAgent: null,
};

function connection(id: string, name: string, organizationId = ORGANIZATION): Memory['connections'][number] {
  const dialect = id === 'entra' ? 'entra' : 'okta';
  return { id, organizationId, name, dialect, state: 'active', createdAt: NOW - 9e6, updatedAt: NOW - 9e6 };
}

export const ADDED_AT = NOW - 42_000;
export const REFUSED_AT = NOW - 400_000;

/** Session `session` belongs to ORGANIZATION, `other-session` to another organization that has one exchange. */
export function exampleMemory(): Memory {
  const memory = emptyMemory(NOW);
  memory.connections.push(
    connection('okta', 'Okta'),
    connection('entra', 'Entra'),
    connection('other', 'Foreign', 'org-2'),
  );
  memory.tokens.push({
    id: 'token-1',
    connectionId: 'okta',
    hint: 'k9Qz',
    createdAt: NOW,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: NOW,
  });
  memory.people.push(
    { id: 'user-ada', name: 'Ada Byron', userName: 'ada@example.com', organizationId: ORGANIZATION },
    { id: 'user-adam', name: 'Adam Riese', userName: 'adam@example.com', organizationId: ORGANIZATION },
    { id: 'user-grace', name: 'Grace Hopper', userName: 'grace@example.com', organizationId: ORGANIZATION },
  );
  memory.sessions.set('session', ORGANIZATION).set('other-session', 'org-2');
  memory.exchanges.push(
    exampleExchange(ADDED_AT, ADDED),
    exampleExchange(REFUSED_AT, REFUSED),
    exampleExchange(NOW - 1000, {
      organizationId: 'org-2',
      connectionId: 'other',
      summary: 'Foreign created Secret Person',
    }),
    exampleExchange(NOW - 3_700_000, {
      outcome: 'failed',
      status: 503,
      errorCode: 'busy',
      operation: 'users.create',
      method: 'POST',
      path: '/Users',
      summary: 'Okta wanted to create Alan Turing: the database was busy',
      durationUs: 5_012_000,
    }),
    exampleExchange(NOW - 3_800_000, {
      outcome: 'unchanged',
      operation: 'users.replace',
      method: 'PUT',
      path: '/Users/user-ada',
      subject: { type: 'user', id: 'user-ada', name: 'Ada Byron' },
      summary: 'Okta sent Ada Byron again; nothing differed',
      durationUs: 870,
    }),
  );
  memory.changes.push(...exampleChanges(exchangeId(ADDED_AT)));
  for (let n = 0; n < 60; n += 1) memory.exchanges.push(exampleExchange(NOW - 86_400_000 * 2 - n * 61_000));
  return memory;
}
