/** What the ledger says, in words. Every union is closed by its type. */
import type { RemovalView, StoryEntry } from '../../directory/removals/ledger-view.ts';
import type { LedgerKind } from '../../ledger/kind.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';

export function describeInventory({ inventory }: RemovalView): string {
  const { state, runs, projects, reason } = inventory;
  const found = `${countOf(runs ?? 0, 'run', 'runs')} in ${countOf(projects ?? 0, 'project', 'projects')}`;
  switch (state) {
    case 'not_configured':
      return 'no tracker to ask';
    case 'waiting':
      return 'waiting for the tracker';
    case 'taken':
      return found;
    case 'partial':
      return `${found}; in part: ${reason ?? 'some places did not answer'}`;
    case 'failed':
      return `could not be counted: ${reason ?? 'the tracker did not answer'}`;
    default:
      return state satisfies never;
  }
}

export function describeVerification({ verification, inventory }: RemovalView): string {
  switch (verification.state) {
    case 'complete':
      return 'all there';
    case 'missing':
      return `${tellNumber(verification.missing)} of ${tellNumber(inventory.runs ?? 0)} missing`;
    case 'failed':
      return 'the tracker could not be asked';
    case null:
      return 'not checked again yet';
    default:
      return verification.state satisfies never;
  }
}

export function describeHandover({ handover }: RemovalView): string {
  switch (handover.state) {
    case 'recorded':
      return 'decided, not carried out yet';
    case 'carried_out':
      return 'carried out';
    case 'partial':
      return 'carried out in part';
    case 'undoing':
      return 'being taken back';
    case 'undone':
      return 'taken back';
    case null:
      return 'nobody has them';
    default:
      return handover.state satisfies never;
  }
}

type Details = StoryEntry['details'];

function numberIn(details: Details, name: string): number {
  const value = details[name];
  return typeof value === 'number' ? value : 0;
}

const TOLD: Readonly<Record<LedgerKind, (details: Details) => string>> = {
  removed: () => 'Left',
  returned: () => 'Came back',
  returned_as_another: () => 'Came back as another user',
  inventory_taken: (details) => `The tracker was asked: ${countOf(numberIn(details, 'runs'), 'run', 'runs')}`,
  inventory_failed: (details) => `The tracker could not be asked: ${String(details.reason ?? '')}`,
  verified: (details) =>
    details.result === 'complete'
      ? `Checked again: all ${numberIn(details, 'expected')} are there`
      : details.result === 'missing'
        ? `Checked again: ${numberIn(details, 'missing')} of ${numberIn(details, 'expected')} are missing`
        : 'Checked again: the tracker could not be asked',
  hold_placed: () => 'Legal hold placed',
  hold_lifted: () => 'Legal hold lifted',
  retention_set: (details) =>
    typeof details.until === 'string' ? `To be kept until ${details.until.slice(0, 10)}` : 'To be kept for ever',
  handed_over: (details) => {
    const heir = details.heir as { kind?: unknown } | undefined;
    return `Runs handed over to a ${String(heir?.kind ?? 'user')}`;
  },
  handover_undone: () => 'Handing over taken back',
  handover_carried_out: (details) =>
    `Carried out at the tracker: ${countOf(numberIn(details, 'changed'), 'run', 'runs')} changed${numberIn(details, 'failed') > 0 ? `, ${numberIn(details, 'failed')} failed` : ''}`,
  erased: () => 'Personal data erased',
};

export function tellEntry({ kind, details }: Pick<StoryEntry, 'kind' | 'details'>): string {
  return TOLD[kind](details);
}
