/** The OpenAPI 3.1 document, made from the same declarations that the routes are made from. */
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { POLICY } from '../directory/policy.ts';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import { type Endpoint, scopesOf, tagOf, takesIdempotencyKey } from './endpoint.ts';
import { PROBLEM_MEDIA_TYPE, problemSchema, titleOf } from './problem.ts';
import { ROW_MEDIA_TYPES } from './rows.ts';
import { TAGS } from './tags.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** @param serverUrl of /api/v1; relative in the copy that lies in docs/ */
export function createApiDocument(
  endpoints: readonly Endpoint[],
  { version, serverUrl }: { readonly version: string; readonly serverUrl: string },
): OpenApiDocument {
  const used = new Set(endpoints.map(tagOf));
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Drawbridge',
      version,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: Object.entries(TAGS)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description })),
    security: [{ key: [] }, { keyAsPassword: [] }, { session: [] }],
    paths: toPaths(endpoints),
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer <key>`.' },
        keyAsPassword: {
          type: 'http',
          scheme: 'basic',
          description: 'The user `api` and an API key as password, for clients that know Basic alone.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'drawbridge_session',
          description:
            'The session of a browser (`__Host-drawbridge_session` over https). What changes something carries the token of the page in `X-CSRF-Token` as well.',
        },
      },
    },
  });
}

const INTRODUCTION = `The JSON API of Drawbridge, for admins, trackers and scripts.

Every refusal is a problem document (RFC 9457) whose \`type\` is the address of a page about it. Lists come in pages: give
\`nextCursor\` of one page as \`cursor\` for the next. A POST may carry an \`Idempotency-Key\`, so that sending it again does
nothing twice. A change of something that has an \`ETag\` is sent with \`If-Match\`.`;

function toPaths(endpoints: readonly Endpoint[]): Record<string, Record<string, ZodOpenApiOperationObject>> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  const refusals = createRefusals();
  for (const declared of endpoints) {
    const path = paths[declared.path] ?? {};
    path[declared.method] = toOperation(declared, refusals);
    paths[declared.path] = path;
  }
  return paths;
}

function toOperation(declared: Endpoint, refusals: Refusals): ZodOpenApiOperationObject {
  const { id, summary, action, answer } = declared;
  const body = toRequestBody(declared);
  return {
    operationId: id,
    tags: [tagOf(declared)],
    summary,
    description: describe(declared),
    requestParams: toParameters(declared),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { [String(answer.status)]: toResponse(declared), ...refusals(declared) },
    ...(action === null
      ? { security: [] }
      : { security: [{ key: [...scopesOf(declared)] }, { keyAsPassword: [] }, { session: [] }] }),
  };
}

/** What it does, and who may: the policy table says it in words. */
function describe(declared: Endpoint): string {
  const { description, action } = declared;
  if (action === null) return [description, 'Open to everybody.'].filter((text) => text !== undefined).join('\n\n');
  if (action === 'any caller')
    return [description, 'Open to any key.'].filter((text) => text !== undefined).join('\n\n');
  const scopes = scopesOf(declared).map((scope) => `\`${scope}\``);
  const access = `Action \`${action}\` (${POLICY[action].words}). Scopes of a key, one of: ${scopes.join(', ')}.`;
  return [description, access].filter((text) => text !== undefined).join('\n\n');
}

function toParameters(declared: Endpoint): NonNullable<ZodOpenApiOperationObject['requestParams']> {
  const { params, query, ifMatch } = declared;
  const headers: Record<string, z.ZodType> = {};
  if (ifMatch !== undefined) {
    const etag = z.string().meta({ description: 'ETag of the version that the change is based on.', example: '"3"' });
    headers['If-Match'] = ifMatch === 'required' ? etag : etag.optional();
  }
  if (takesIdempotencyKey(declared)) {
    const key = z.string().min(8).max(255);
    headers['Idempotency-Key'] = key.optional().meta({
      description: 'Sent again with the same key, the request gets the first answer and does nothing twice.',
      example: '5f0c9d1e-8a3b-4c7d-9e21-6b4f0a7c2d18',
    });
  }
  return {
    ...(params === undefined ? {} : { path: params as z.ZodObject }),
    ...(query === undefined ? {} : { query: query as z.ZodObject }),
    ...(Object.keys(headers).length === 0 ? {} : { header: z.object(headers) }),
  };
}

