/**
 * Erasing the personal data of somebody who left (GDPR, article 17). Names are replaced by a pseudonym wherever they stand
 * beside the ledger's chain, in the row that keeps removed people removed, in the changes and exchanges about them, and in
 * what went out to targets. The chain stays whole: it holds commitments only, and the erasure itself is an entry of it.
 */
import { randomBytes } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { contentOf } from '../../ledger/entry.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import { namesOfPerson } from './person-names.ts';
import { storyDraft } from './removal-story.ts';

export interface Erasure {
  readonly pseudonym: string;
  /** Ledger entries in which names were replaced. */
  readonly entries: number;
}

/** In how much names would be replaced. */
export interface ErasureEffect {
  readonly entries: number;
  readonly changes: number;
  /** Requests in the sync log, whose bodies are forgotten. */
  readonly exchanges: number;
  readonly pushes: number;
}

/** What `erasePerson` would do, as things stand. */
export async function effectOfErasure(
  { store }: Pick<DirectoryParts, 'store'>,
  db: Handle,
  organizationId: string,
  userId: string,
): Promise<ErasureEffect> {
  const named = await namesOfPerson({ store }, db, organizationId, userId);
  let changes = await store.changes.countNames(db, userId);
  for (const id of await store.invites.idsOfPerson(db, named)) changes += await store.changes.countNames(db, id);
  return {
    entries: await store.ledger.countNames(db, organizationId, userId),
    changes,
    exchanges: await store.exchanges.countNames(db, named),
    pushes: await store.targetPushes.countNames(db, organizationId, userId),
  };
}

/**
 * @param userId somebody whom the ledger knows
 * @throws AppError `not_found`; `conflict` while there is a user with this id, or a legal hold on what they left behind
 */
export async function erasePerson(
  parts: DirectoryParts,
  work: Work,
  userId: string,
  reason: string | null,
): Promise<Erasure> {
  const { store } = parts;
  const { organizationId } = work.context;
  await store.organizations.lock(work.db, organizationId);
  const removals = await store.removals.ofUsers(work.db, organizationId, [userId]);
  if (removals.length === 0) throw new AppError('not_found', 'The ledger knows nobody by this id.');
  if (removals.some(({ hold }) => hold))
    throw new AppError('conflict', 'There is a legal hold on this person; lift it first.');
  const person = await store.persons.find(work.db, organizationId, userId);
  if (person !== undefined && person.status !== 'removed')
    throw new AppError('conflict', 'There still is a user with this id; delete the user first.');
  const pseudonym = (await knownPseudonym(parts, work, userId)) ?? `person-${randomBytes(6).toString('hex')}`;
  const named = await namesOfPerson(parts, work.db, organizationId, userId);
  const entries = await store.ledger.replaceNames(work.db, organizationId, userId, pseudonym);
  await store.removals.dropKeys(work.db, organizationId, userId);
  await store.persons.replaceNames(work.db, userId, pseudonym, work.at);
  await store.changes.replaceNames(work.db, userId, pseudonym);
  const invites = await store.invites.idsOfPerson(work.db, named);
  await store.invites.replaceNames(work.db, invites, pseudonym);
  for (const id of invites) await store.changes.replaceNames(work.db, id, pseudonym);
  await store.exchanges.replaceNames(work.db, named, pseudonym);
  await store.targetPushes.replaceNames(work.db, organizationId, userId, pseudonym);
  work.changes.push({ kind: 'user.erased', subject: { type: 'user', id: userId, name: pseudonym } });
  for (const removal of removals)
    work.ledger.push(storyDraft(work, removal, 'erased', 'personal data erased', reason, { pseudonym }));
  return { pseudonym, entries };
}

/** Erasing twice (they came back under the same id, and left again) keeps one name for one person. */
async function knownPseudonym({ store }: DirectoryParts, work: Work, userId: string): Promise<string | undefined> {
  const entries = await store.ledger.ofUser(work.db, work.context.organizationId, userId);
  const erased = entries.findLast(({ kind }) => kind === 'erased');
  return erased && String(contentOf(erased).details.pseudonym);
}
