/** The queues of the ledger's background work, each by what its key is. */

/** Key: a removal. Asks the tracker what the person left behind. */
export const INVENTORY_QUEUE = 'inventory';
/** Key: a removal. Asks again, and compares. */
export const VERIFICATION_QUEUE = 'ledger-verification';
/** Key: a removal. Puts another name on the runs, where the tracker lets it. */
export const HANDOVER_QUEUE = 'ledger-handover';
/** Key: an organization. Marks verifications that are due again, and itself for later. */
export const SCHEDULE_QUEUE = 'ledger-schedule';
