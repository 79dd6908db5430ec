/** What is answered fits the document that is served: read back as a client would, and not by the schemas that made it. */
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Endpoint } from '../../src/api/endpoint.ts';
import { ENDPOINTS } from '../../src/api/registry.ts';
import type { ApiClient } from '../support/api-client.ts';
import { describeApi } from '../support/api-server.ts';
import { type Fixtures, fillPath, makeFixtures } from './fixtures.ts';

type Json = Record<string, unknown>;

/** The schema with everything that it refers to in its place. */
function inline(document: Json, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => inline(document, each));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref: ref } = value as { $ref?: string };
  if (ref !== undefined) {
    const target = ref
      .slice(2)
      .split('/')
      .reduce<unknown>((place, key) => (place as Json)[key], document);
    return inline(document, target);
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inline(document, each)]));
}

function schemaOf(document: Json, { path, method }: Endpoint, status: number, type: string): z.ZodType {
  const pathItem = (document.paths as Record<string, Record<string, { responses: Json }>>)[path];
  const response = inline(document, pathItem?.[method]?.responses[String(status)]) as {
    content?: Record<string, { schema: z.core.JSONSchema.JSONSchema }>;
  };
  const schema = response?.content?.[type]?.schema;
  if (schema === undefined) throw new Error(`the document knows no ${status} with ${type} of ${method} ${path}`);
  return z.fromJSONSchema(schema);
}

describeApi('answers and the document', (api) => {
  let document: Json = {};
  let values: Fixtures = {};
  let admin: ApiClient;
  beforeAll(async () => {
    document = (await api().anonymous.get('/openapi.json')).body;
    values = await makeFixtures(api(), api().organizationId);
    admin = api().as({});
  });

  const reads = ENDPOINTS.filter((each) => each.method === 'get' && each.answer.kind === 'json');

  it.each(reads.map((each) => [each.id, each] as const))('%s answers as the document says', async (_id, declared) => {
    const path = fillPath(declared.path, values, api().core.directory.newId);
    const answer = await admin.get(path);
    expect(answer.status).toBe(200);
    const parsed = schemaOf(document, declared, 200, 'application/json').safeParse(answer.body);
    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  it.each(reads.map((each) => [each.id, each] as const))('%s refuses as the document says', async (_id, declared) => {
    const path = fillPath(declared.path, values, api().core.directory.newId);
    const answer = await admin.get(`${path}?no_such_parameter=1`);
    expect(answer.status).toBe(400);
    const parsed = schemaOf(document, declared, 400, 'application/problem+json').safeParse(answer.body);
    expect(parsed.error?.issues ?? []).toEqual([]);
  });

  it('answers HEAD as GET, without a body', async () => {
    const [get, head] = [await admin.get('/organization'), await admin.send('HEAD', '/organization')];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
  });
});
