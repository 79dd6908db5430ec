/** What Entra ID's calls about users and about groups share: the conversation, and how it writes a query. */
import type { Conversation } from './conversation.ts';

export interface EntraParts {
  readonly talk: Conversation;
  readonly random: () => number;
  /** The flag `aadOptscim062020` is on the Tenant URL. */
  readonly flag: boolean;
}

/** Queries are form-encoded: a plus sign for a blank. */
export function toEntraLookUp(endpoint: string, attribute: string, value: string): string {
  return `${endpoint}?filter=${toForm(`${attribute} eq ${JSON.stringify(value)}`)}`;
}

export function toForm(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}
