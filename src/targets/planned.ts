/** What a dry run tells. */
import type { PlannedRequest } from './http/dry-client.ts';

/** A subject; at a webhook one event, whose type stands in its name. */
export interface PlannedSubject {
  /** `user:<id>` */
  readonly subject: string;
  readonly name: string;
  readonly requests: readonly PlannedRequest[];
  /** Why it would be refused, or cannot be told; of an event: why it was given up. */
  readonly reason: string | null;
}

export interface DryRun {
  /** Subjects for which something would be sent, or that would be refused; events in their order. */
  readonly planned: readonly PlannedSubject[];
  /** How many subjects, or events and changes, were looked at. */
  readonly looked: number;
  /** Where to go on; null when everything was looked at. */
  readonly next: string | null;
  /** Events that come after these, counted up to 10,000 changes; null where they are not counted: for subjects. */
  readonly more: number | null;
}

export interface DryRunQuery {
  /** One subject; without it all of them. */
  readonly subject?: string;
  /** As `next` of the page before. */
  readonly after?: string;
  /** Subjects to look at, or events to tell; the rest is the next page. */
  readonly limit: number;
}
