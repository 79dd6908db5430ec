/**
 * What is particular to each type of subject: what is wanted of it, how it is pushed, and who waits for it.
 *
 * Memberships wait for their user and their team; people wait for the person whom they name (a manager), whose id over
 * there they are pushed with. Called by reconcile.ts.
 */
import type { Handle } from '../synclog/handle.ts';
import { type Call, type Push, type Pushed, TargetRefusal } from './contract.ts';
import { withoutErased } from './erased.ts';
import { bookOf } from './link-book.ts';
import type { Reconciling } from './reconciling.ts';
import type { TargetLink } from './store.ts';
import { queueOf, type SubjectRef, subjectKey } from './target.ts';
import type { WantedRole, WantedServiceAccount, WantedTeam, WantedUser } from './wanted.ts';

export interface SubjectKind<W> {
  wanted(id: string): Promise<W | undefined>;
  nameOf(wanted: W): string;
  /** Deactivated, deleted or archived. */
  isOver(wanted: W): boolean;
  /** What decides whether there is something to push. */
  compared(call: Call, wanted: W): Promise<unknown>;
  /** Undefined: the system has no such thing. */
  readonly push: ((call: Call, push: Push<W>) => Promise<Pushed>) | undefined;
  /** Writes the push down, and makes due whoever waited for it. */
  save(db: Handle, saved: Saved<W>): Promise<void>;
}

export interface Saved<W> {
  readonly wanted: W;
  /** As it was before the push. */
  readonly row: TargetLink | undefined;
  readonly fingerprint: string;
  readonly pushed: Pushed;
}

export function userKind(parts: Reconciling): SubjectKind<WantedUser> {
  const { store, target, adapter } = parts;
  /** The manager's id over there, as it was when the fields were made. */
  let named: string | undefined;
  return {
    wanted: (id) => store.wanted.user(store.reader, target.organizationId, id),
    nameOf: ({ displayName }) => displayName,
    isOver: ({ active }) => !active,
    async compared(call, wanted) {
      const refersTo = adapter.refersTo(wanted);
      const book = bookOf(parts);
      named = refersTo === null ? undefined : await book.remoteIdOf('user', refersTo);
      const fields = await adapter.userFields(call, wanted, book);
      return { fields, deleted: wanted.deleted, ...(refersTo === null ? {} : { refersTo }) };
    },
    push: (call, push) => adapter.pushUser(call, push),
    async save(db, { wanted, row, fingerprint, pushed }) {
      const { id } = wanted;
      const refersTo = pushed.link === undefined ? null : adapter.refersTo(wanted);
      const isGone = pushed.link === undefined && row?.link !== undefined;
      const isReplaced = pushed.link !== undefined && pushed.replaced === true;
      const isNew = pushed.link !== undefined && row?.link === undefined;
      if (isNew || isReplaced || isGone || refersTo !== null) await store.targets.lock(db, target.id);
      await saveDone(parts, db, { type: 'user', id }, fingerprint, pushed, refersTo);
      if (pushed.link === undefined) await store.targetMembers.removeUser(db, target.id, id);
      else if (isNew || isReplaced) await releaseMembers(parts, db, id, isReplaced);
      if (isNew || isReplaced || isGone) await makeDue(parts, db, 'user', await reportsOf(parts, db, id));
      if (refersTo !== null && (await remoteIdOf(parts, db, refersTo)) !== named)
        await makeDue(parts, db, 'user', [id]);
    },
  };
}

export function teamKind(parts: Reconciling): SubjectKind<WantedTeam> {
  const { store, target, adapter } = parts;
  return {
    wanted: (id) => store.wanted.team(store.reader, target.organizationId, id),
    nameOf: ({ name }) => name,
    isOver: ({ archived }) => archived,
    compared: async (_call, wanted) => wanted,
    push: (call, push) => adapter.pushTeam(call, push),
    async save(db, { wanted: { id }, fingerprint, pushed }) {
      await store.targets.lock(db, target.id);
      await saveDone(parts, db, { type: 'team', id }, fingerprint, pushed);
      await store.targetMembers.markTeam(db, target.id, id, pushed.replaced === true);
    },
  };
}

