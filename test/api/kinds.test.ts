/** Answers of every kind: JSON, nothing, rows that are streamed, bytes; and what a declaration does not know. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { bytes, json, none, rows } from '../../src/api/answer.ts';
import { createApiDocument } from '../../src/api/document.ts';
import { endpoint } from '../../src/api/endpoint.ts';
import { flag, givenInstant, instant } from '../../src/api/fields.ts';
import { formatQuery } from '../../src/api/rows.ts';
import { describeApi } from '../support/api-server.ts';

const row = z.object({ name: z.string(), at: instant, tags: z.array(z.string()) });
const format = formatQuery;
const read = { method: 'get', action: 'connections.read', summary: 'For this test' } as const;
const seen: string[] = [];

async function* people(count: number, breakAt = Infinity) {
  try {
    for (let index = 0; index < count; index += 1) {
      if (index === breakAt) throw new Error('the database went away');
      yield { name: index === 0 ? '=1+1, "x"' : `person ${index}`, at: 0, tags: ['a'], secret: 'never shown' };
    }
  } finally {
    seen.push('closed');
  }
}

const ENDPOINTS = [
  endpoint({
    ...read,
    id: 't.rows',
    path: '/rows',
    query: format,
    answer: rows(row, 'people'),
    handle: async () => people(3),
  }),
  endpoint({ ...read, id: 't.none', path: '/none', answer: none(), handle: async () => undefined }),
  endpoint({
    ...read,
    id: 't.many',
    path: '/many',
    query: format,
    answer: rows(row, 'many'),
    handle: async () => people(1e6),
  }),
  endpoint({
    ...read,
    id: 't.torn',
    path: '/torn',
    query: format,
    answer: rows(row, 'torn'),
    handle: async () => people(9, 5),
  }),
  endpoint({
    ...read,
    ...{ id: 't.picture', method: 'put', path: '/picture', action: 'connections.change' },
    binaryBody: { mediaTypes: ['image/png'], maxBytes: 100 },
    answer: bytes(['image/png']),
    handle: async (_context, { bytes: given }) => ({ ...given, version: 7 }),
  }),
  endpoint({
    ...read,
    ...{ id: 't.misfit', path: '/misfit', answer: json(z.object({ name: z.string() })) },
    handle: async () => ({ name: 5 as unknown as string }),
  }),
  endpoint({
    ...read,
    ...{ id: 't.times', path: '/times' },
    query: z.strictObject({ from: givenInstant, all: flag.default(false) }),
    answer: json(z.object({ from: instant, all: z.boolean() })),
    handle: async (_context, { query }) => ({ ...query, secret: 'never shown' }),
  }),
];

describeApi(
  'answers of the API',
  (api) => {
    it('streams rows as JSON lines, without what is not declared', async () => {
      const answer = await api().as({}).get('/rows');
      expect(answer.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
      const lines = answer.text.trimEnd().split('\n');
      expect(lines).toHaveLength(3);
      expect(JSON.parse(lines[1] ?? '')).toEqual({ name: 'person 1', at: '1970-01-01T00:00:00.000Z', tags: ['a'] });
    });

    it('streams them as CSV that no spreadsheet takes for a formula', async () => {
      const byAccept = await api().as({}).get('/rows', { accept: 'text/csv' });
      const byQuery = await api().as({}).get('/rows?format=csv');
      expect(byAccept.headers.get('content-disposition')).toBe('attachment; filename="people.csv"');
      expect(byAccept.text).toBe(byQuery.text);
      expect(byAccept.text.split('\n')[0]).toBe('name,at,tags');
      expect(byAccept.text.split('\n')[1]).toBe(`"'=1+1, ""x""",1970-01-01T00:00:00.000Z,"[""a""]"`);
    });

    it('stops reading when the client goes away', async () => {
      seen.length = 0;
      const response = await fetch(`${api().url}/many`, { headers: { authorization: `Bearer ${api().keyOf({})}` } });
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      await expect.poll(() => seen).toContain('closed');
    });

    it('breaks a torn answer off, so that nobody takes it for a whole one', async () => {
      await expect(api().as({}).get('/torn')).rejects.toThrow();
      expect(api().events.at(-1)).toMatchObject({ operation: 't.torn', status: 500, errorCode: 'internal' });
    });

    it('answers nothing with 204', async () => {
      expect(await api().as({}).get('/none')).toMatchObject({ status: 204, text: '' });
    });

    it('takes and gives bytes of the declared types only, so that a browser runs none of them', async () => {
      const put = (body: string, type: string) => api().as({}).put('/picture', body, { 'content-type': type });
      const answer = await put('png', 'image/png');
      expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([200, 'png', '"7"']);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
      expect((await put('<svg>', 'image/svg+xml')).status).toBe(415);
      expect((await put('x'.repeat(101), 'image/png')).status).toBe(413);
    });

    it('never lets out what does not fit its declaration', async () => {
      const answer = await api().as({}).get('/misfit');
      expect(answer.body).toMatchObject({ status: 500, code: 'internal' });
      expect(answer.text).not.toContain('5,');
      expect(String(api().events.at(-1)?.cause)).toContain('t.misfit');
    });

    it('speaks RFC 3339 outside and milliseconds inside', async () => {
      const answer = await api().as({}).get('/times?from=2026-01-01T01:00:00%2B01:00&all=true');
      expect(answer.body).toEqual({ from: '2026-01-01T00:00:00.000Z', all: true });
      expect((await api().as({}).get('/times?from=yesterday')).body.errors).toMatchObject([{ name: 'from' }]);
    });
  },
  { endpoints: ENDPOINTS },
);

it('describes each kind in the document', () => {
  const document = createApiDocument(ENDPOINTS, { version: '1', serverUrl: '/' });
  const types = (path: string, method: 'get' | 'put') =>
    Object.keys((document.paths?.[path]?.[method]?.responses?.['200'] as { content?: object })?.content ?? {});
  expect(types('/rows', 'get')).toEqual(['application/jsonl', 'text/csv']);
  expect(types('/picture', 'put')).toEqual(['image/png']);
  const [from, all] = document.paths?.['/times']?.get?.parameters ?? [];
  expect([from, all].map((each) => (each as { schema: { type: string } }).schema.type)).toEqual(['string', 'boolean']);
});