function toRequestBody({
  body,
  binaryBody,
  example,
}: Endpoint): NonNullable<ZodOpenApiOperationObject['requestBody']> | undefined {
  if (binaryBody !== undefined) {
    return { required: true, content: Object.fromEntries(binaryBody.mediaTypes.map((type) => [type, {}])) };
  }
  if (body === undefined) return undefined;
  const required = !body.safeParse(undefined).success;
  const shown = example?.body === undefined ? {} : { example: example.body };
  return { required, content: { 'application/json': { schema: body, ...shown } } };
}

type Response = ZodOpenApiResponsesObject[`${1 | 2 | 3 | 4 | 5}${string}`];

function toResponse({ answer }: Endpoint): Response {
  const headers: Record<string, z.ZodType> = {};
  if (answer.kind === 'json' && answer.version !== undefined) {
    headers.ETag = z.string().meta({ description: 'Version of what is answered.', example: '"3"' });
  }
  if (answer.kind === 'json' && answer.location !== undefined) {
    headers.Location = z.string().meta({ description: 'Where it is now.' });
  }
  const shown = Object.keys(headers).length === 0 ? {} : { headers: z.object(headers) };
  return { description: answer.description, ...shown, ...toContent(answer) };
}

function toContent(answer: Endpoint['answer']) {
  switch (answer.kind) {
    case 'json':
      return { content: { 'application/json': { schema: answer.schema } } };
    case 'rows': {
      const csv = z.string().meta({ description: `Columns: ${Object.keys(answer.schema.shape).join(', ')}.` });
      return {
        content: { [ROW_MEDIA_TYPES.jsonl]: { schema: answer.schema }, [ROW_MEDIA_TYPES.csv]: { schema: csv } },
      };
    }
    case 'bytes':
      return { content: Object.fromEntries(answer.mediaTypes.map((type) => [type, {}])) };
    case 'none':
      return {};
    default:
      return answer satisfies never;
  }
}

type Refusals = (declared: Endpoint) => Record<string, Response>;

/** Codes by status, so that each status says everything that it can mean here. The same ones are one component. */
function createRefusals(): Refusals {
  const known = new Map<string, Response>();
  const toRefusal = (codes: readonly ErrorCode[]): Response => {
    const id = codes.join('-or-');
    const description = codes.map((code) => `\`${code}\`: ${titleOf(code)}`).join(' ');
    const made = known.get(id) ?? { id, description, content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } } };
    known.set(id, made);
    return made;
  };
  return (declared) => {
    const byStatus = Map.groupBy(refusalsOf(declared), (code) => ERROR_CODES[code][0]);
    const sorted = [...byStatus].toSorted(([left], [right]) => left - right);
    return Object.fromEntries(sorted.map(([status, codes]) => [String(status), toRefusal(codes)]));
  };
}

/** What the door refuses with by itself, and what was declared beside it. */
export function refusalsOf(declared: Endpoint): readonly ErrorCode[] {
  const { action, params, body, binaryBody, ifMatch, refusals = [] } = declared;
  // A parameter that there is not is refused everywhere.
  const codes: ErrorCode[] = ['internal', 'unavailable', 'busy', 'invalid_value'];
  if (action !== null) {
    codes.push('unauthorized', 'token_expired', 'token_revoked', 'insufficient_scope', 'forbidden', 'rate_limited');
  }
  if (params !== undefined) codes.push('not_found');
  if (body !== undefined) codes.push('invalid_syntax');
  if (body !== undefined || binaryBody !== undefined) codes.push('payload_too_large', 'unsupported_media_type');
  if (takesIdempotencyKey(declared)) codes.push('idempotency_mismatch', 'in_flight');
  if (ifMatch !== undefined) codes.push('precondition_failed');
  if (ifMatch === 'required') codes.push('precondition_required');
  return [...new Set([...codes, ...refusals])];
}
