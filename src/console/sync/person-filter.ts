/** Who is meant by what was typed into the person field, or by the id in a link. */
import { AppError } from '../../errors.ts';
import type { ConsoleParts, Person } from '../parts.ts';
import type { SyncFilter } from './sync-filter.ts';

export type PersonFilter =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'one'; readonly person: Pick<Person, 'id' | 'name'> }
  /** Nobody (empty) or several: the log shows nothing until one is chosen, rather than the wrong rows. */
  | {
      readonly kind: 'unclear';
      readonly text: string;
      readonly candidates: readonly Person[];
      readonly isCut: boolean;
    };

const MAX_CANDIDATES = 20;

export async function resolvePerson(
  people: ConsoleParts['people'],
  organizationId: string,
  filter: SyncFilter,
): Promise<PersonFilter> {
  if (filter.person !== undefined) {
    const candidates = await people.find(organizationId, filter.person, MAX_CANDIDATES + 1);
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1) return { kind: 'one', person: only };
    return {
      kind: 'unclear',
      text: filter.person,
      candidates: candidates.slice(0, MAX_CANDIDATES),
      isCut: candidates.length > MAX_CANDIDATES,
    };
  }
  if (filter.user === undefined) return { kind: 'anybody' };
  const [known] = await people.find(organizationId, filter.user, 1);
  return { kind: 'one', person: { id: filter.user, name: known?.name ?? `user ${filter.user}` } };
}

/** Where nobody can be asked who is meant. @throws AppError `invalid_filter` */
export function requireClear(person: PersonFilter): void {
  if (person.kind !== 'unclear') return;
  const who =
    person.candidates.length === 0
      ? `Nobody is called “${person.text}”.`
      : `“${person.text}” may be one of several people: choose one in the sync log first.`;
  throw new AppError('invalid_filter', who);
}
