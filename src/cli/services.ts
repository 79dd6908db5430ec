/**
 * What the verbs need from the rest, and nothing more: app.ts implements it, main.ts passes it in. Names of organizations,
 * connections and users are taken as people type them; whatever does not exist is an AppError `not_found`, what a rule
 * refuses is an AppError with that rule's code. Times are epoch milliseconds.
 */
import type { Config } from '../config.ts';
import type { Dialect } from '../directory/connections/connection.ts';
import type { RuleRunState } from '../directory/rules/rule-run-worker.ts';
import type { ForeseenRulesEffect } from '../directory/rules/rules-preview.ts';
import type { LedgerServices } from './ledger-contract.ts';
import type { InviteServices, KeyServices, PeopleServices } from './people-contract.ts';
import type { SignInServices } from './sign-in-contract.ts';
import type { TargetServices } from './target-services.ts';

export interface ConnectionSummary {
  readonly id: string;
  readonly name: string;
  readonly dialect: Dialect;
  /** Name of the organization. */
  readonly organization: string;
  readonly state: 'active' | 'paused';
  readonly scimUrl: string;
  readonly createdAt: number;
  /** Last request with one of its tokens; null: none yet. */
  readonly lastUsedAt: number | null;
  /** Live tokens. */
  readonly tokens: readonly { readonly hint: string; readonly expiresAt: number | null }[];
}

/** The only time that a token is readable. */
export interface NewToken {
  readonly id: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly organization: string;
  readonly scimUrl: string;
  readonly token: string;
}

/** A connection as typed: id or name, in an organization. */
export interface ConnectionRef {
  readonly organization: string;
  /** Id or name. */
  readonly connection: string;
}

/** Who gains and loses what. */
export interface RulesPreview extends ForeseenRulesEffect {
  /** A run that has not come to its end; null otherwise. */
  readonly run: RulesProgress | null;
}

/** How far saved rules are applied. */
export type RulesProgress = Pick<RuleRunState, 'state' | 'reason' | 'done' | 'total' | 'gained' | 'lost'>;

export interface ConnectionServices {
  list(organization: string): Promise<readonly ConnectionSummary[]>;
  create(input: { readonly organization: string; readonly name: string; readonly dialect: Dialect }): Promise<NewToken>;
  pause(ref: ConnectionRef): Promise<ConnectionSummary>;
  resume(ref: ConnectionRef): Promise<ConnectionSummary>;
  /** Makes a new token; those before it stay valid for `graceSeconds` (0: end now). */
  rotateToken(ref: ConnectionRef, options: { readonly graceSeconds: number }): Promise<NewToken>;
  /** Lets the connection take over an admin whom nobody manages, at its next write. Gives the user's name. */
  approveAdoption(ref: ConnectionRef, user: string): Promise<string>;
  /** The mapping rules as a JSON document that setRules takes. */
  rules(ref: ConnectionRef): Promise<unknown>;
  /** Checks the document, and saves it unless `preview`, and applies it to everybody. Says who gains and loses what. */
  setRules(
    ref: ConnectionRef,
    document: unknown,
    options: { readonly preview: boolean; readonly onProgress: (progress: RulesProgress) => void },
  ): Promise<RulesPreview>;
}

export interface ExplainedGrant {
  readonly role: string;
  readonly origin: string;
  /** Names; null where the origin has none. */
  readonly connection: string | null;
  readonly rule: string | null;
  readonly group: string | null;
  readonly since: number;
  /** The exchange that gave it, to be looked up in the sync log. */
  readonly exchangeId: string | null;
}

export interface ExplainedRole {
  readonly scope: 'organization' | 'team';
  readonly team: string | null;
  /** What the grants add up to; null where they give nothing at present. */
  readonly role: string | null;
  /** Empty: the default role. */
  readonly grants: readonly ExplainedGrant[];
  /** Who keeps the person out of the team by hand; null: nobody. */
  readonly exclusion: { readonly by: string; readonly since: number; readonly reason: string | null } | null;
  /** The team is archived, so that nobody holds anything in it. */
  readonly archived: boolean;
}

