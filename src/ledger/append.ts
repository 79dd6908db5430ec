/** From drafts to entries: which removal each belongs to, which of them say nothing new, and what the removals become. */
import type { Handle } from '../synclog/handle.ts';
import type { ChainPoint } from './chain.ts';
import type { LedgerDraft, LedgerPerson } from './draft.ts';
import { chainEntry, type LedgerEntry } from './entry.ts';
import { foldEntry, type Removal } from './removal.ts';
import type { PersonKeys, RemovalStore } from './store.ts';
import { addDifference, type LedgerTotals, NO_TOTALS } from './totals.ts';

export interface AppendPlan {
  readonly entries: readonly LedgerEntry[];
  /** Removals as they are after the entries. */
  readonly changed: readonly Removal[];
  /** The keys of those that these entries begin. */
  readonly begun: ReadonlyMap<string, PersonKeys>;
  /** What these entries add to the totals of the organization. */
  readonly totals: LedgerTotals;
}

export interface AppendPlace {
  readonly organizationId: string;
  readonly at: number;
  readonly exchangeId: string | null;
  readonly head: ChainPoint;
}

/** The organization is locked. */
export async function planEntries(
  db: Handle,
  store: RemovalStore,
  newId: () => string,
  { organizationId, at, exchangeId, head }: AppendPlace,
  drafts: readonly LedgerDraft[],
): Promise<AppendPlan> {
  const known = await loadRemovals(db, store, organizationId, drafts);
  const entries: LedgerEntry[] = [];
  const begun = new Map<string, PersonKeys>();
  const touched = new Set<string>();
  let { position, hash: previousHash } = head;
  let totals = NO_TOTALS;
  for (const draft of drafts) {
    const removal = known.find(draft);
    if (saysNothingNew(draft, removal)) continue;
    position += 1;
    const id = newId();
    const link = { organizationId, position, previousHash, id, removalId: removal?.id ?? id, at, exchangeId };
    const entry = chainEntry(draft, link);
    const after = foldEntry(removal, entry);
    if (removal === undefined) begun.set(id, keysOf(draft));
    known.set(after);
    totals = addDifference(totals, removal, after);
    touched.add(after.id);
    entries.push(entry);
    previousHash = entry.hash;
  }
  return { entries, changed: known.all().filter(({ id }) => touched.has(id)), begun, totals };
}

/** Decided under the lock: somebody else may have told the same a moment ago. */
function saysNothingNew({ kind }: LedgerDraft, removal: Removal | undefined): boolean {
  if (kind === 'removed') return removal !== undefined;
  if (removal === undefined) return true;
  return kind === 'returned_as_another' && removal.state !== 'left';
}

interface KnownRemovals {
  /** The removal that a draft belongs to: the named one, else the open one of that user and scope. */
  find(draft: LedgerDraft): Removal | undefined;
  set(removal: Removal): void;
  all(): readonly Removal[];
}

async function loadRemovals(
  db: Handle,
  store: RemovalStore,
  organizationId: string,
  drafts: readonly LedgerDraft[],
): Promise<KnownRemovals> {
  const byId = new Map<string, Removal>();
  for (const id of new Set(drafts.flatMap(({ removalId }) => removalId ?? []))) {
    const removal = await store.find(db, organizationId, id);
    if (removal !== undefined) byId.set(id, removal);
  }
  const unnamed = drafts.filter(({ removalId }) => removalId === undefined);
  for (const [teamId, ofTeam] of Map.groupBy(unnamed, ({ team }) => team?.id ?? null)) {
    const userIds = [...new Set(ofTeam.map(({ userId }) => userId))];
    for (const removal of (await store.open(db, organizationId, userIds, teamId)).values())
      byId.set(removal.id, removal);
  }
  const openKey = (userId: string, teamId: string | null): string => `${userId} ${teamId ?? ''}`;
  const open = new Map<string, string>();
  const note = (removal: Removal): void => {
    const key = openKey(removal.userId, removal.teamId);
    if (removal.state === 'left') open.set(key, removal.id);
    else if (open.get(key) === removal.id) open.delete(key);
  };
  for (const removal of byId.values()) note(removal);
  return {
    find: (draft) => byId.get(draft.removalId ?? open.get(openKey(draft.userId, draft.team?.id ?? null)) ?? ''),
    set(removal) {
      byId.set(removal.id, removal);
      note(removal);
    },
    all: () => [...byId.values()],
  };
}

function keysOf({ person }: LedgerDraft): PersonKeys {
  const { userName, email, externalId } = person as LedgerPerson;
  return { userNameKey: userName.toLowerCase(), emailKey: email?.toLowerCase() ?? null, externalId };
}
