/**
 * The tables, as Kysely sees them. The migrations in db/migrations make them; db/schema/*.sql are the golden dumps.
 * Times are epoch milliseconds, UTC. Ids are UUIDv7 text. JSON columns are text on SQLite and jsonb on PostgreSQL; both
 * are written as JSON text and read back as text through the engine's `jsonText` capability.
 */
import type { Generated } from 'kysely';
import type { ApiTables } from './tables/api.ts';
import type { ExchangeHourTables } from './tables/exchange-hours.ts';
import type { Flag } from './tables/flag.ts';
import type { JobTables } from './tables/jobs.ts';
import type { LedgerTables } from './tables/ledger.ts';
import type { PeopleTables } from './tables/people.ts';
import type { ReadBatchTables } from './tables/read-batches.ts';
import type { RuleRunTables } from './tables/rule-runs.ts';
import type { SessionTables } from './tables/sessions.ts';
import type { SignInAttemptTables } from './tables/sign-in-attempts.ts';
import type { TargetTables } from './tables/targets.ts';
import type { TeamTables } from './tables/teams.ts';

export interface Tables
  extends ApiTables,
    ExchangeHourTables,
    JobTables,
    LedgerTables,
    PeopleTables,
    ReadBatchTables,
    RuleRunTables,
    SessionTables,
    SignInAttemptTables,
    TargetTables,
    TeamTables {
  settings: { key: string; value: string };
  organizations: {
    id: string;
    name: string;
    settings: string;
    created_at: number;
  };
  connections: {
    id: string;
    organization_id: string;
    name: string;
    dialect: string;
    /** active | paused */
    state: string;
    /** MappingRule[] as JSON */
    rules: string;
    created_at: number;
    updated_at: number;
  };
  connection_tokens: {
    id: string;
    connection_id: string;
    organization_id: string;
    /** SHA-256 of the token, hex */
    hash: string;
    /** The last four characters, to tell tokens apart in a list. */
    hint: string;
    created_at: number;
    expires_at: number | null;
    revoked_at: number | null;
    last_used_at: number | null;
    /** 1: made by Drawbridge to ask itself; no identity provider ever had it. */
    is_test: number;
  };
  users: {
    id: string;
    organization_id: string;
    connection_id: string | null;
    user_name: string;
    /** Lower-case form, compared where caseExact is false. */
    user_name_key: string;
    external_id: string | null;
    display_name: string | null;
    display_name_key: string | null;
    /** The shown name, and its last word, as lists of people compare them. */
    name_key: Generated<string>;
    last_word_key: Generated<string>;
    /** Primary e-mail address, lower-case. */
    email_key: string | null;
    active: Flag;
    /** The connection that may adopt this admin: an admin approved. */
    adoption_connection_id: string | null;
    /** admin | member | viewer: the strongest organization grant, `member` without one. */
    organization_role: string;
    /** The SCIM attributes as sent: core and enterprise, without id, meta, schemas, groups, password. JSON object. */
    attributes: string;
    version: number;
    created_at: number;
    updated_at: number;
    last_seen_at: number | null;
    /** Deleted users keep their row (removed stays removed) and are visible to nobody. */
    deleted_at: number | null;
  };
  user_emails: {
    user_id: string;
    position: number;
    organization_id: string;
    value: string;
    value_key: string;
    type_key: string | null;
    is_primary: Flag;
  };
  groups: {
    id: string;
    organization_id: string;
    connection_id: string;
    display_name: string;
    display_name_key: string;
    external_id: string | null;
    /** The team that the default rule gave this group. */
    team_id: string | null;
    version: number;
    created_at: number;
    updated_at: number;
  };
  group_members: {
    group_id: string;
    user_id: string;
    organization_id: string;
    /** As the identity provider sent it, to be returned as sent. */
    display: string | null;
    added_at: number;
  };
  teams: {
    id: string;
    organization_id: string;
    name: string;
    name_key: string;
    created_at: number;
    updated_at: number;
    archived_at: number | null;
    /** A bucket of the team's own, a JSON object; null for the instance's. */
    storage: string | null;
    /** Privacy and alerts, a JSON object; null while nobody changed any. */
    settings: string | null;
  };
  grants: {
    id: string;
    organization_id: string;
    user_id: string;
    /** organization | team */
    scope: string;
    team_id: string | null;
    role: string;
    /** rule | invite | admin | signin | setup */
    origin: string;
    /** Which rule of the connection (its id), for origin rule. */
    rule_id: string | null;
    connection_id: string | null;
    /** The group that fed the rule; null for a user condition. */
    group_id: string | null;
    /** Unique key of (user, scope, team, role, origin, rule, group): giving the same grant twice is one grant. */
    identity: string;
    created_at: number;
  };
  changes: {
    position: Generated<number>;
    organization_id: string;
    exchange_id: string | null;
    connection_id: string | null;
    at: number;
    /** `user.created`, `grant.added`, ...: synclog/change.ts has the list. */
    kind: string;
    subject_type: string;
    subject_id: string;
    /** Name of the subject at that time, for people to read. */
    subject_name: string;
    /** The other thing involved (the group of a membership, the team of a grant), if any. */
    related_type: string | null;
    related_id: string | null;
    related_name: string | null;
    actor_kind: string;
    actor_id: string | null;
    actor_name: string;
    reason: string | null;
    before: string | null;
    after: string | null;
    /** PostgreSQL: the writing transaction, so that a follower skips nothing; SQLite: null. */
    transaction_id: Generated<string | null>;
  };
  exchanges: {
    id: string;
    organization_id: string | null;
    connection_id: string | null;
    token_id: string | null;
    at: number;
    /** Microseconds from the first byte to the answer being ready. */
    duration_us: number;
    method: string;
    /** Path and query below /scim/v2, redacted. */
    path: string;
    /** `users.create`, `groups.patch`, ...: synclog/exchange.ts has the list. */
    operation: string;
    status: number;
    /** changed | unchanged | read | refused | failed */
    outcome: string;
    /** AppError code, when refused or failed. */
    error_code: string | null;
    error_detail: string | null;
    subject_type: string | null;
    subject_id: string | null;
    subject_name: string | null;
    /** What happened, in words. */
    summary: string;
    /** Lower-case text that a free-text search looks at. */
    search_text: string;
    /** Repair[] as JSON, or null for none. */
    repairs: string | null;
    request_body: string | null;
    response_body: string | null;
    change_count: number;
    user_agent: string | null;
    remote_address: string | null;
  };
  setup_links: {
    /** SHA-256 of the secret, hex */
    hash: string;
    organization_id: string;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
}
