/**
 * One fact that changed, with before and after, who did it, why, and the exchange that it came from.
 * Written by directory/ in the transaction of the change itself; read by the console, targets and webhooks by position.
 */
import { credentialChanges } from './telling/credentials.ts';
import { groupChanges } from './telling/groups.ts';
import { installationChanges } from './telling/installation.ts';
import { inviteChanges } from './telling/invites.ts';
import { peopleChanges } from './telling/people.ts';
import { targetChanges } from './telling/targets.ts';
import { teamChanges } from './telling/teams.ts';
import type { Told } from './told.ts';

export type { ChangeState, Subject, SubjectType } from './told.ts';

/** Every kind of change with its words. A kind is added in the file of its noun in telling/, words included. */
const TELLING = {
  ...installationChanges,
  ...peopleChanges,
  ...credentialChanges,
  ...groupChanges,
  ...teamChanges,
  ...targetChanges,
  ...inviteChanges,
  ...groupChanges,
  ...teamChanges,
};

export type ChangeKind = keyof typeof TELLING;

export const CHANGE_KINDS = Object.keys(TELLING) as readonly ChangeKind[];

export interface NewChange extends Told {
  readonly kind: ChangeKind;
}

/** One change as the rest of a sentence that starts with who did it: `created Ada Byron`. */
export function tellChange(change: NewChange): string {
  return TELLING[change.kind](change);
}

export interface Change extends NewChange {
  /** Grows with every change of the installation; gaps are possible. */
  readonly position: number;
  readonly organizationId: string;
  readonly connectionId: string | null;
  readonly exchangeId: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string };
  readonly reason: string | null;
}
