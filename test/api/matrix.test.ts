/**
 * Every endpoint of the registry, against everybody who may not: no credentials, the wrong scope, a viewer, a team admin of
 * another team, an admin of another organization. A new endpoint is tried without a line here.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, scopesOf } from '../../src/api/endpoint.ts';
import { ENDPOINTS } from '../../src/api/registry.ts';
import { type ActionRule, POLICY } from '../../src/directory/policy.ts';
import { SCOPES } from '../../src/directory/principal.ts';
import type { ApiAnswer, ApiClient } from '../support/api-client.ts';
import { describeApi } from '../support/api-server.ts';
import { type Fixtures, fillPath, makeFixtures, parametersOf } from './fixtures.ts';

const GUARDED = ENDPOINTS.filter((each) => each.action !== null);

/** Lists that are empty, and not missing, where there is nothing of the kind in one's own organization. */
const EMPTY_FOR_STRANGERS = ['changes.of_subject'];

const name = ({ method, path }: Endpoint): string => `${method.toUpperCase()} ${path}`;
const rows = GUARDED.map((each) => [name(each), each] as const);
/** Those that ask for more than any credentials. */
const byTable = rows.filter(([, each]) => each.action !== 'any caller');

function ruleOf({ action }: Endpoint): ActionRule {
  if (action === null || action === 'any caller') throw new Error('the table says nothing about it');
  return POLICY[action];
}

describeApi('every endpoint', (api) => {
  let mine: Fixtures = {};
  let strangers = '';
  beforeAll(async () => {
    mine = await makeFixtures(api(), api().organizationId);
    strangers = await api().createOrganization('strangers');
  });

  function send(client: ApiClient, declared: Endpoint, values: Fixtures = mine): Promise<ApiAnswer> {
    const path = fillPath(declared.path, values, api().core.directory.newId);
    const headers = declared.ifMatch === undefined ? {} : { 'if-match': '*' };
    if (declared.binaryBody !== undefined) {
      const type = { 'content-type': declared.binaryBody.mediaTypes[0] ?? '' };
      return client.send(declared.method.toUpperCase(), path, 'no picture', { ...headers, ...type });
    }
    const body = declared.body === undefined ? undefined : (declared.example?.body ?? {});
    return client.send(declared.method.toUpperCase(), path, body, headers);
  }

  it('has a fixture for each parameter of an address', () => {
    const names = new Set(ENDPOINTS.flatMap((each) => parametersOf(each.path)));
    expect([...names].filter((each) => mine[each] === undefined)).toEqual([]);
  });

  it.each(rows)('%s asks who it is', async (_name, declared) => {
    expectProblem(await send(api().anonymous, declared), 401, 'unauthorized');
  });

  it.each(byTable)('%s refuses a key without its scope', async (_name, declared) => {
    const others = SCOPES.filter((scope) => !scopesOf(declared).includes(scope));
    for (const scopes of [[], others]) {
      expectProblem(await send(api().as({ scopes }), declared), 403, 'insufficient_scope');
    }
  });

  it.each(byTable)('%s is open to a viewer exactly where the table says so', async (_name, declared) => {
    expectByTable(declared, await send(api().as({ role: 'viewer' }), declared), ['viewer']);
  });

  it.each(byTable)('%s gives the admin of another team nothing more than a viewer', async (_name, declared) => {
    const teams = new Map([[api().core.directory.newId(), 'admin']]);
    expectByTable(declared, await send(api().as({ role: 'viewer', teams }), declared), ['viewer']);
  });

  it.each(rows.filter(([, each]) => parametersOf(each.path).length > 0))(
    '%s does not tell an admin of another organization that it is there',
    async (_name, declared) => {
      const stranger = api().as({ organizationId: strangers });
      const [existing, missing] = [await send(stranger, declared), await send(stranger, declared, {})];
      if (EMPTY_FOR_STRANGERS.includes(declared.id)) {
        expect(existing.body).toEqual(missing.body);
        expect(existing.body.items).toEqual([]);
        return;
      }
      expect([existing.status, missing.status]).toEqual([
        existing.body.code === 'forbidden' ? 403 : 404,
        existing.status,
      ]);
      expect(withoutIds(existing.body)).toEqual(withoutIds(missing.body));
    },
  );

  it.each(rows.filter(([, each]) => each.ifMatch === 'required'))('%s needs If-Match', async (_name, declared) => {
    const path = fillPath(declared.path, mine, api().core.directory.newId);
    const method = declared.method.toUpperCase();
    expectProblem(await api().as({}).send(method, path, declared.example?.body), 428, 'precondition_required');
    const stale = await api().as({}).send(method, path, declared.example?.body, { 'if-match': '"0"' });
    expectProblem(stale, 412, 'precondition_failed');
  });

  it.each(rows.filter(([, each]) => each.ifMatch === 'optional'))(
    '%s refuses a stale If-Match',
    async (_n, declared) => {
      const path = fillPath(declared.path, mine, api().core.directory.newId);
      const method = declared.method.toUpperCase();
      const stale = await api().as({}).send(method, path, declared.example?.body, { 'if-match': '"0"' });
      expectProblem(stale, 412, 'precondition_failed');
    },
  );
});

/** Ids that were asked for may be named; what they are of may not. */
function withoutIds(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id'));
}

function expectProblem({ status, headers, body }: ApiAnswer, wanted: number, code: string): void {
  expect([status, body?.code]).toEqual([wanted, code]);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body.requestId).toBe(headers.get('x-request-id'));
}

/** Where the use-case decides, it may not find the thing before it could refuse. */
function expectByTable(declared: Endpoint, answer: ApiAnswer, holders: readonly ActionRule['allowed'][number][]): void {
  if (ruleOf(declared).allowed.some((holder) => holders.includes(holder))) {
    expect(answer.status).not.toBe(401);
    expect(answer.body?.code).not.toBe('forbidden');
    expect(answer.status).toBeLessThan(500);
  } else if (declared.subject === 'by use-case') {
    expect(['forbidden', 'not_found']).toContain(answer.body?.code);
  } else {
    expectProblem(answer, 403, 'forbidden');
  }
}

describe('the registry', () => {
  it('gives each endpoint an id and a route of its own, and a tag that is described', async () => {
    const { TAGS } = await import('../../src/api/tags.ts');
    expect(new Set(ENDPOINTS.map((each) => each.id)).size).toBe(ENDPOINTS.length);
    expect(new Set(ENDPOINTS.map(name)).size).toBe(ENDPOINTS.length);
    expect(ENDPOINTS.filter((each) => TAGS[each.id.split('.')[0] ?? ''] === undefined).map((each) => each.id)).toEqual(
      [],
    );
  });

  it('takes nothing that it does not know: bodies and queries are strict', () => {
    const loose = ENDPOINTS.filter(({ body, query }) =>
      [body, query].some((schema) => schema?.safeParse({ 'no such key': 1 }).success === true),
    );
    expect(loose.map((each) => each.id)).toEqual([]);
  });

  it('shows an example of each endpoint', () => {
    expect(ENDPOINTS.filter((each) => each.example === undefined).map((each) => each.id)).toEqual([]);
  });
});
