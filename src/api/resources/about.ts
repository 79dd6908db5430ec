/** The API about itself: its document, the types of events, the pages that problems lead to. Open to everybody. */
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { eventJsonSchema } from '../../targets/webhook/event.ts';
import { json } from '../answer.ts';
import { createApiDocument } from '../document.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { PROBLEMS } from '../problem-catalog.ts';

const problemKind = z
  .object({
    code: z.string().meta({ example: 'not_found' }),
    status: z.int().meta({ example: 404 }),
    title: z.string(),
    advice: z.string().meta({ description: 'What to do about it.' }),
  })
  .meta({ id: 'ProblemKind' });

const listProblems = endpoint({
  id: 'api.problems',
  method: 'get',
  path: '/problems',
  summary: 'List what a refusal can mean',
  action: null,
  answer: json(z.object({ items: z.array(problemKind) }), { description: 'Every kind of problem.' }),
  example: {},
  handle: async () => ({ items: PROBLEMS }),
});

const getProblem = endpoint({
  id: 'api.problem',
  method: 'get',
  path: '/problems/{code}',
  summary: 'Read what a refusal means',
  description: 'The `type` of every problem document leads here.',
  action: null,
  params: z.object({ code: z.string().max(100).meta({ example: 'not-found' }) }),
  answer: json(problemKind, { description: 'This kind of problem.' }),
  example: { params: { code: 'not-found' } },
  async handle(_context, { params }) {
    const found = PROBLEMS.find(({ code }) => code === params.code.replaceAll('-', '_'));
    if (found === undefined) throw new AppError('not_found');
    return found;
  },
});

const getEvents = endpoint({
  id: 'api.events',
  method: 'get',
  path: '/webhook-events',
  summary: 'Read the JSON Schema of every type of event',
  description: 'What a webhook is told: one schema (2020-12), in its `oneOf` each type by its name.',
  action: null,
  answer: json(z.record(z.string(), z.unknown()), { description: 'JSON Schema.' }),
  example: {},
  handle: async () => ({ ...eventJsonSchema() }),
});

/** @param endpoints the others; the document tells of these and of itself as well */
export function createAboutEndpoints(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const getDocument: Endpoint = endpoint({
    id: 'api.document',
    method: 'get',
    path: '/openapi.json',
    summary: 'Read the OpenAPI document',
    action: null,
    answer: json(z.record(z.string(), z.unknown()), { description: 'This document.' }),
    example: {},
    async handle({ parts }) {
      const options = { version: parts.environment.version, serverUrl: `${parts.publicUrl()}/api/v1` };
      return { ...createApiDocument(all, options) };
    },
  });
  const all = [...endpoints, getDocument, listProblems, getProblem, getEvents];
  return all;
}
