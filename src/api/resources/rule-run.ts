/** The run that applies mapping rules, as endpoints show it. */
import { z } from 'zod';
import type { RuleRunState } from '../../directory/rules/rule-run-worker.ts';
import type { ValueOf } from '../answer.ts';
import { instant } from '../fields.ts';

export const ruleRun = z
  .object({
    state: z.enum(['running', 'waiting', 'parked', 'done']).meta({
      description:
        '`waiting`: the last try failed, and it is tried again by itself. `parked`: it stopped for a reason that somebody has to look at; retry goes on.',
    }),
    reason: z.string().nullable().meta({ description: 'Why it waits or is parked.' }),
    people: z
      .object({ done: z.int(), total: z.int(), changed: z.int() })
      .meta({ description: 'Who was looked at, of how many, and for how many of them something changed.' }),
    roles: z.object({ gained: z.int(), lost: z.int() }),
    startedAt: instant,
    updatedAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'MappingRulesRun' });

export function toRuleRunValue(run: RuleRunState): ValueOf<typeof ruleRun> {
  const { state, reason, done, total, changed, gained, lost, startedAt, updatedAt, finishedAt } = run;
  return { state, reason, people: { done, total, changed }, roles: { gained, lost }, startedAt, updatedAt, finishedAt };
}
