/** The filter of the ledger as it stands in the address, and what it asks of the store. */
import type { DirectoryParts } from '../../directory/parts.ts';
import { AppError } from '../../errors.ts';
import type { LedgerConditions } from '../../ledger/store.ts';

export interface RemovedFilter {
  /** What was typed to find a person. */
  readonly person?: string;
  readonly scope?: 'organization' | 'team';
  readonly state?: 'left' | 'returned' | 'returned_as_another';
  readonly inventory?: 'none' | 'taken' | 'partial' | 'failed';
  readonly kept?: 'hold' | 'missing';
}

export const SCOPES = { organization: 'the organization', team: 'a team' } as const;
export const STATES = {
  left: 'gone',
  returned: 'came back',
  returned_as_another: 'came back as another user',
} as const;
export const INVENTORIES = {
  none: 'not counted yet',
  taken: 'counted',
  partial: 'counted in part',
  failed: 'could not be counted',
} as const;
export const KEPT = { hold: 'legal hold', missing: 'runs are missing' } as const;

const CHOICES = { scope: SCOPES, state: STATES, inventory: INVENTORIES, kept: KEPT } as const;
const MAX_LENGTH = 200;

export function parseRemovedFilter(parameters: URLSearchParams): RemovedFilter {
  const filter: Record<string, string> = {};
  const person = parameters.get('person')?.trim().slice(0, MAX_LENGTH) ?? '';
  if (person !== '') filter.person = person;
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = parameters.get(name) ?? '';
    if (Object.hasOwn(choices, value)) filter[name] = value;
  }
  return filter;
}

export function toRemovedSearch(filter: RemovedFilter, extra: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams({ ...filter, ...extra }).toString();
  return text === '' ? '' : `?${text}`;
}

/** People whom one name may mean. */
const MOST_PEOPLE = 500;

/**
 * By what a removal keeps of them, and by what they are called where they are still known: a part of the name is enough.
 * @throws AppError `too_many` rather than to leave some of them out
 */
async function findPeople({ store }: DirectoryParts, organizationId: string, text: string): Promise<readonly string[]> {
  const [removed, named] = await Promise.all([
    store.removals.findPeople(store.reader, organizationId, text),
    store.users.search(store.reader, organizationId, text, MOST_PEOPLE + 1),
  ]);
  if (named.length > MOST_PEOPLE) {
    throw new AppError('too_many', `“${text}” fits more than ${MOST_PEOPLE} people: give more of the name.`);
  }
  return [...new Set([...removed, ...named.map(({ id }) => id)])];
}

/** Entries of the removals that the filter means, with their stories; the list shows the first of each. */
export async function readConditions(
  directory: DirectoryParts,
  organizationId: string,
  { person, scope, state, inventory, kept }: RemovedFilter,
): Promise<LedgerConditions> {
  const userIds = person === undefined ? undefined : await findPeople(directory, organizationId, person);
  return {
    ...(userIds === undefined ? {} : { userIds }),
    ...(scope === undefined ? {} : { scope }),
    ...(state === undefined ? {} : { state }),
    ...(inventory === undefined ? {} : { inventory }),
    ...(kept === 'hold' ? { hold: true } : {}),
    ...(kept === 'missing' ? { missing: true } : {}),
  };
}
