/**
 * A removal with everything that happened after it: what its story adds up to. Kept as a row beside the chain, written in
 * the transaction of the entry, so that lists need not read stories; `foldEntry` is the one place that says how.
 */
import type { JsonObject } from '../schema/json.ts';
import type { HeldTeam } from './draft.ts';
import { contentOf, type LedgerContent, type LedgerEntry } from './entry.ts';
import type { LedgerKind, LedgerScope } from './kind.ts';

/** `returned_as_another`: the same person came back as another user. */
export type RemovalState = 'left' | 'returned' | 'returned_as_another';

/** Where the answer to "what did they leave behind" stands; null: nobody was asked yet. */
export type InventoryState = 'taken' | 'partial' | 'failed';

export type VerificationState = 'complete' | 'missing' | 'failed';

/** `recorded`: decided and not carried out (yet); `undoing`: taken back and not carried out (yet). */
export type HandoverState = 'recorded' | 'carried_out' | 'partial' | 'undoing' | 'undone';

export interface Removal {
  /** Id of the entry that opened it. */
  readonly id: string;
  readonly organizationId: string;
  readonly position: number;
  readonly userId: string;
  readonly scope: LedgerScope;
  readonly teamId: string | null;
  readonly teamName: string | null;
  readonly connectionId: string | null;
  readonly cause: string;
  readonly at: number;
  readonly heldTeams: readonly HeldTeam[];
  readonly state: RemovalState;
  readonly closedAt: number | null;
  /** The user that the person came back as. */
  readonly successorId: string | null;
  readonly inventory: InventoryState | null;
  /** The entry that says what there was. */
  readonly inventoryEntryId: string | null;
  readonly inventoryAt: number | null;
  /** Why it failed, or what of it did. */
  readonly inventoryReason: string | null;
  readonly runs: number | null;
  readonly projects: number | null;
  readonly firstRunAt: number | null;
  readonly lastRunAt: number | null;
  readonly verification: VerificationState | null;
  readonly verifiedAt: number | null;
  readonly missing: number;
  readonly hold: boolean;
  /** Null: for ever. */
  readonly keepUntil: number | null;
  readonly handover: HandoverState | null;
  /** Who got the runs: `user` or `team`, with its id. */
  readonly heirKind: 'user' | 'team' | null;
  readonly heirId: string | null;
  readonly erasedAt: number | null;
  /** The newest entry of the story. */
  readonly lastPosition: number;
}

const OPEN = {
  state: 'left',
  closedAt: null,
  successorId: null,
  inventory: null,
  inventoryEntryId: null,
  inventoryAt: null,
  inventoryReason: null,
  runs: null,
  projects: null,
  firstRunAt: null,
  lastRunAt: null,
  verification: null,
  verifiedAt: null,
  missing: 0,
  hold: false,
  keepUntil: null,
  handover: null,
  heirKind: null,
  heirId: null,
  erasedAt: null,
} as const;

/** What an entry makes of a removal. @param removal undefined before its first entry */
export function foldEntry(removal: Removal | undefined, entry: LedgerEntry): Removal {
  const content = contentOf(entry);
  if (removal === undefined) return openRemoval(entry, content);
  return { ...removal, ...CHANGES[entry.kind](content.details, entry), lastPosition: entry.position };
}

function openRemoval(entry: LedgerEntry, content: LedgerContent): Removal {
  const { id, organizationId, position, userId, scope, teamId, at } = entry;
  return {
    ...{ id, organizationId, position, userId, scope, teamId, at, lastPosition: position },
    teamName: content.team?.name ?? null,
    connectionId: content.connection,
    cause: content.cause,
    heldTeams: content.held?.teams ?? [],
    ...OPEN,
  };
}

const UNKNOWN = 'The tracker knows nobody by their name or e-mail address.';

type Change = (details: JsonObject, entry: LedgerEntry) => Partial<Removal>;

const CHANGES: Readonly<Record<LedgerKind, Change>> = {
  removed: () => ({}),
  returned: (_, { at }) => ({ state: 'returned', closedAt: at }),
  returned_as_another: (details, { at }) => ({
    state: 'returned_as_another',
    closedAt: at,
    successorId: details.successor as string,
  }),
  inventory_taken: (details, { id, at }) => ({
    inventory: (details.failures as readonly unknown[]).length === 0 ? 'taken' : 'partial',
    inventoryEntryId: id,
    inventoryAt: at,
    inventoryReason: details.known === false ? UNKNOWN : firstReason(details.failures as readonly JsonObject[]),
    runs: details.runs as number,
    projects: (details.projects as readonly unknown[]).length,
    firstRunAt: toTime(details.firstRunAt),
    lastRunAt: toTime(details.lastRunAt),
  }),
  inventory_failed: (details, { at }) => ({
    inventory: 'failed',
    inventoryAt: at,
    inventoryReason: details.reason as string,
  }),
  verified: (details, { at }) => ({
    verification: details.result as VerificationState,
    verifiedAt: at,
    // A tracker that did not answer says nothing about what it keeps.
    ...(details.result === 'failed' ? {} : { missing: details.missing as number }),
  }),
  hold_placed: () => ({ hold: true }),
  hold_lifted: () => ({ hold: false }),
  retention_set: (details) => ({ keepUntil: toTime(details.until) }),
  handed_over: (details) => {
    const heir = details.heir as JsonObject;
    return { handover: 'recorded', heirKind: heir.kind as 'user' | 'team', heirId: heir.id as string };
  },
  handover_undone: (details) => ({ handover: details.carryOut === true ? 'undoing' : 'undone' }),
  handover_carried_out: (details) => ({
    handover: details.failed === 0 ? (details.direction === 'undo' ? 'undone' : 'carried_out') : 'partial',
  }),
  erased: (_, { at }) => ({ erasedAt: at }),
};

function toTime(value: unknown): number | null {
  return typeof value === 'string' ? Date.parse(value) : null;
}

function firstReason(failures: readonly JsonObject[]): string | null {
  const [first] = failures;
  if (first === undefined) return null;
  const others = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  return `${first.place}: ${first.reason}${others}`;
}

/** Whether missing runs of this removal are a broken promise: while they are kept, or held whatever the date says. */
export function isKept(removal: Pick<Removal, 'hold' | 'keepUntil'>, now: number): boolean {
  return removal.hold || removal.keepUntil === null || removal.keepUntil > now;
}
