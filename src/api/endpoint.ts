/**
 * An endpoint is one declaration: from it come the route, the checks of what comes in and of what goes out, the OpenAPI
 * document and the tests that every endpoint has to pass.
 */
import type { z } from 'zod';
import { type Action, type ActionRule, POLICY, type PolicySubject } from '../directory/policy.ts';
import type { Principal, Scope } from '../directory/principal.ts';
import type { ErrorCode } from '../errors.ts';
import type { Answer, AnswerValue } from './answer.ts';
import type { ApiContext } from './context.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Bytes in place of JSON, such as a picture. */
export interface BinaryBody {
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
}

export interface GivenBytes {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** For docs/api.md, where every example is run by a test, in the order of the registry. */
export interface Example {
  /** Values of path parameters and of `{NAME}` in query and body come from what earlier examples saved. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  /** Shell variable with the version that If-Match names. */
  readonly ifMatch?: string;
  /** Shell variable -> path into the answer (`id`, `token.id`), for later examples. */
  readonly saves?: Readonly<Record<string, string>>;
  /** Where the example puts an answer of bytes. */
  readonly savesFile?: string;
  /** Why it cannot be run by itself (it needs a file, a mail, another system). */
  readonly notRunBecause?: string;
}

export interface Declaration<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends Answer> {
  /** `connections.pause`: operationId, and the operation in metrics and log. Its first part is the tag. */
  readonly id: string;
  readonly method: Method;
  /** Below /api/v1, parameters in braces: `/connections/{connectionId}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  /**
   * Row of the policy table: which keys and which roles it is open to. `any caller`: with whatever credentials; null: to
   * everybody, without any.
   */
  readonly action: Action | 'any caller' | null;
  /**
   * What the table is asked about, as far as the address says it. `by use-case`: only the use-case can know; the door
   * looks at the key's scopes alone.
   */
  readonly subject?: ((params: z.output<P>, caller: Principal) => PolicySubject) | 'by use-case';
  /** Each a UUID or a word; one that does not fit is answered 404. */
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** In place of `body`. */
  readonly binaryBody?: BinaryBody;
  readonly answer: A;
  /** For changes of what has a version: whether If-Match has to come (428) or may (412 either way). */
  readonly ifMatch?: 'required' | 'optional';
  /** Refusals beyond those that every endpoint has. */
  readonly refusals?: readonly ErrorCode[];
  readonly example?: Example;
  /** Calls one use-case. What `context.commit` gave is the answer. */
  handle(context: ApiContext<A>, input: Input<P, Q, B>): Promise<AnswerValue<A>>;
}

export interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  /** Empty without `binaryBody`. */
  readonly bytes: GivenBytes;
}

export type Endpoint = Declaration<z.ZodType, z.ZodType, z.ZodType, Answer>;

/** Checks a declaration's types against each other. The registry holds endpoints of every kind, so they are forgotten after. */
export function endpoint<
  A extends Answer,
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(declaration: Declaration<P, Q, B, A>): Endpoint {
  return declaration as unknown as Endpoint;
}

/** Scopes of which a key needs one; `everything` is enough always. Empty: none is needed. */
export function scopesOf({ action }: Pick<Endpoint, 'action'>): readonly Scope[] {
  if (action === null || action === 'any caller') return [];
  const { area, reads }: ActionRule = POLICY[action];
  return [...(reads ? ['read' as const] : []), ...(area === 'installation' ? [] : [area]), 'everything'];
}

export function tagOf({ id }: Endpoint): string {
  return id.split('.')[0] ?? id;
}

/** Idempotency-Key counts for whatever makes something. */
export function takesIdempotencyKey(declared: Endpoint): boolean {
  const { method, action } = declared;
  return method === 'post' && action !== null && action !== 'any caller' && !POLICY[action].reads;
}
