/** Reads what the questions about a removal say in numbers, and whether there is anything to ask. */
import type { Request, Response } from 'express';
import type { DirectoryParts } from '../../directory/parts.ts';
import { effectOfErasure } from '../../directory/removals/erasure.ts';
import { findHeir, findHeirRef, type HeirRef } from '../../directory/removals/handovers.ts';
import { readStory } from '../../directory/removals/ledger-view.ts';
import { AppError, isAppError } from '../../errors.ts';
import type { Removal } from '../../ledger/removal.ts';
import type { Ask } from '../../web/question.ts';
import { fieldOf } from '../forms.ts';
import {
  askToErase,
  askToHandOver,
  askToLiftHold,
  askToShorten,
  askToTakeBack,
  isShortened,
} from './removal-questions.ts';

export interface RemovalQuestions {
  readonly liftingHold: Ask;
  readonly shortening: Ask;
  readonly handingOver: Ask;
  readonly takingBack: Ask;
  readonly erasing: Ask;
}

export function removalQuestions(
  directory: DirectoryParts,
  removalOf: (request: Request, response: Response) => Promise<Removal>,
): RemovalQuestions {
  const { store, tracker } = directory;

  /** @throws nothing that is about what was typed: the use-case refuses it, and says why */
  const handingOver: Ask = async (request, response) => {
    const removal = await removalOf(request, response);
    const kind = heirKindOf(request);
    try {
      const { name } = await findHeirRef(directory, removal.organizationId, kind, fieldOf(request, 'heir'));
      const heir = kind === 'team' ? `team ${name}` : name;
      return askToHandOver(await readStory(directory, removal), removal, heir, tracker?.handsOver === true);
    } catch (error) {
      if (isAppError(error) && error.status < 500) return;
      throw error;
    }
  };

  return {
    async liftingHold(request, response) {
      const removal = await removalOf(request, response);
      if (!removal.hold || fieldOf(request, 'reason') === '') return;
      return askToLiftHold(await readStory(directory, removal), removal);
    },
    async shortening(request, response) {
      const [removal, until] = [await removalOf(request, response), dayIn(request)];
      if (until === undefined || !isShortened(removal, until)) return;
      return askToShorten(await readStory(directory, removal), removal, until);
    },
    handingOver,
    async takingBack(request, response) {
      const removal = await removalOf(request, response);
      if (removal.handover === null || removal.handover === 'undone') return;
      const { heirKind: kind, heirId: id, organizationId } = removal;
      const heir = kind === null || id === null ? null : await nameOfHeir(directory, organizationId, { kind, id });
      return askToTakeBack(await readStory(directory, removal), removal, heir);
    },
    async erasing(request, response) {
      const removal = await removalOf(request, response);
      const { organizationId, userId, hold, erasedAt } = removal;
      if (hold || erasedAt !== null) return;
      const effect = await effectOfErasure(directory, store.reader, organizationId, userId);
      return askToErase(await readStory(directory, removal), removal, effect);
    },
  };
}

/** `team vision`, or a user name; null when they are gone. */
export async function nameOfHeir(
  directory: DirectoryParts,
  organizationId: string,
  ref: HeirRef,
): Promise<string | null> {
  const heir = await findHeir(directory, directory.store.reader, organizationId, ref);
  if (heir === undefined) return null;
  return heir.kind === 'team' ? `team ${heir.name}` : heir.owner.userName;
}

export function heirKindOf(request: Request): 'team' | 'user' {
  return fieldOf(request, 'kind') === 'team' ? 'team' : 'user';
}

/** The end of the chosen day; null: for ever; undefined: it is no date. */
function dayIn(request: Request): number | null | undefined {
  const text = fieldOf(request, 'until');
  if (text === '') return null;
  const day = Date.parse(`${text}T23:59:59.999Z`);
  return Number.isNaN(day) ? undefined : day;
}

/** The end of the chosen day; null for ever. @throws AppError `invalid_value` */
export function untilOf(request: Request): number | null {
  const day = dayIn(request);
  if (day !== undefined) return day;
  throw new AppError('invalid_value', `“${fieldOf(request, 'until')}” is no date. Give it as year-month-day.`);
}
