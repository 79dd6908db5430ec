/** Tells the admins of an organization by mail that the chain of their ledger does not hold. */
import type { TellBreak } from '../../ledger/chain-watch.ts';
import type { DirectoryParts } from '../parts.ts';

/** Enough to reach somebody; an organization with more admins than this has a list of its own. */
const MAX_ADMINS = 50;

/** Without a mail server, console and metrics tell of it. */
export function createTellBreak({ store, mail }: Pick<DirectoryParts, 'store' | 'mail'>): TellBreak {
  return async (db, organizationId, { breakAt, checked }) => {
    if (!mail.delivers) return;
    const content = { breakAt: breakAt ?? checked + 1, checked };
    for (const to of await store.persons.adminEmails(db, organizationId, MAX_ADMINS)) {
      await mail.enqueue(db, { organizationId, kind: 'ledger_broken', to, aboutId: null, content });
    }
  };
}
