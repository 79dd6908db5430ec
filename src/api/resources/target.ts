/** One target, as the endpoints of its nouns look it up and show it. */
import { z } from 'zod';
import { FAILURE_KINDS } from '../../targets/failing.ts';
import { statusOf } from '../../targets/status.ts';
import { TARGET_KINDS, type Target } from '../../targets/target.ts';
import { findTarget } from '../../targets/targets.ts';
import type { ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { id, instant } from '../fields.ts';

export const targetParams = z.object({ targetId: id.meta({ description: 'Id of a target.' }) });

const count = z.int().min(0);

export const target = z
  .object({
    id,
    name: z.string().meta({ example: 'W&B' }),
    kind: z.enum(TARGET_KINDS),
    state: z.enum(['active', 'paused']),
    stateReason: z
      .string()
      .nullable()
      .meta({ description: 'Why it is paused, where the system itself wanted it so (410 Gone).' }),
    settings: z.record(z.string(), z.unknown()).meta({ description: 'By kind, see docs/targets; never a secret.' }),
    loading: z.boolean().meta({ description: 'The first load is under way.' }),
    lagChanges: count.meta({ description: 'Changes and subjects that are not over there yet.' }),
    lagSeconds: count.meta({ description: 'Age of the oldest of them.' }),
    due: count,
    parked: count.meta({ description: 'Subjects that were given up after several refusals.' }),
    subjects: z.object({ done: count, retry: count, refused: count }),
    deliveries: z.object({ waiting: count, dead: count }).meta({ description: 'Events of a webhook.' }),
    failing: z
      .object({
        since: instant,
        tries: count.meta({ description: 'In a row, each begun after the one before had failed.' }),
        reason: z.string(),
        kind: z.enum(FAILURE_KINDS).meta({
          description:
            '`forbidden`: its address is one that the configuration does not allow; `unopened`: its secrets do not open, or its settings are not right any more. Both need somebody; `reason` says what to do.',
        }),
        nextTryAt: instant.nullable().meta({
          description: 'In the past: it is being tried. Null: nothing waits, or somebody has to mend it first.',
        }),
      })
      .nullable()
      .meta({ description: 'Every try fails, whoever is pushed. Null: it works, is paused, or one try failed only.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Target' });

export type TargetValue = ValueOf<typeof target>;

export async function toTargetValue({ parts }: ApiContext, found: Target): Promise<TargetValue> {
  const { target: shown, ...status } = await statusOf(parts.targets, found);
  const { id: targetId, name, kind, state, stateReason, settings, createdAt, updatedAt } = shown;
  return { id: targetId, name, kind, state, stateReason, settings, createdAt, updatedAt, ...status };
}

/** @throws AppError `not_found`, also for another organization's */
export function targetOf({ parts, principal }: ApiContext, targetId: string): Promise<Target> {
  return findTarget(parts.targets, principal, targetId);
}

export const targetVersion = ({ updatedAt }: TargetValue): number => updatedAt;
