/** What is asked before a target is stopped, or something of it is taken away, in numbers. */
import { tellNumber } from '../../numbers.ts';
import type { TargetStatus } from '../../targets/status.ts';
import type { Target } from '../../targets/target.ts';
import { countOf } from '../../web/count-words.ts';
import type { Question } from '../../web/question.ts';

function placeOf({ id }: Target): Pick<Question, 'back' | 'section'> {
  return { back: `/admin/targets/${id}`, section: 'targets' };
}

/** How many people, teams and roles are over there as far as we know. */
function pushedOf({ subjects }: TargetStatus): string {
  return countOf(subjects.done + subjects.retry + subjects.refused, 'person or team', 'people and teams');
}

function waitingOf({ target, lagChanges, deliveries }: TargetStatus): string {
  return target.kind === 'webhook'
    ? countOf(Math.max(deliveries.waiting, lagChanges), 'event waits', 'events wait')
    : countOf(lagChanges, 'change waits', 'changes wait');
}

export function askToPause(status: TargetStatus): Question {
  const { target } = status;
  const there =
    target.kind === 'webhook'
      ? []
      : [`${pushedOf(status)} over there stay as they are, and whoever leaves here stays there.`];
  return {
    ...placeOf(target),
    title: `Pause ${target.name}?`,
    words: [
      `Nothing is sent to it until it is resumed: ${waitingOf(status)} now, and everything that changes from now on waits too.`,
      ...there,
      'Nothing is lost: it catches up when it is resumed.',
    ],
    button: `Pause ${target.name}`,
  };
}

export function askToRotate({ target, deliveries }: TargetStatus, graceHours: number): Question {
  return {
    ...placeOf(target),
    title: `Make a new signing secret for ${target.name}?`,
    words: [
      `1 secret, the one of now, ends in ${countOf(graceHours, 'hour', 'hours')}; until then both sign. Enter the new one at the receiver before that.`,
      `${countOf(deliveries.waiting, 'event that waits is', 'events that wait are')} signed anew. The new secret is shown once, on the next page.`,
    ],
    button: 'Make the new secret',
  };
}

export function askToRemove(status: TargetStatus): Question {
  const { target, parked, deliveries } = status;
  const forgotten =
    target.kind === 'webhook'
      ? `${countOf(deliveries.dead, 'event that was given up is', 'events that were given up are')} dropped as well, with the history of what went out.`
      : `What ${pushedOf(status)} are called over there is forgotten, with the history of what went out and ${countOf(parked, 'push that was given up', 'pushes that were given up')}.`;
  return {
    ...placeOf(target),
    title: `Remove the target ${target.name}?`,
    words: [
      `Nothing is sent to it any more: ${waitingOf(status)} now, and would never be sent.`,
      forgotten,
      'Over there nobody is touched: 0 people lose access by this.',
    ],
    button: `Remove ${target.name}`,
  };
}

/** A difference of the drift, as a form names it: what to repair, and what is the matter. */
export interface ChosenDifference {
  readonly id: string;
  readonly kind: string;
}

/** `user:<id> extra` */
export function parseChosen(text: string): ChosenDifference {
  const [id = '', kind = ''] = text.split(' ');
  return { id, kind };
}

export function askToRepair(target: Target, chosen: readonly ChosenDifference[]): Question {
  const count = (kind: string): number => chosen.filter((one) => one.kind === kind).length;
  return {
    back: `/admin/targets/${target.id}/drift`,
    section: 'targets',
    title: `Repair ${countOf(chosen.length, 'difference', 'differences')} at ${target.name}?`,
    words: [
      `${countOf(count('missing'), 'that is', 'that are')} missing there would be added.`,
      `${tellNumber(count('different'))} would be overwritten with what is wanted here.`,
      `${tellNumber(count('extra'))} that should not be there would lose access there, or be taken out.`,
    ],
    button: `Repair ${countOf(chosen.length, 'difference', 'differences')}`,
  };
}
