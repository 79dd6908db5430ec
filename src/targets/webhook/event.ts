/**
 * The form of an event, as a receiver gets it: the type, the time, and what changed. One zod schema per type is the list
 * of types, what is checked in tests, and the JSON Schemas in docs/targets/webhook-events.json.
 */
import { z } from 'zod';
import { CHANGE_KINDS, type Change } from '../../synclog/change.ts';

const thing = z
  .object({ type: z.string(), id: z.string(), name: z.string() })
  .describe('A thing by its id, with its name at that time.');

const state = z.record(z.string(), z.unknown());

const data = z.object({
  organizationId: z.string(),
  position: z
    .number()
    .int()
    .describe('Position in the change log; grows, with gaps. Events of one subject come in its order.'),
  subject: thing,
  related: thing.optional().describe('The group of a membership, the team of a grant.'),
  before: state.optional().describe('What changed, as it was.'),
  after: state.optional().describe('What changed, as it is.'),
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  reason: z.string().nullable(),
  connectionId: z.string().nullable().describe('The identity provider that it came from.'),
  exchangeId: z.string().nullable().describe('The request that caused it, as the sync log shows it.'),
});

function schemaOf<K extends string>(type: K) {
  return z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data });
}

/** Every type of event with its schema: a type for each kind of change, and one to test with. */
export const EVENT_TYPES: readonly string[] = [...CHANGE_KINDS, 'webhook.test'];

export const eventSchema = z.discriminatedUnion(
  'type',
  EVENT_TYPES.map(schemaOf) as unknown as readonly [ReturnType<typeof schemaOf>, ...ReturnType<typeof schemaOf>[]],
);

/** JSON Schema (2020-12) of every type, for docs/generate.ts: one form of `data`, and each type by its name. */
export function eventJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...form } = z.toJSONSchema(data);
  const timestamp = { type: 'string', format: 'date-time' };
  const types = EVENT_TYPES.map((type) => ({
    title: type,
    type: 'object',
    properties: { type: { const: type }, timestamp, data: { $ref: '#/$defs/data' } },
    required: ['type', 'timestamp', 'data'],
  }));
  return { $schema, title: 'Events of a webhook', $defs: { data: form }, oneOf: types };
}

export function toEvent(change: Change): z.infer<typeof eventSchema> {
  const { kind, at, organizationId, position, subject, related, before, after, actor, reason } = change;
  return {
    type: kind,
    timestamp: new Date(at).toISOString(),
    data: {
      ...{ organizationId, position, subject },
      ...(related === undefined ? {} : { related }),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...{ actor, reason, connectionId: change.connectionId, exchangeId: change.exchangeId },
    },
  };
}

export function testEvent(organizationId: string, now: number): z.infer<typeof eventSchema> {
  const subject = { type: 'organization', id: organizationId, name: 'test' };
  const actor = { kind: 'system', id: null, name: 'test' };
  return {
    type: 'webhook.test',
    timestamp: new Date(now).toISOString(),
    data: { organizationId, position: 0, subject, actor, reason: null, connectionId: null, exchangeId: null },
  };
}
