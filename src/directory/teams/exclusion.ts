/**
 * A person who is kept out of a team by hand: a grant's counterpart. As long as it stands, no grant gives the person
 * anything in that team, whatever the identity provider pushes.
 */
import type { Handle } from '../../synclog/handle.ts';

export interface Exclusion {
  readonly userId: string;
  readonly teamId: string;
  readonly organizationId: string;
  /** Who kept the person out, by name at that time. */
  readonly actorName: string;
  readonly reason: string | null;
  readonly createdAt: number;
}

export interface ExclusionStore {
  find(db: Handle, teamId: string, userId: string): Promise<Exclusion | undefined>;
  /** Whoever is kept out already stays so, with the first reason. */
  insert(db: Handle, exclusion: Exclusion): Promise<void>;
  /** Says whether there was one. */
  delete(db: Handle, teamId: string, userId: string): Promise<boolean>;
  ofUser(db: Handle, userId: string): Promise<readonly (Exclusion & { readonly teamName: string })[]>;
  /** Those of these people in one team. */
  ofMembers(db: Handle, teamId: string, userIds: readonly string[]): Promise<readonly Exclusion[]>;
  /** Those of a team in the order of user ids, after one. */
  ofTeam(db: Handle, teamId: string, afterUserId: string, limit: number): Promise<readonly Exclusion[]>;
}
