/** Tells the admins of an organization by mail that runs which were to be kept are not there any more. */
import { contentOf } from '../../ledger/entry.ts';
import type { MissingRuns } from '../../ledger/verification.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';

/** Enough to reach somebody; an organization with more admins than this has a list of its own. */
const MAX_ADMINS = 50;

/** In the transaction that puts the loss on record. Without a mail server, console and metrics tell of it. */
export async function tellMissingRuns(
  { store, mail }: Pick<DirectoryParts, 'store' | 'mail'>,
  db: Handle,
  { removal, missing, expected, fresh }: MissingRuns,
): Promise<void> {
  if (!mail.delivers) return;
  const { organizationId, id } = removal;
  const [opening] = await store.ledger.story(db, id);
  if (opening === undefined) return;
  const { name } = JSON.parse(opening.personal ?? '{}') as { name?: string };
  const content = {
    ...{ person: name ?? removal.userId, removal: id, missing, expected, fresh },
    team: contentOf(opening).team?.name ?? null,
  };
  for (const to of await store.persons.adminEmails(db, organizationId, MAX_ADMINS)) {
    await mail.enqueue(db, { organizationId, kind: 'runs_missing', to, aboutId: id, content });
  }
}
