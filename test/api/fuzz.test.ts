/** Bodies and queries that nobody would send: never a 5xx, and each refusal says what is at fault. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { Endpoint } from '../../src/api/endpoint.ts';
import { ENDPOINTS } from '../../src/api/registry.ts';
import type { ApiAnswer, ApiClient } from '../support/api-client.ts';
import { describeApi } from '../support/api-server.ts';
import { type Fixtures, fillPath, makeFixtures } from './fixtures.ts';

const RUNS = 15;

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '\u0000', '\ud800', '__proto__', 'constructor', "' or 1=1 --", '%', '😀', 'a'.repeat(600)),
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  text,
  fc.constantFrom(1e308, -1, 0.5, Number.MAX_SAFE_INTEGER + 2, null, [], {}, [null], '2026-02-30T25:00:00Z'),
);

/** The example with one thing in it bent, or something else altogether. */
function bodyLike(example: unknown): fc.Arbitrary<unknown> {
  const keys = typeof example === 'object' && example !== null ? Object.keys(example) : [];
  const bent = fc.record({ key: fc.constantFrom(...keys, 'unknown'), value, drop: fc.boolean() }).map((change) => {
    const copy = { ...(example as Record<string, unknown>) };
    if (change.drop) delete copy[change.key];
    else copy[change.key] = change.value;
    return copy;
  });
  return fc.oneof({ weight: 3, arbitrary: bent }, { weight: 1, arbitrary: value });
}

function expectSane(answer: ApiAnswer): void {
  expect(answer.status).toBeLessThan(500);
  if (answer.status < 400) return;
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  if (answer.body.code === 'invalid_value' && answer.body.detail.startsWith('Not valid:')) {
    expect(answer.body.errors.length).toBeGreaterThan(0);
    for (const fault of answer.body.errors) expect(fault.pointer ?? fault.name).toEqual(expect.any(String));
  }
}

describeApi('whatever comes', (api) => {
  let values: Fixtures = {};
  let admin: ApiClient;
  beforeAll(async () => {
    values = await makeFixtures(api(), api().organizationId);
    admin = api().as({});
  });

  const pathOf = ({ path }: Endpoint): string => fillPath(path, values, api().core.directory.newId);
  const withBody = ENDPOINTS.filter((each) => each.body !== undefined).map((each) => [each.id, each] as const);
  const withQuery = ENDPOINTS.filter((each) => each.query !== undefined).map((each) => [each.id, each] as const);

  it.each(withBody)('%s refuses odd bodies and says what is wrong', async (_id, declared) => {
    await fc.assert(
      fc.asyncProperty(bodyLike(declared.example?.body), async (body) => {
        const headers = { 'if-match': '*' };
        const sent = JSON.stringify(body) ?? '';
        expectSane(await admin.send(declared.method.toUpperCase(), pathOf(declared), sent, headers));
      }),
      { numRuns: RUNS },
    );
  });

  it.each(withQuery)('%s refuses odd queries and says what is wrong', async (_id, declared) => {
    const names = Object.keys((declared.query as unknown as { shape?: object }).shape ?? {});
    const pairs = fc.array(fc.tuple(fc.constantFrom(...names, 'unknown'), fc.oneof(text, fc.integer().map(String))), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (given) => {
        const query = new URLSearchParams(given.map(([key, each]) => [key, each]));
        expectSane(await admin.send(declared.method.toUpperCase(), `${pathOf(declared)}?${query}`));
      }),
      { numRuns: RUNS },
    );
  });
});
