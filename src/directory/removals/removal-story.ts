/**
 * Removals as people name them: a removal's id, or a person who is gone. What happens to a removal later (holds, retention,
 * handing over, erasing) is one use-case each, in keeping.ts, handovers.ts, erasure.ts and inventories.ts. Doors ask the
 * policy (`ledger.*`) before they call one.
 */
import { AppError } from '../../errors.ts';
import type { LedgerDraft } from '../../ledger/draft.ts';
import type { Removal } from '../../ledger/removal.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';

/**
 * Ids of the one person that was removed and is meant: by id, user name, e-mail address, externalId or removal.
 * @throws AppError `not_found`; `conflict` when several people were removed who had that name
 */
export async function findRemovedPerson(
  { store }: DirectoryParts,
  organizationId: string,
  text: string,
): Promise<string> {
  const [id, ...others] = await store.removals.findPeople(store.reader, organizationId, text);
  if (id === undefined) throw new AppError('not_found', `The ledger knows nobody by "${text}".`);
  if (others.length === 0) return id;
  throw new AppError('conflict', `Several people had that name; say which by id: ${[id, ...others].join(', ')}.`);
}

/**
 * The removal that is meant: by its id, or that of a person. Of several of one person an open one counts before one that
 * is closed, that from the organization before one from a team, a newer one before an older.
 * @throws AppError `not_found`, `conflict`
 */
export async function findRemoval(parts: DirectoryParts, organizationId: string, text: string): Promise<Removal> {
  const { store } = parts;
  const named = await store.removals.find(store.reader, organizationId, text);
  if (named !== undefined) return named;
  const person = await findRemovedPerson(parts, organizationId, text);
  const removals = await store.removals.ofUsers(store.reader, organizationId, [person]);
  const weight = ({ state, scope }: Removal): number => (state === 'left' ? 2 : 0) + (scope === 'organization' ? 1 : 0);
  const [best] = removals.toSorted((a, b) => weight(b) - weight(a) || b.position - a.position);
  if (best === undefined) throw new AppError('not_found', `The ledger knows nobody by "${text}".`);
  return best;
}

/** As it is now, and until the transaction ends. @throws AppError `not_found` */
export async function lockRemoval({ store }: DirectoryParts, work: Work, id: string): Promise<Removal> {
  const { organizationId } = work.context;
  await store.organizations.lock(work.db, organizationId);
  const removal = await store.removals.find(work.db, organizationId, id);
  if (removal === undefined) throw new AppError('not_found', 'There is no such removal.');
  return removal;
}

/** A later entry of a removal's story. */
export function storyDraft(
  { context }: Work,
  removal: Removal,
  kind: Exclude<LedgerDraft['kind'], 'removed'>,
  cause: string,
  reason: string | null = null,
  details: JsonObject = {},
): LedgerDraft {
  const { id, scope, teamId, teamName, userId } = removal;
  const team = teamId === null ? null : { id: teamId, name: teamName ?? teamId };
  return { kind, scope, team, userId, removalId: id, cause, reason, actor: context.actor, details, person: null };
}
