/**
 * The form of a replay file (README.md says it in words) and how the files are found.
 *
 * Owns: the schema of a file, the list of files. Does not own: sending and checking (replay.ts, check.ts).
 * Called by replay.test.ts and replay-format.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DIALECTS } from '../../src/directory/connections/connection.ts';

const pointer = z.string().regex(/^(\/.*)?$/, 'a JSON pointer (RFC 6901): empty, or beginning with /');
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'letters and digits: it is used as {name}');
const status = z.int().min(200).max(599);

/** One thing that must be true of the body, at a JSON pointer. `at` and exactly one more key (`times` goes with `contains`). */
export const checkSchema = z
  .strictObject({
    at: pointer,
    equals: z.json().optional(),
    differs: z.json().optional(),
    absent: z.literal(true).optional(),
    absentOr: z.json().optional(),
    empty: z.literal(true).optional(),
    notEmpty: z.literal(true).optional(),
    type: z.enum(['string', 'integer', 'boolean', 'array', 'object']).optional(),
    atLeast: z.number().optional(),
    matches: z.string().optional(),
    contains: z.json().optional(),
    times: z.int().min(1).optional(),
    excludes: z.json().optional(),
    values: z.array(z.string()).optional(),
    count: z.int().min(0).optional(),
    disjoint: z.string().optional(),
  })
  .refine((check) => Object.keys(check).filter((key) => key !== 'at' && key !== 'times').length === 1, {
    message: 'a check has exactly one test beside `at`',
  })
  .refine((check) => check.times === undefined || check.contains !== undefined, {
    message: '`times` goes with `contains`',
  });
export type Check = z.infer<typeof checkSchema>;

export const requestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().regex(/^\/\S*$/, 'a path below the SCIM base address, with its query, as it stands on the wire'),
  headers: z.record(z.string(), z.string()).optional(),
  /** `none`, or the whole value of the Authorization header. Without it: the connection's bearer token. */
  auth: z.string().optional(),
  /** The name of a second connection whose token is used. */
  via: name.optional(),
  body: z.json().optional(),
  /** Text sent as it is (junk, or another media type). */
  text: z.string().optional(),
  /** Members put over the body: what a client changes in a resource that it read. */
  with: z.record(z.string(), z.json()).optional(),
  /** Repeats `element` in the list at `at` until the body has `bytes`. */
  grow: z.strictObject({ at: pointer, element: z.json(), bytes: z.int().positive() }).optional(),
});
export type ReplayRequest = z.infer<typeof requestSchema>;

export const expectationSchema = z.strictObject({
  /** What Drawbridge answers: this and nothing else. 200 where it is not given. */
  status: status.optional(),
  /** What the client is known to take as well. Kept for the record; the runner does not use it. */
  alsoAccepted: z.array(status).optional(),
  /** The scimType of an error. */
  scimType: z.string().optional(),
  /** The answer is a ListResponse with this totalResults. */
  list: z.int().min(0).optional(),
  headers: z
    .record(z.string(), z.strictObject({ equals: z.string().optional(), matches: z.string().optional() }))
    .optional(),
  body: z.array(checkSchema).optional(),
  /** name -> JSON pointer into the body; usable as {name} afterwards. */
  save: z.record(name, pointer).optional(),
  /** Requests that follow, in order, each with what it must show. */
  // biome-ignore lint/suspicious/noThenProperty: a list read from a file, never something that await could call
  get then() {
    return z.array(stepSchema).optional();
  },
});
export type Expectation = z.infer<typeof expectationSchema>;

export const stepSchema = z.strictObject({ request: requestSchema, expect: expectationSchema.optional() });
export type Step = z.infer<typeof stepSchema>;

const createSchema = z.strictObject({
  create: z.enum(['User', 'Group']),
  as: name,
  /** Makes {as}1 .. {as}N; {n} in the body is the number. */
  times: z.int().min(2).optional(),
  via: name.optional(),
  /** Groups only: names of users made before. */
  members: z.array(name).optional(),
  body: z.record(z.string(), z.json()),
});
const preconditionSchema = z.discriminatedUnion('precondition', [
  z.strictObject({ precondition: z.literal('paused') }),
  z.strictObject({ precondition: z.literal('rules'), rules: z.array(z.json()) }),
  z.strictObject({
    precondition: z.literal('second-connection'),
    as: name,
    organization: z.enum(['same', 'other']),
    dialect: z.enum(DIALECTS),
  }),
]);
export const givenSchema = z.union([createSchema, preconditionSchema, stepSchema]);
export type Given = z.infer<typeof givenSchema>;

export const replaySchema = z.strictObject({
  case: z.string().regex(/^[a-z][a-z0-9-]*$/),
  purpose: z.string().min(5),
  dialect: z.enum(DIALECTS),
  seen: z.strictObject({
    source: z.string().min(5),
    evidence: z.enum(['doc', 'test', 'capture', 'thread', 'code', '2nd']),
    basis: z.enum(['documented', 'recommended']),
    bodyIs: z.enum(['as sourced', 'constructed']),
  }),
  note: z.string().optional(),
  given: z.array(givenSchema),
  request: requestSchema,
  expect: expectationSchema,
  /** What the case asks for and no SCIM request can show, and the test that shows it. */
  elsewhere: z.array(z.strictObject({ assertion: z.string(), file: z.string(), test: z.string() })).optional(),
});
export type Replay = z.infer<typeof replaySchema>;

export interface ReplayFile {
  readonly folder: string;
  readonly file: string;
  readonly content: unknown;
}

/** Every `<folder>/NN-what.json` below this folder, in order. A new capture is a new file, no code. */
export function listReplayFiles(root: string = import.meta.dirname): readonly ReplayFile[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map((entry) => entry.name)
    .sort()
    .flatMap((folder) => {
      const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.json'));
      return files.sort().map((file) => ({ folder, file, content: readJson(join(root, folder, file)) }));
    });
}

/** A file's content, checked. Throws with the file's name and what is wrong in it. */
export function parseReplay(file: ReplayFile): Replay {
  const result = replaySchema.safeParse(file.content);
  if (!result.success) throw new Error(`${file.folder}/${file.file}\n${z.prettifyError(result.error)}`);
  return result.data;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error });
  }
}
