/** Whatever comes in at the door: no 5xx, no lost connection, and each refusal a SCIM error that says what it is about. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../support/on-each-engine.ts';
import { BULK, GROUP, PATCH, type ScimAnswer, type ScimClient, scimClient, USER } from '../support/scim-client.ts';

const RUNS = process.env.FUZZ_RUNS === undefined ? 60 : Number(process.env.FUZZ_RUNS);

/** A refusal is a SCIM error with a string status and a text; anything else is a success. */
function expectCivil(answer: ScimAnswer): void {
  expect(answer.status, answer.text).toBeLessThan(500);
  if (answer.status < 400) return;
  expect(answer.headers.get('content-type')).toContain('application/scim+json');
  expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
  expect(answer.body.status).toBe(String(answer.status));
  expect(answer.body.detail.length).toBeGreaterThan(10);
}

const DANGEROUS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '\u0000',
  '\ud800',
  '\u202e',
  "'; drop table users; --",
  '%',
  '_',
  '\\',
  '"',
];
const NAMES = [
  'userName',
  'name',
  'name.familyName',
  'emails',
  'emails[type eq "work"].value',
  'active',
  'members',
  'id',
  'meta',
  'schemas',
  'password',
  'groups',
  'manager',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
];

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...DANGEROUS, ...NAMES));
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(text, tie('any'), { maxKeys: 5 }),
}));
const operation = fc.record(
  {
    op: fc.oneof(fc.constantFrom('add', 'replace', 'remove', 'Replace', 'Add'), text),
    path: fc.oneof(fc.constantFrom(...NAMES), text),
    value: value.any,
  },
  { requiredKeys: [] },
);
/** From one that is well-formed to one of which nothing is. */
const bulkOperation = fc.oneof(
  fc.record(
    {
      method: fc.oneof(fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'post'), value.any),
      path: fc.oneof(fc.constantFrom('/Users', '/Groups', '/Users/1', '/Groups/bulkId:a', '/Bulk', '/Me'), value.any),
      bulkId: fc.oneof(fc.constantFrom('a', 'b', 'c'), value.any),
      version: fc.oneof(fc.constantFrom('W/"1"'), value.any),
      data: fc.oneof(
        fc.record({ userName: text, displayName: text, members: fc.constant([{ value: 'bulkId:b' }]) }),
        fc.record({ schemas: fc.constant([PATCH]), Operations: fc.array(operation, { maxLength: 2 }) }),
        value.any,
      ),
    },
    { requiredKeys: [] },
  ),
  value.any,
);
const filterText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...NAMES,
        'eq',
        'ne',
        'co',
        'sw',
        'gt',
        'pr',
        'and',
        'or',
        'not',
        '(',
        ')',
        '[',
        ']',
        '"x"',
        'true',
        'null',
        '-1e5',
        '"\\u0041"',
      ),
      text,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(' '));

