/**
 * Giving a person's kept runs to somebody else. The ledger records the decision; a job carries it out where the tracker
 * lets it (ledger/carry-out.ts), and elsewhere the work list says what is to be moved by hand.
 */
import { AppError } from '../../errors.ts';
import { contentOf } from '../../ledger/entry.ts';
import type { Heir } from '../../ledger/inventory/contract.ts';
import { HANDOVER_QUEUE } from '../../ledger/inventory/queue.ts';
import type { RecordedProject } from '../../ledger/inventory/recorded.ts';
import type { Removal } from '../../ledger/removal.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import { primaryEmail, toUserFields } from '../people/user-fields.ts';
import type { Work } from '../work.ts';
import { lockRemoval, storyDraft } from './removal-story.ts';

export interface HeirRef {
  readonly kind: 'user' | 'team';
  readonly id: string;
}

/** The user (id, userName or e-mail address) or team (id or name) that is to get runs. @throws AppError `not_found` */
export async function findHeirRef(
  { store }: DirectoryParts,
  organizationId: string,
  kind: HeirRef['kind'],
  text: string,
): Promise<HeirRef & { readonly name: string }> {
  if (kind === 'team') {
    const byName = await store.teams.findByName(store.reader, organizationId, text.toLowerCase());
    const team = byName ?? (await store.teams.find(store.reader, organizationId, text));
    if (team === undefined) throw new AppError('not_found', `There is no team "${text}".`);
    return { kind, id: team.id, name: team.name };
  }
  const [user, ...others] = await store.users.findInOrganization(store.reader, organizationId, text);
  if (user === undefined) throw new AppError('not_found', `There is no user "${text}".`);
  if (others.length > 0) throw new AppError('conflict', `Several users are called "${text}"; say which by id.`);
  if (!user.active) throw new AppError('conflict', 'Runs can be given to an active user only.');
  return { kind, id: user.id, name: user.displayName ?? user.userName };
}

/** How an heir is known to a tracker; undefined when they are not there any more. */
export async function findHeir(
  { store }: Pick<DirectoryParts, 'store'>,
  db: Handle,
  organizationId: string,
  { kind, id }: HeirRef,
): Promise<Heir | undefined> {
  if (kind === 'team') {
    const team = await store.teams.find(db, organizationId, id);
    return team && { kind, name: team.name };
  }
  const [user] = await store.users.findInOrganization(db, organizationId, id);
  if (user === undefined) return undefined;
  const { userName, emails } = toUserFields(JSON.parse(user.attributes));
  return { kind, owner: { userName, email: primaryEmail(emails) } };
}

/**
 * Giving runs to whoever has them already adds nothing; to give them to somebody else, undo first.
 * @throws AppError `not_found`, `conflict`
 */
export async function handOver(
  parts: DirectoryParts,
  work: Work,
  removalId: string,
  heir: HeirRef,
  reason: string | null,
): Promise<void> {
  const removal = await lockRemoval(parts, work, removalId);
  if (removal.erasedAt !== null)
    throw new AppError('conflict', 'This person was erased: nobody knows whose runs they are.');
  if (heir.id === removal.userId) throw new AppError('conflict', 'These are the runs of that person.');
  const isGiven = removal.handover !== null && removal.handover !== 'undone';
  if (isGiven && removal.heirId === heir.id && removal.handover !== 'undoing') return;
  if (isGiven) throw new AppError('conflict', 'These runs were handed over already; undo that first.');
  const details = { heir: { kind: heir.kind, id: heir.id } };
  work.ledger.push(storyDraft(work, removal, 'handed_over', `to a ${heir.kind}`, reason, details));
  await markHandover(parts, work, removal);
}

/** Gives back what was handed over. @throws AppError `not_found`, `conflict` when nothing was */
export async function undoHandover(
  parts: DirectoryParts,
  work: Work,
  removalId: string,
  reason: string | null,
): Promise<void> {
  const removal = await lockRemoval(parts, work, removalId);
  if (removal.handover === 'undoing' || removal.handover === 'undone') return;
  if (removal.handover === null) throw new AppError('conflict', 'These runs were not handed over.');
  // What a job carried out, or may be carrying out just now, a job has to take back.
  const carryOut = parts.tracker?.handsOver === true;
  work.ledger.push(storyDraft(work, removal, 'handover_undone', 'undone', reason, { carryOut }));
  await markHandover(parts, work, removal);
}

async function markHandover(parts: DirectoryParts, work: Work, { id, organizationId }: Removal): Promise<void> {
  if (parts.tracker?.handsOver !== true) return;
  await parts.store.jobs.mark(work.db, [{ queue: HANDOVER_QUEUE, key: id, organizationId, dueAt: work.at }], work.at);
}

/** One project whose runs are to be moved by hand. */
export interface WorkListItem extends RecordedProject {
  /** The ids, where the configuration kept them. */
  readonly runIds: readonly string[] | null;
}

/** Empty while there is no inventory. */
export async function readWorkList({ store }: DirectoryParts, removal: Removal): Promise<readonly WorkListItem[]> {
  if (removal.inventoryEntryId === null) return [];
  const story = await store.ledger.story(store.reader, removal.id);
  const entry = story.find(({ id }) => id === removal.inventoryEntryId);
  if (entry === undefined) return [];
  const projects = contentOf(entry).details.projects as unknown as readonly RecordedProject[];
  const digests = await store.runDigests.ofEntry(store.reader, entry.id);
  return projects.map((project, number) => {
    const ids = digests[number]?.runIds ?? null;
    return { ...project, runIds: ids === null ? null : ids === '' ? [] : ids.split('\n') };
  });
}
