/** Whose runs a removal is about, and where they are: read from its story and from the other removals of the person. */
import type { Handle } from '../../synclog/handle.ts';
import type { LedgerPerson } from '../draft.ts';
import type { Removal } from '../removal.ts';
import type { LedgerStore, RemovalStore } from '../store.ts';
import type { InventoryScope, RunOwner } from './contract.ts';

export interface RemovalSubject {
  readonly owner: RunOwner;
  readonly scope: InventoryScope;
}

export interface SubjectParts {
  readonly entries: Pick<LedgerStore, 'story'>;
  readonly removals: Pick<RemovalStore, 'ofUsers'>;
}

/** Undefined for an erased person: nobody knows any more whom to ask for. */
export async function readSubject(
  db: Handle,
  { entries, removals }: SubjectParts,
  removal: Removal,
): Promise<RemovalSubject | undefined> {
  const [opening] = await entries.story(db, removal.id);
  const person = JSON.parse(opening?.personal ?? '{}') as Partial<LedgerPerson>;
  if (person.userName === undefined) return undefined;
  const owner = { userName: person.userName, email: person.email ?? null };
  if (removal.scope === 'team') return { owner, scope: { teams: [removal.teamName ?? ''], everywhere: false } };
  // An identity provider often takes the groups away first: what a person left before belongs to what they leave behind.
  const others = await removals.ofUsers(db, removal.organizationId, [removal.userId]);
  const left = others.filter(({ position }) => position < removal.position);
  const names = [removal.heldTeams.map(({ name }) => name), left.flatMap(({ teamName }) => teamName ?? [])].flat();
  return { owner, scope: { teams: [...new Set(names)], everywhere: true } };
}