describeBridge('the door under fire', (bridge) => {
  let client: ScimClient;
  let userId = '';
  let groupId = '';

  beforeAll(async () => {
    client = scimClient(await bridge().createConnection({ dialect: 'entra' }));
    userId = await client.user('target@fuzz.example', { emails: [{ value: 'target@fuzz.example', type: 'work' }] });
    groupId = await client.group('Target', [userId]);
  });

  const check = async (property: fc.IAsyncProperty<unknown>): Promise<void> => fc.assert(property, { numRuns: RUNS });

  it('answers random resources civilly', { timeout: 60_000 }, () =>
    check(
      fc.asyncProperty(fc.constantFrom('/Users', '/Groups'), value.any, async (path, body) => {
        expectCivil(await client.send('POST', path, JSON.stringify(body) ?? 'null'));
        const typed = typeof body === 'object' && body !== null ? body : {};
        const schemas = [path === '/Users' ? USER : GROUP];
        expectCivil(await client.send('POST', path, { schemas, userName: 'x', displayName: 'x', ...typed }));
      }),
    ),
  );

  it('answers random patches civilly and keeps the user whole', { timeout: 60_000 }, () =>
    check(
      fc.asyncProperty(fc.array(operation, { maxLength: 4 }), async (Operations) => {
        expectCivil(await client.send('PATCH', `/Users/${userId}`, { schemas: [PATCH], Operations }));
        expectCivil(await client.send('PATCH', `/Groups/${groupId}`, { schemas: [PATCH], Operations }));
        const read = await client.get(`/Users/${userId}`);
        expect(read.status).toBe(200);
        expect(typeof read.body.userName).toBe('string');
      }),
    ),
  );

  it('answers every operation of a random bulk request civilly, and each that it tried', { timeout: 60_000 }, () =>
    check(
      fc.asyncProperty(fc.array(bulkOperation, { maxLength: 6 }), fc.nat(3), async (operations, failOnErrors) => {
        const sent = JSON.parse(JSON.stringify(operations)) as unknown[];
        const answer = await client.send('POST', '/Bulk', { schemas: [BULK], Operations: sent, failOnErrors });
        expect(answer.status, answer.text).toBe(200);
        const results = answer.body.Operations as { status: string; response?: ScimAnswer['body'] }[];
        const failed = results.filter(({ status }) => Number(status) >= 400);
        for (const { status, response } of failed) {
          expect(Number(status), JSON.stringify(response)).toBeLessThan(500);
          expect(response).toMatchObject({ status, detail: expect.stringContaining('Operations[') });
        }
        const isStopped = failOnErrors > 0 && failed.length === failOnErrors;
        if (isStopped) expect(results.length).toBeLessThanOrEqual(sent.length);
        else expect(results.length).toBe(sent.length);
      }),
    ),
  );

  it('answers random filters, sorting and paging civilly', { timeout: 60_000 }, () =>
    check(
      fc.asyncProperty(filterText, text, text, async (filter, sortBy, count) => {
        for (const type of ['Users', 'Groups']) {
          const query = new URLSearchParams({ filter, sortBy, count, attributes: sortBy }).toString();
          expectCivil(await client.get(`/${type}?filter=${encodeURIComponent(filter.toWellFormed())}`));
          expectCivil(await client.get(`/${type}?${query}`));
        }
      }),
    ),
  );

  it('answers random paths and ids civilly', { timeout: 60_000 }, () =>
    check(
      fc.asyncProperty(fc.constantFrom('GET', 'DELETE', 'PUT', 'PATCH', 'POST'), text, async (method, id) => {
        for (const type of ['Users', 'Groups', 'Schemas', 'ResourceTypes', 'Roles', 'Nothing']) {
          const path = `/${type}/${encodeURIComponent(id.toWellFormed())}`;
          expectCivil(await client.send(method, path, method === 'GET' || method === 'DELETE' ? undefined : {}));
        }
      }),
    ),
  );

  it.each([
    ['a key that would reach the prototype', '{"schemas":[],"userName":"p1","__proto__":{"admin":true}}'],
    ['a nested prototype key', '{"userName":"p2","name":{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}}'],
    ['an extension key that would reach the prototype', `{"userName":"p3","${USER}:__proto__.polluted":"yes"}`],
    ['a NUL byte', '{"userName":"a\\u0000b"}'],
    ['a lone surrogate', '{"userName":"a\\ud800b"}'],
    ['the same key twice', '{"userName":"first@fuzz.example","userName":"second@fuzz.example"}'],
    ['the same key in two cases', '{"userName":"one@fuzz.example","USERNAME":"two@fuzz.example"}'],
    ['a huge number', '{"userName":"n@fuzz.example","active":1e999}'],
    ['deep nesting', `{"userName":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['deep nesting without an end', '['.repeat(100_000)],
    ['nothing at all', ' '],
    ['a bare string', '"userName"'],
  ])('refuses or takes %s civilly', async (_what, body) => {
    expectCivil(await client.send('POST', '/Users', body));
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect((await client.get('/Users?filter=__proto__.filter eq "x"')).status).toBe(400);
    expect((await client.get(`/Users/${userId}`)).status).toBe(200);
  });

  it('refuses a body of 10 MB with 413 and stays reachable', async () => {
    const body = JSON.stringify({ userName: 'big@fuzz.example', title: 'x'.repeat(10 * 1024 * 1024) });
    const answer = await client.send('POST', '/Users', body);
    expect(answer.status).toBe(413);
    expectCivil(answer);
    expect((await client.get(`/Users/${userId}`)).status).toBe(200);
  });

  it('refuses a filter of 10,000 characters', async () => {
    const answer = await client.get(`/Users?filter=${encodeURIComponent(`userName eq "${'x'.repeat(10_000)}"`)}`);
    expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidFilter']);
  });
});
