/**
 * Coming back as another user: somebody who was removed is created anew, under another id. The ledger closes the circle, so
 * that their old runs and their new name are found together. It gives nobody any right: removed stays removed, and whoever
 * was kept out of a team by hand is still kept out.
 */
import type { Removal } from '../../ledger/removal.ts';
import type { DirectoryParts } from '../parts.ts';
import { storyDraft } from '../removals/removal-story.ts';
import { carryExclusions } from '../teams/exclusions.ts';
import type { Work } from '../work.ts';
import type { User } from './user.ts';

/** What says that they are the same person. */
export type ReturnEvidence =
  /** The identity provider's own key, within its connection. */
  | { readonly kind: 'external_id'; readonly connectionId: string; readonly externalId: string }
  /** An address that the identity provider says is verified. */
  | { readonly kind: 'verified_email'; readonly email: string }
  /** The subject of a sign-in, which an earlier user was linked to. */
  | { readonly kind: 'subject'; readonly formerUserId: string };

/**
 * Records that a removed person is back as `userId`. Adds nothing when nobody who is gone fits. Called in the transaction
 * that creates (or activates) the user: by users.ts, and by signin/ for what only a sign-in can know.
 */
export async function recordReturnAs(
  parts: DirectoryParts,
  work: Work,
  userId: string,
  evidence: ReturnEvidence,
): Promise<void> {
  const found = (await findDeparted(parts, work, evidence)).filter((removal) => removal.userId !== userId);
  // Should several people have had one address, the last of them is the one who comes back.
  const last = found.at(-1);
  if (last === undefined || last.erasedAt !== null) return;
  await carryExclusions(parts, work, last.userId, userId);
  const details = { successor: userId, evidence: evidence.kind };
  work.ledger.push(storyDraft(work, last, 'returned_as_another', 'created anew', work.context.reason ?? null, details));
}

/** For users of a connection: its externalId is what stays the same when a directory makes a person anew. */
export async function recordReturnByExternalId(
  parts: DirectoryParts,
  work: Work,
  { id, connectionId, externalId }: Pick<User, 'id' | 'connectionId' | 'externalId'>,
): Promise<void> {
  if (connectionId === null || externalId === null) return;
  await recordReturnAs(parts, work, id, { kind: 'external_id', connectionId, externalId });
}

async function findDeparted(
  { store }: DirectoryParts,
  { db, context }: Work,
  evidence: ReturnEvidence,
): Promise<readonly Removal[]> {
  if (evidence.kind === 'external_id')
    return store.removals.openByExternalId(db, evidence.connectionId, evidence.externalId);
  if (evidence.kind === 'verified_email')
    return store.removals.openByEmail(db, context.organizationId, evidence.email.toLowerCase());
  const open = await store.removals.open(db, context.organizationId, [evidence.formerUserId], null);
  return [...open.values()];
}
