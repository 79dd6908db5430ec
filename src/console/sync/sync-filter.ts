/** The filter of the sync log as it stands in the address, and what it asks of the reader. */
import type { ExchangeQuery, Outcome } from '../../synclog/exchange.ts';
import { isOperation, isOutcome } from '../words.ts';

export interface SyncFilter {
  readonly connection?: string;
  readonly outcome?: Outcome;
  readonly operation?: string;
  /** Error code, from a link of the overview. */
  readonly cause?: string;
  /** What was typed to find a person; resolved to a user by people.find. */
  readonly person?: string;
  /** A user id, from a link. `person` wins over it. */
  readonly user?: string;
  /** As typed, `2026-11-24T04:19` UTC. */
  readonly from?: string;
  readonly until?: string;
  readonly text?: string;
}

export interface ParsedFilter {
  readonly filter: SyncFilter;
  /** Newest first: what is older than this exchange. */
  readonly before: string | undefined;
  /** What could not be used, in words: nothing is left out silently. */
  readonly problems: readonly string[];
}

const FIELDS = ['connection', 'outcome', 'operation', 'cause', 'person', 'user', 'from', 'until', 'text'] as const;
const MAX_LENGTH = 200;

/** `datetime-local` gives minutes or seconds and no zone; here it is UTC. */
export function parseMoment(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(text)) return undefined;
  const at = Date.parse(`${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function problemOf(field: (typeof FIELDS)[number], value: string): string | undefined {
  if (value.length > MAX_LENGTH) return `“${field}” is longer than ${MAX_LENGTH} characters and was left out.`;
  if (field === 'outcome' && !isOutcome(value)) return `There is no outcome “${value}”; it was left out.`;
  if (field === 'operation' && !isOperation(value)) return `There is no operation “${value}”; it was left out.`;
  if ((field === 'from' || field === 'until') && parseMoment(value) === undefined) {
    return `“${value}” is no date and time such as 2026-11-24T04:19; “${field}” was left out.`;
  }
  return undefined;
}

export function parseFilter(parameters: URLSearchParams): ParsedFilter {
  const problems: string[] = [];
  const filter: Record<string, string> = {};
  for (const field of FIELDS) {
    const value = parameters.get(field)?.trim() ?? '';
    const problem = value === '' ? undefined : problemOf(field, value);
    if (problem !== undefined) problems.push(problem);
    else if (value !== '') filter[field] = value;
  }
  if (filter.person !== undefined) delete filter.user;
  const before = parameters.get('before') ?? '';
  return { filter, before: /^[\w-]{1,64}$/.test(before) ? before : undefined, problems };
}

/** Canonical: the same filter always gives the same text, so that it can be a key as well as an address. */
export function toSearch(filter: SyncFilter, extra: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams();
  for (const field of FIELDS) {
    const value = filter[field];
    if (value !== undefined) parameters.set(field, value);
  }
  for (const [name, value] of Object.entries(extra)) parameters.set(name, value);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

export function isEmptyFilter(filter: SyncFilter): boolean {
  return Object.keys(filter).length === 0;
}

/** @param userId whom `person` or `user` turned out to be */
export function toQuery(
  organizationId: string,
  filter: SyncFilter,
  userId: string | undefined,
  page: { readonly before?: string | undefined; readonly limit: number },
): ExchangeQuery {
  const from = filter.from === undefined ? undefined : parseMoment(filter.from);
  const until = filter.until === undefined ? undefined : parseMoment(filter.until);
  return {
    organizationId,
    limit: page.limit,
    ...(filter.connection === undefined ? {} : { connectionId: filter.connection }),
    ...(filter.outcome === undefined ? {} : { outcome: filter.outcome }),
    ...(filter.operation === undefined ? {} : { operation: filter.operation }),
    ...(filter.cause === undefined ? {} : { errorCode: filter.cause }),
    ...(filter.text === undefined ? {} : { text: filter.text }),
    ...(userId === undefined ? {} : { userId }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(page.before === undefined ? {} : { before: page.before }),
  };
}