export interface Explanation {
  readonly user: {
    readonly id: string;
    readonly userName: string;
    readonly displayName: string | null;
    readonly active: boolean;
    /** Name of the connection that manages the user; null: nobody. */
    readonly connection: string | null;
  };
  /** False: an inactive user keeps grants, and they give nothing. */
  readonly effective: boolean;
  readonly roles: readonly ExplainedRole[];
}

export interface OrganizationSummary {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface OrganizationServices {
  create(name: string): Promise<OrganizationSummary>;
  list(): Promise<readonly OrganizationSummary[]>;
}

export interface TeamSummary {
  readonly id: string;
  readonly name: string;
  /** `AWS runs.example`; null: the instance's own. */
  readonly storage: string | null;
  readonly members: number;
  readonly admins: number;
  readonly createdAt: number;
  readonly archivedAt: number | null;
}

export interface TeamServices {
  /** By name. */
  list(organization: string, options: { readonly search?: string }): Promise<readonly TeamSummary[]>;
  /** `storage`: a bucket as a document. */
  create(organization: string, input: { readonly name: string; readonly storage?: unknown }): Promise<TeamSummary>;
  /** By id or name; restoring is the other way round. */
  setArchived(organization: string, team: string, archived: boolean): Promise<TeamSummary>;
}

export interface RoleSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly inherits: 'viewer' | 'member';
  readonly permissions: readonly string[];
  /** People who hold it, and in how many teams. */
  readonly users: number;
  readonly teams: number;
}

/** With the mapping rules that take the role from a group's name, and how many hold it by each: they end with nothing by it. */
export interface DeletedRole extends RoleSummary {
  readonly captured: readonly { readonly connection: string; readonly rule: string; readonly users: number }[];
}

export interface NewRole {
  readonly name: string;
  readonly description: string;
  readonly inherits: 'viewer' | 'member';
  readonly permissions: readonly string[];
}

export interface RoleServices {
  /** By name. */
  list(organization: string): Promise<readonly RoleSummary[]>;
  create(organization: string, role: NewRole): Promise<RoleSummary>;
  /** By id or name; `preview` deletes nothing. Says who held it. */
  delete(organization: string, role: string, options: { readonly preview: boolean }): Promise<DeletedRole>;
}

export interface CliServices {
  readonly organizations: OrganizationServices;
  readonly teams: TeamServices;
  readonly roles: RoleServices;
  readonly connections: ConnectionServices;
  readonly admin: {
    /** A one-time address that makes whoever opens it an admin. */
    createSetupLink(organization: string): Promise<{ readonly url: string; readonly expiresAt: number }>;
  };
  /** `user`: id, userName or e-mail address. */
  explain(organization: string, user: string): Promise<Explanation>;
  readonly people: PeopleServices;
  readonly invites: InviteServices;
  readonly keys: KeyServices;
  readonly signIn: SignInServices;
  readonly ledger: LedgerServices;
  readonly targets: TargetServices;
}

/** Opens the database (migrated when needed) without a server; works whether or not one runs. `now` defaults to the machine's clock. */
export type OpenServices = (config: Config, now?: () => number) => Promise<CliServices & { close(): Promise<void> }>;

export interface RunningServer {
  /** Where people go: the console. */
  readonly consoleUrl: string;
  /** What an identity provider is given. */
  readonly scimUrl: string;
  /**
   * A one-time address that makes the first admin; null where there is one already, or where the first to sign in
   * through SSO becomes one.
   */
  readonly setupUrl: string | null;
  /** Whether there is a connection yet, of any organization. */
  readonly hasConnections: boolean;
  /** Takes no new requests, answers those under way, writes the queues, closes the database. */
  stop(): Promise<void>;
}

/** Resolves once requests are served. `now` defaults to the machine's clock. */
export type OpenServer = (config: Config, now?: () => number) => Promise<RunningServer>;

export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
}

export interface Migrator {
  /** In order. */
  state(): Promise<readonly MigrationState[]>;
  /** Applies what is missing; gives the names of what it applied. */
  up(): Promise<readonly string[]>;
  /** Takes back the newest `steps`; gives their names. */
  down(steps: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type OpenMigrator = (config: Config) => Promise<Migrator>;
