/** The filter of the list of people as it stands in the address. */
import type { MemberStatus, PeopleQuery } from '../../directory/people/people.ts';
import { PERSON_SORTS, type PersonSort } from '../../directory/people/person.ts';
import { isOrganizationRole, type OrganizationRole } from '../../mapping/roles.ts';

export interface PeopleFilter {
  readonly text?: string;
  readonly status?: MemberStatus;
  readonly role?: OrganizationRole;
  /** Id of a connection; `nobody` for people whom nobody manages. */
  readonly connection?: string;
  readonly sort?: PersonSort;
}

export const STATUSES = {
  active: 'Active',
  invited: 'Invited',
  deactivated: 'Deactivated',
  removed: 'Removed',
} as const;
export const SORTS = { name: 'Name', email: 'E-mail', created: 'Newest first', last_seen: 'Last seen' } as const;
export const NOBODY = 'nobody';

const MAX_LENGTH = 200;

export function parsePeopleFilter(parameters: URLSearchParams): PeopleFilter {
  const read = (name: string): string => parameters.get(name)?.trim().slice(0, MAX_LENGTH) ?? '';
  const [text, status, role, connection, sort] = ['text', 'status', 'role', 'connection', 'sort'].map(read);
  return {
    ...(text ? { text } : {}),
    ...(status !== undefined && Object.hasOwn(STATUSES, status) ? { status: status as MemberStatus } : {}),
    ...(role !== undefined && isOrganizationRole(role) ? { role } : {}),
    ...(connection ? { connection } : {}),
    ...(PERSON_SORTS.some((one) => one === sort) ? { sort: sort as PersonSort } : {}),
  };
}

export function toPeopleSearch(filter: PeopleFilter, extra: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams({ ...filter, ...extra }).toString();
  return text === '' ? '' : `?${text}`;
}

/** @param after `sort key`, then the id, of the last one of the page before */
export function toPeopleQuery(
  { text, status, role, connection, sort = 'name' }: PeopleFilter,
  after: { readonly key: string | number; readonly id: string } | undefined,
  limit: number,
): PeopleQuery {
  return {
    ...{ sort, descending: sort === 'created' || sort === 'last_seen', limit },
    ...(text === undefined ? {} : { text }),
    ...(status === undefined ? {} : { statuses: [status] }),
    ...(role === undefined ? {} : { role }),
    ...(connection === undefined ? {} : { connectionId: connection === NOBODY ? null : connection }),
    ...(after === undefined ? {} : { after }),
  };
}
