/**
 * The ledger as documents for people and machines: command line, JSON API and console show the same. Times are ISO 8601.
 */
import type { HeldTeam, LedgerPerson } from '../../ledger/draft.ts';
import { contentOf, type LedgerEntry } from '../../ledger/entry.ts';
import type { RecordedProject } from '../../ledger/inventory/recorded.ts';
import type { Removal } from '../../ledger/removal.ts';
import type { LedgerQuery, LedgerRow } from '../../ledger/store.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { DirectoryParts, TrackerAbilities } from '../parts.ts';

/** `not_configured`: there is no tracker to ask; `waiting`: it was not asked, or did not answer, yet. */
export type InventoryShown = 'not_configured' | 'waiting' | 'taken' | 'partial' | 'failed';

export interface RemovalView {
  readonly id: string;
  readonly state: Removal['state'];
  readonly closedAt: string | null;
  /** The user that the person came back as. */
  readonly successorId: string | null;
  readonly inventory: {
    readonly state: InventoryShown;
    readonly at: string | null;
    /** Why it failed, or what of it did. */
    readonly reason: string | null;
    readonly runs: number | null;
    readonly projects: number | null;
    readonly firstRunAt: string | null;
    readonly lastRunAt: string | null;
  };
  readonly verification: {
    readonly state: Removal['verification'];
    readonly at: string | null;
    readonly missing: number;
  };
  readonly hold: boolean;
  /** Null: for ever. */
  readonly keepUntil: string | null;
  readonly handover: {
    readonly state: Removal['handover'];
    readonly heir: { readonly kind: 'user' | 'team'; readonly id: string } | null;
  };
  readonly erasedAt: string | null;
}

export interface LedgerLine {
  readonly position: number;
  readonly id: string;
  readonly kind: LedgerEntry['kind'];
  readonly scope: LedgerEntry['scope'];
  readonly team: string | null;
  readonly userId: string;
  /** userName of that time, or the pseudonym of an erased person. */
  readonly user: string;
  readonly name: string;
  readonly email: string | null;
  readonly at: string;
  readonly cause: string;
  readonly reason: string | null;
  readonly by: { readonly kind: string; readonly id: string | null; readonly name: string };
  readonly exchange: string | null;
  readonly hash: string;
  /** What the removal that it belongs to has come to. */
  readonly removal: RemovalView;
}

export interface StoryEntry extends Omit<LedgerLine, 'removal' | 'user' | 'name' | 'email' | 'userId'> {
  readonly details: JsonObject;
}

export interface RemovalStory extends LedgerLine {
  readonly held: { readonly organizationRole: string; readonly teams: readonly HeldTeam[] } | null;
  /** What the inventory found; empty while there is none. */
  readonly projects: readonly RecordedProject[];
  /** Everything that happened, oldest first. */
  readonly story: readonly StoryEntry[];
}

export function toRemovalView(removal: Removal, tracker: TrackerAbilities | null): RemovalView {
  const { id, state, successorId, hold, verification, missing, heirKind, heirId, handover } = removal;
  return {
    ...{ id, state, closedAt: toIso(removal.closedAt), successorId, hold },
    inventory: {
      state: removal.inventory ?? (tracker === null ? 'not_configured' : 'waiting'),
      at: toIso(removal.inventoryAt),
      reason: removal.inventoryReason,
      runs: removal.runs,
      projects: removal.projects,
      firstRunAt: toIso(removal.firstRunAt),
      lastRunAt: toIso(removal.lastRunAt),
    },
    verification: { state: verification, at: toIso(removal.verifiedAt), missing },
    keepUntil: toIso(removal.keepUntil),
    handover: { state: handover, heir: heirKind === null || heirId === null ? null : { kind: heirKind, id: heirId } },
    erasedAt: toIso(removal.erasedAt),
  };
}

export function toLedgerLine({ entry, removal, person }: LedgerRow, tracker: TrackerAbilities | null): LedgerLine {
  const { position, id, kind, scope, userId, at, hash, exchangeId } = entry;
  const { team, cause, reason, actor } = contentOf(entry);
  const { user, name, email } = namesIn(person, userId);
  return {
    ...{
      position,
      id,
      kind,
      scope,
      team: team?.name ?? null,
      userId,
      user,
      name,
      email,
      at: new Date(at).toISOString(),
    },
    ...{ cause, reason, by: { kind: actor.kind, id: actor.id, name: actorName(entry) }, exchange: exchangeId, hash },
    removal: toRemovalView(removal, tracker),
  };
}

/** The name of whoever did it: as it was then, or their pseudonym. */
function actorName({ actor }: LedgerEntry): string {
  const { name, pseudonym } = JSON.parse(actor) as { name?: string; pseudonym?: string };
  return name ?? pseudonym ?? '';
}

function namesIn(personal: string | null, userId: string): { user: string; name: string; email: string | null } {
  const { userName, name, email, pseudonym } = JSON.parse(personal ?? '{}') as Partial<LedgerPerson> & {
    pseudonym?: string;
  };
  const user = userName ?? pseudonym ?? userId;
  return { user, name: name ?? user, email: email ?? null };
}

function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

export async function listLedger(
  { store, tracker }: DirectoryParts,
  organizationId: string,
  query: LedgerQuery,
): Promise<readonly LedgerLine[]> {
  const rows = await store.ledger.list(store.reader, organizationId, query);
  return rows.map((row) => toLedgerLine(row, tracker));
}

/** One removal with everything that happened since. */
export async function readStory({ store, tracker }: DirectoryParts, removal: Removal): Promise<RemovalStory> {
  const entries = await store.ledger.story(store.reader, removal.id);
  const [opening] = entries;
  if (opening === undefined) throw new Error(`The removal ${removal.id} has no entries.`);
  const line = toLedgerLine({ entry: opening, removal, person: opening.personal }, tracker);
  const inventory = entries.find(({ id }) => id === removal.inventoryEntryId);
  const projects = inventory === undefined ? [] : contentOf(inventory).details.projects;
  return {
    ...line,
    held: contentOf(opening).held ?? null,
    projects: projects as unknown as readonly RecordedProject[],
    story: entries.map((entry) => {
      const {
        removal: _r,
        user: _u,
        name: _n,
        email: _e,
        userId: _i,
        ...rest
      } = toLedgerLine({ entry, removal, person: null }, tracker);
      return { ...rest, details: contentOf(entry).details };
    }),
  };
}
