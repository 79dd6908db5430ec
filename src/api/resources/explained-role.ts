/** A role with everything that it comes from. */
import { z } from 'zod';
import type { ExplainedScope } from '../../directory/roles/explain.ts';
import type { ValueOf } from '../answer.ts';
import { id, instant } from '../fields.ts';

const explainedGrant = z
  .object({
    id,
    role: z.string(),
    origin: z.string().meta({ example: 'rule' }),
    rule: z.string().nullable(),
    connectionId: id.nullable(),
    group: z.string().nullable().meta({ description: 'Name of the group that fed the rule.' }),
    since: instant,
    changePosition: z.int().nullable(),
    exchangeId: id.nullable(),
  })
  .meta({ id: 'ExplainedGrant' });

export const explainedRole = z
  .object({
    team: z.object({ id, name: z.string() }).nullable().meta({ description: 'Null for the organization.' }),
    role: z
      .string()
      .nullable()
      .meta({ description: 'What the grants add up to; null where they give nothing at present.', example: 'member' }),
    grants: z.array(explainedGrant),
    keptOut: z
      .object({ by: z.string(), reason: z.string().nullable(), since: instant })
      .nullable()
      .meta({ description: 'Who keeps the person out of the team by hand.' }),
    archived: z.boolean().meta({ description: 'The team is archived, so that nobody holds anything in it.' }),
  })
  .meta({ id: 'ExplainedRole' });

export function toExplainedRole({
  team,
  role,
  grants,
  exclusion,
  archived,
}: ExplainedScope): ValueOf<typeof explainedRole> {
  return {
    ...{ team, role, archived },
    grants: grants.map(({ grant, group, position, exchangeId }) => ({
      ...{ id: grant.id, role: grant.role, origin: grant.origin, rule: grant.ruleId },
      ...{ connectionId: grant.connectionId, group, since: grant.createdAt, changePosition: position, exchangeId },
    })),
    keptOut: exclusion && { by: exclusion.actorName, reason: exclusion.reason, since: exclusion.createdAt },
  };
}