export function roleKind(parts: Reconciling): SubjectKind<WantedRole> {
  const { store, target, adapter } = parts;
  return plainKind(parts, 'role', {
    wanted: (id) => store.wanted.role(store.reader, target.organizationId, id),
    isOver: ({ deleted }) => deleted,
    push: adapter.pushRole,
  });
}

export function serviceAccountKind(parts: Reconciling): SubjectKind<WantedServiceAccount> {
  const { store, target, adapter } = parts;
  return plainKind(parts, 'service_account', {
    wanted: (id) => store.wanted.serviceAccount(store.reader, target.organizationId, id),
    isOver: ({ removed }) => removed,
    push: adapter.pushServiceAccount,
  });
}

/** Nobody waits for it, and all that is wanted of it counts. */
function plainKind<W extends { readonly id: string; readonly name: string }>(
  parts: Reconciling,
  type: SubjectRef['type'],
  own: Pick<SubjectKind<W>, 'wanted' | 'isOver' | 'push'>,
): SubjectKind<W> {
  return {
    ...own,
    nameOf: ({ name }) => name,
    compared: async (_call, wanted) => wanted,
    save: (db, { wanted: { id }, fingerprint, pushed }) => saveDone(parts, db, { type, id }, fingerprint, pushed),
  };
}

/** @throws TargetRefusal when what came back is known as another subject of ours */
async function saveDone(
  { store, target, now }: Reconciling,
  db: Handle,
  subject: SubjectRef,
  fingerprint: string,
  pushed: Pushed,
  refersTo: string | null = null,
): Promise<void> {
  const told = { key: subjectKey(subject), reason: pushed.notes.join(' ') || null, link: pushed.link };
  const { link, reason } = await withoutErased({ store, target }, db, told);
  const owner = link && (await store.targetLinks.ownerOf(db, target.id, subject.type, link.remoteId));
  if (owner !== undefined && owner !== subject.id) {
    throw new TargetRefusal(`It gave the id ${link?.remoteId}, which is that of another ${subject.type} (${owner}).`);
  }
  const state = { link, fingerprint, refersTo, refusals: 0, outcome: 'done', reason, pushedAt: now() } as const;
  await store.targetLinks.save(db, { targetId: target.id, ...subject, ...state });
}

async function remoteIdOf({ store, target }: Reconciling, db: Handle, id: string): Promise<string | undefined> {
  return (await store.targetLinks.find(db, target.id, { type: 'user', id }))?.link?.remoteId;
}

function reportsOf({ store, target }: Reconciling, db: Handle, id: string): Promise<readonly string[]> {
  return store.targetLinks.referringTo(db, target.id, id);
}

async function releaseMembers(parts: Reconciling, db: Handle, userId: string, forgotten: boolean): Promise<void> {
  const { store, target } = parts;
  const teams = forgotten
    ? await store.targetMembers.markUser(db, target.id, userId, true)
    : await store.targetMembers.teamsWaitingFor(db, target.id, userId);
  await makeDue(parts, db, 'team', teams);
}

async function makeDue(
  { store, target, now, gatherMs, cause }: Reconciling,
  db: Handle,
  type: SubjectRef['type'],
  ids: readonly string[],
): Promise<void> {
  const { organizationId } = target;
  const dueAt = now() + gatherMs();
  for (const id of ids) {
    const job = { queue: queueOf(target.id), key: subjectKey({ type, id }), organizationId, dueAt };
    // What is due already knows its own cause.
    const own = cause === null ? null : ((await store.jobs.find(db, job))?.payload ?? cause);
    await store.jobs.mark(db, [own === null ? job : { ...job, payload: own }], now());
  }
}
