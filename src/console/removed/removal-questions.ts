/** What is asked before something that is kept is let go, given away or erased, in numbers. */
import type { ErasureEffect } from '../../directory/removals/erasure.ts';
import type { RemovalStory } from '../../directory/removals/ledger-view.ts';
import type { Removal } from '../../ledger/removal.ts';
import { countOf } from '../../web/count-words.ts';
import type { Question } from '../../web/question.ts';

function placeOf({ id }: Removal): Pick<Question, 'back' | 'section'> {
  return { back: `/admin/removed/${id}`, section: 'removed' };
}

/** What they left behind, as far as it was counted. */
function runsOf({ runs, projects }: Removal): string {
  const counted = `${countOf(runs ?? 0, 'run', 'runs')} in ${countOf(projects ?? 0, 'project', 'projects')}`;
  return runs === null ? `${counted} (not counted yet)` : counted;
}

function describeEnd(until: number | null): string {
  return until === null ? 'for ever' : `until ${new Date(until).toISOString().slice(0, 10)}`;
}

export function askToLiftHold({ name }: RemovalStory, removal: Removal): Question {
  return {
    ...placeOf(removal),
    title: `Lift the legal hold on what ${name} left behind?`,
    words: [
      `${runsOf(removal)} ${removal.runs === 1 ? 'is' : 'are'} kept ${describeEnd(removal.keepUntil)} then, and no longer because of a hold. After that nobody is told when runs are missing.`,
      'The personal data can be erased then.',
    ],
    button: 'Lift the hold',
  };
}

/** Whether runs would be kept for less long than now. */
export function isShortened({ keepUntil }: Removal, until: number | null): boolean {
  return until !== null && (keepUntil === null || until < keepUntil);
}

export function askToShorten({ name }: RemovalStory, removal: Removal, until: number | null): Question {
  return {
    ...placeOf(removal),
    title: `Keep what ${name} left behind for less long?`,
    words: [
      `${runsOf(removal)} ${removal.runs === 1 ? 'is' : 'are'} kept ${describeEnd(removal.keepUntil)} now, and would be kept ${describeEnd(until)}.`,
      'After that day nobody is told when runs are missing, unless a legal hold stands. Drawbridge deletes no run.',
    ],
    button: `Keep them ${describeEnd(until)}`,
  };
}

/** @param heir a user, or `team vision` */
export function askToHandOver({ name }: RemovalStory, removal: Removal, heir: string, carriesOut: boolean): Question {
  return {
    ...placeOf(removal),
    title: `Hand the runs of ${name} over to ${heir}?`,
    words: [
      `${runsOf(removal)} would belong to ${heir}, on record.`,
      carriesOut
        ? 'It is carried out at the tracker. It can be taken back.'
        : 'The tracker does not let runs change hands by itself: the work list says what to move by hand. It can be taken back.',
    ],
    button: 'Hand them over',
  };
}

export function askToTakeBack({ name }: RemovalStory, removal: Removal, heir: string | null): Question {
  return {
    ...placeOf(removal),
    title: `Take the runs of ${name} back from ${heir ?? 'who has them'}?`,
    words: [`${runsOf(removal)} would belong to ${name} again, on record and where the tracker lets it.`],
    button: 'Take them back',
  };
}

export function askToErase(
  { name }: RemovalStory,
  removal: Removal,
  { entries, changes, exchanges, pushes }: ErasureEffect,
): Question {
  return {
    ...placeOf(removal),
    title: `Erase the personal data of ${name}?`,
    words: [
      `A pseudonym takes the place of their name and addresses in ${countOf(entries, 'entry', 'entries')} of the ledger, ${countOf(changes, 'change', 'changes')}, ${countOf(exchanges, 'request', 'requests')} of the sync log and ${countOf(pushes, 'push', 'pushes')} to targets. What the requests said is forgotten.`,
      `${runsOf(removal)} ${removal.runs === 1 ? 'is' : 'are'} kept, and the chain of the ledger stays whole.`,
      'This cannot be taken back.',
    ],
    button: 'Erase the personal data',
  };
}
