/** What the tracker knows: a name that is safe for it, and members through grants. */
import type { Handle } from '../../synclog/handle.ts';
import type { AlertChoice } from './team-alert.ts';
import type { PrivacyChoice } from './team-privacy.ts';
import type { Bucket } from './team-storage.ts';

export interface TeamSettings {
  /** What the team chose; what holds is `effectivePrivacy`. */
  readonly privacy: PrivacyChoice;
  readonly alerts: AlertChoice;
}

export interface Team {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** Null: the instance's own. */
  readonly storage: Bucket | null;
  readonly settings: TeamSettings;
  readonly createdAt: number;
  /** Grows with each change of the team itself; the ETag is made of it. */
  readonly updatedAt: number;
  /** While it is set, grants in this team are kept and give nothing. */
  readonly archivedAt: number | null;
}

export interface TeamQuery {
  /** Part of the name, in any letter case. */
  readonly search?: string;
  readonly archived?: boolean;
  /** Whoever asks sees these whatever their settings say; null: sees all. */
  readonly memberOf: readonly string[] | null;
  /** The organization hides every team from those who are not in it. */
  readonly allHidden: boolean;
  /** The lower-case name after which to go on; empty for the beginning. */
  readonly afterName: string;
  readonly limit: number;
}

export interface TeamStore {
  find(db: Handle, organizationId: string, id: string): Promise<Team | undefined>;
  findByName(db: Handle, organizationId: string, nameKey: string): Promise<Team | undefined>;
  /** By id or name; nobody else changes the team, or who manages it by hand, until the transaction ends. */
  lock(db: Handle, organizationId: string, idOrName: string): Promise<Team | undefined>;
  insert(db: Handle, team: Team): Promise<void>;
  rename(db: Handle, id: string, name: string, at: number): Promise<void>;
  setArchived(db: Handle, id: string, archivedAt: number | null, at: number): Promise<void>;
  setSettings(db: Handle, id: string, settings: TeamSettings, at: number): Promise<void>;
  list(db: Handle, organizationId: string): Promise<readonly Team[]>;
  /** By name. */
  page(db: Handle, organizationId: string, query: TeamQuery): Promise<readonly Team[]>;
  /** A rule that gives this team by its name (and not as a group's own), if any holds somebody in it. */
  ruleNaming(db: Handle, teamId: string): Promise<{ readonly ruleId: string; readonly connection: string } | undefined>;
}

/** Some trackers know a team by its first name for good. */
export interface TeamNamePort {
  /** Name of a target that takes no other name for a team; undefined when every target follows. */
  fixedBy(db: Handle, organizationId: string): Promise<string | undefined>;
}
