/** What the ledger tells of, and from where somebody was removed. */
export const LEDGER_KINDS = [
  'removed',
  'returned',
  'returned_as_another',
  'inventory_taken',
  'inventory_failed',
  'verified',
  'hold_placed',
  'hold_lifted',
  'retention_set',
  'handed_over',
  'handover_undone',
  'handover_carried_out',
  'erased',
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

export type LedgerScope = 'organization' | 'team';
