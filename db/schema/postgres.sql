column api_keys.id text collate "C" not null
column api_keys.organization_id text collate "C" not null
column api_keys.owner_kind text collate "C" not null
column api_keys.owner_id text collate "C" not null
column api_keys.name text collate "C" not null
column api_keys.hash text collate "C" not null
column api_keys.hint text collate "C" not null
column api_keys.scopes text collate "C" not null
column api_keys.created_at bigint not null
column api_keys.expires_at bigint
column api_keys.revoked_at bigint
column api_keys.last_used_at bigint
column changes.position bigint not null generated always as identity
column changes.organization_id text collate "C" not null
column changes.exchange_id text collate "C"
column changes.connection_id text collate "C"
column changes.at bigint not null
column changes.kind text collate "C" not null
column changes.subject_type text collate "C" not null
column changes.subject_id text collate "C" not null
column changes.subject_name text collate "C" not null
column changes.related_type text collate "C"
column changes.related_id text collate "C"
column changes.related_name text collate "C"
column changes.actor_kind text collate "C" not null
column changes.actor_id text collate "C"
column changes.actor_name text collate "C" not null
column changes.reason text collate "C"
column changes.before jsonb
column changes.after jsonb
column changes.transaction_id xid8 not null default pg_current_xact_id()
column connection_tokens.id text collate "C" not null
column connection_tokens.connection_id text collate "C" not null
column connection_tokens.organization_id text collate "C" not null
column connection_tokens.hash text collate "C" not null
column connection_tokens.hint text collate "C" not null
column connection_tokens.created_at bigint not null
column connection_tokens.expires_at bigint
column connection_tokens.revoked_at bigint
column connection_tokens.last_used_at bigint
column connection_tokens.is_test smallint not null default 0
column connections.id text collate "C" not null
column connections.organization_id text collate "C" not null
column connections.name text collate "C" not null
column connections.dialect text collate "C" not null
column connections.state text collate "C" not null
column connections.rules jsonb not null
column connections.created_at bigint not null
column connections.updated_at bigint not null
column custom_roles.id text collate "C" not null
column custom_roles.organization_id text collate "C" not null
column custom_roles.name text collate "C" not null
column custom_roles.name_key text collate "C" not null
column custom_roles.description text collate "C" not null
column custom_roles.inherits text collate "C" not null
column custom_roles.permissions jsonb not null
column custom_roles.created_at bigint not null
column custom_roles.updated_at bigint not null
column custom_roles.deleted_at bigint
column email_links.hash text collate "C" not null
column email_links.organization_id text collate "C" not null
column email_links.email text collate "C" not null
column email_links.return_to text collate "C" not null
column email_links.created_at bigint not null
column email_links.expires_at bigint not null
column enforced_privacy.organization_id text collate "C" not null
column enforced_privacy.switch text collate "C" not null
column enforced_privacy.enforced_at bigint not null
column exchange_hours.organization_id text collate "C" not null
column exchange_hours.hour bigint not null
column exchange_hours.connection_id text collate "C" not null
column exchange_hours.outcome text collate "C" not null
column exchange_hours.count bigint not null
column exchange_hours_counted.organization_id text collate "C" not null
column exchange_hours_counted.until bigint not null
column exchanges.id text collate "C" not null
column exchanges.organization_id text collate "C"
column exchanges.connection_id text collate "C"
column exchanges.token_id text collate "C"
column exchanges.at bigint not null
column exchanges.duration_us bigint not null
column exchanges.method text collate "C" not null
column exchanges.path text collate "C" not null
column exchanges.operation text collate "C" not null
column exchanges.status bigint not null
column exchanges.outcome text collate "C" not null
column exchanges.error_code text collate "C"
column exchanges.error_detail text collate "C"
column exchanges.subject_type text collate "C"
column exchanges.subject_id text collate "C"
column exchanges.subject_name text collate "C"
column exchanges.summary text collate "C" not null
column exchanges.search_text text collate "C" not null
column exchanges.repairs jsonb
column exchanges.request_body text collate "C"
column exchanges.response_body text collate "C"
column exchanges.change_count bigint not null
column exchanges.user_agent text collate "C"
column exchanges.remote_address text collate "C"
column grants.id text collate "C" not null
column grants.organization_id text collate "C" not null
column grants.user_id text collate "C" not null
column grants.scope text collate "C" not null
column grants.team_id text collate "C"
column grants.role text collate "C" not null
column grants.origin text collate "C" not null
column grants.rule_id text collate "C"
column grants.connection_id text collate "C"
column grants.group_id text collate "C"
column grants.identity text collate "C" not null
column grants.created_at bigint not null
column group_members.group_id text collate "C" not null
column group_members.user_id text collate "C" not null
column group_members.organization_id text collate "C" not null
column group_members.display text collate "C"
column group_members.added_at bigint not null
column groups.id text collate "C" not null
column groups.organization_id text collate "C" not null
column groups.connection_id text collate "C" not null
column groups.display_name text collate "C" not null
column groups.display_name_key text collate "C" not null
column groups.external_id text collate "C"
column groups.team_id text collate "C"
column groups.version bigint not null
column groups.created_at bigint not null
column groups.updated_at bigint not null
column identity_links.organization_id text collate "C" not null
column identity_links.connector text collate "C" not null
column identity_links.issuer text collate "C" not null
column identity_links.subject text collate "C" not null
column identity_links.user_id text collate "C" not null
column identity_links.vouched_email text collate "C"
column identity_links.created_at bigint not null
column invite_links.hash text collate "C" not null
column invite_links.invite_id text collate "C" not null
column invite_links.created_at bigint not null
column invite_links.ended_at bigint
column invites.id text collate "C" not null
column invites.organization_id text collate "C" not null
column invites.email text collate "C" not null
column invites.email_key text collate "C" not null
column invites.role text collate "C" not null
column invites.teams jsonb not null
column invites.state text collate "C" not null
column invites.invited_by_id text collate "C"
column invites.invited_by_name text collate "C" not null
column invites.created_at bigint not null
column invites.updated_at bigint not null
column invites.expires_at bigint not null
column invites.accepted_user_id text collate "C"
column jobs.queue text collate "C" not null
column jobs.key text collate "C" not null
column jobs.organization_id text collate "C" not null
column jobs.payload jsonb
column jobs.state text collate "C" not null
column jobs.due_at bigint not null
column jobs.attempts bigint not null
column jobs.generation bigint not null
column jobs.lease_owner text collate "C"
column jobs.lease_until bigint
column jobs.last_error text collate "C"
column jobs.created_at bigint not null
column jobs.updated_at bigint not null
column kept_answers.organization_id text collate "C" not null
column kept_answers.principal text collate "C" not null
column kept_answers.key_hash text collate "C" not null
column kept_answers.fingerprint text collate "C" not null
column kept_answers.claimed_by text collate "C" not null
column kept_answers.lease_until bigint not null
column kept_answers.answer text collate "C"
column kept_answers.expires_at bigint not null
column ledger_entries.organization_id text collate "C" not null
column ledger_entries.position bigint not null
column ledger_entries.id text collate "C" not null
column ledger_entries.hash text collate "C" not null
column ledger_entries.previous_hash text collate "C" not null
column ledger_entries.kind text collate "C" not null
column ledger_entries.scope text collate "C" not null
column ledger_entries.team_id text collate "C"
column ledger_entries.user_id text collate "C" not null
column ledger_entries.removal_id text collate "C" not null
column ledger_entries.at bigint not null
column ledger_entries.content text collate "C" not null
column ledger_entries.actor text collate "C" not null
column ledger_entries.actor_user_id text collate "C"
column ledger_entries.personal text collate "C"
column ledger_entries.exchange_id text collate "C"
column ledger_removals.id text collate "C" not null
column ledger_removals.organization_id text collate "C" not null
column ledger_removals.position bigint not null
column ledger_removals.user_id text collate "C" not null
column ledger_removals.scope text collate "C" not null
column ledger_removals.team_id text collate "C"
column ledger_removals.team_name text collate "C"
column ledger_removals.connection_id text collate "C"
column ledger_removals.cause text collate "C" not null
column ledger_removals.at bigint not null
column ledger_removals.held_teams jsonb not null
column ledger_removals.state text collate "C" not null
column ledger_removals.closed_at bigint
column ledger_removals.successor_id text collate "C"
column ledger_removals.inventory text collate "C"
column ledger_removals.inventory_entry_id text collate "C"
column ledger_removals.inventory_at bigint
column ledger_removals.inventory_reason text collate "C"
column ledger_removals.runs bigint
column ledger_removals.projects bigint
column ledger_removals.first_run_at bigint
column ledger_removals.last_run_at bigint
column ledger_removals.verification text collate "C"
column ledger_removals.verified_at bigint
column ledger_removals.missing bigint not null
column ledger_removals.hold smallint not null
column ledger_removals.keep_until bigint
column ledger_removals.handover text collate "C"
column ledger_removals.heir_kind text collate "C"
column ledger_removals.heir_id text collate "C"
column ledger_removals.erased_at bigint
column ledger_removals.last_position bigint not null
column ledger_removals.user_name_key text collate "C"
column ledger_removals.email_key text collate "C"
column ledger_removals.external_id text collate "C"
column ledger_removals.asked_at bigint
column ledger_run_digests.entry_id text collate "C" not null
column ledger_run_digests.number bigint not null
column ledger_run_digests.fingerprints text collate "C"
column ledger_run_digests.run_ids text collate "C"
column ledger_totals.organization_id text collate "C" not null
column ledger_totals.removals bigint not null
column ledger_totals.open bigint not null
column ledger_totals.holds bigint not null
column ledger_totals.taken bigint not null
column ledger_totals.partial bigint not null
column ledger_totals.failed bigint not null
column ledger_totals.runs_kept bigint not null
column ledger_totals.runs_missing bigint not null
column mails.id text collate "C" not null
column mails.organization_id text collate "C" not null
column mails.kind text collate "C" not null
column mails.recipient text collate "C" not null
column mails.about_id text collate "C"
column mails.content jsonb not null
column mails.state text collate "C" not null
column mails.attempts bigint not null
column mails.server_reply text collate "C"
column mails.created_at bigint not null
column mails.updated_at bigint not null
column organizations.id text collate "C" not null
column organizations.name text collate "C" not null
column organizations.settings jsonb not null
column organizations.created_at bigint not null
column read_batches.id text collate "C" not null
column read_batches.first_id text collate "C" not null
column read_batches.last_at bigint not null
column read_batches.organization_id text collate "C"
column read_batches.connection_id text collate "C"
column read_batches.token_id text collate "C"
column read_batches.operation text collate "C" not null
column read_batches.method text collate "C" not null
column read_batches.user_agent text collate "C"
column read_batches.remote_address text collate "C"
column read_batches.reads bigint not null
column read_batches.entries text collate "C" not null
column rule_runs.connection_id text collate "C" not null
column rule_runs.organization_id text collate "C" not null
column rule_runs.generation bigint not null
column rule_runs.stage text collate "C" not null
column rule_runs.cursor text collate "C" not null
column rule_runs.total bigint not null
column rule_runs.done bigint not null
column rule_runs.gained bigint not null
column rule_runs.lost bigint not null
column rule_runs.changed bigint not null
column rule_runs.started_at bigint not null
column rule_runs.updated_at bigint not null
column rule_runs.finished_at bigint
column schema_migrations.name text collate "C" not null
column service_accounts.id text collate "C" not null
column service_accounts.organization_id text collate "C" not null
column service_accounts.team_id text collate "C"
column service_accounts.name text collate "C" not null
column service_accounts.name_key text collate "C" not null
column service_accounts.created_at bigint not null
column service_accounts.removed_at bigint
column sessions.id text collate "C" not null
column sessions.hash text collate "C" not null
column sessions.organization_id text collate "C" not null
column sessions.user_id text collate "C" not null
column sessions.connector text collate "C" not null
column sessions.issuer text collate "C" not null
column sessions.provider_session text collate "C"
column sessions.provider_subject text collate "C"
column sessions.provider_hint text collate "C"
column sessions.created_at bigint not null
column sessions.expires_at bigint not null
column sessions.last_seen_at bigint not null
column sessions.user_agent text collate "C"
column sessions.remote_address text collate "C"
column settings.key text collate "C" not null
column settings.value text collate "C" not null
column setup_links.hash text collate "C" not null
column setup_links.organization_id text collate "C" not null
column setup_links.created_at bigint not null
column setup_links.expires_at bigint not null
column setup_links.used_at bigint
column sign_in_attempts.state_hash text collate "C" not null
column sign_in_attempts.browser_hash text collate "C" not null
column sign_in_attempts.connector text collate "C" not null
column sign_in_attempts.kept text collate "C" not null
column sign_in_attempts.return_to text collate "C" not null
column sign_in_attempts.expires_at bigint not null
column sign_in_rules.organization_id text collate "C" not null
column sign_in_rules.rules jsonb not null
column sign_in_rules.updated_at bigint not null
column single_uses.realm text collate "C" not null
column single_uses.hash text collate "C" not null
column single_uses.until bigint not null
column slowed_attempts.key text collate "C" not null
column slowed_attempts.free_at bigint not null
column target_deliveries.sequence bigint not null generated always as identity
column target_deliveries.target_id text collate "C" not null
column target_deliveries.subject_key text collate "C" not null
column target_deliveries.position bigint not null
column target_deliveries.state text collate "C" not null
column target_deliveries.attempts bigint not null
column target_deliveries.last_error text collate "C"
column target_deliveries.created_at bigint not null
column target_failures.target_id text collate "C" not null
column target_failures.since bigint not null
column target_failures.last_at bigint not null
column target_failures.tries bigint not null
column target_failures.reason text collate "C" not null
column target_failures.kind text collate "C" not null default 'unavailable'::text
column target_links.target_id text collate "C" not null
column target_links.subject_type text collate "C" not null
column target_links.subject_id text collate "C" not null
column target_links.remote_id text collate "C"
column target_links.remote_name text collate "C"
column target_links.remote_name_key text collate "C"
column target_links.memo jsonb
column target_links.fingerprint text collate "C"
column target_links.refusals bigint not null
column target_links.outcome text collate "C" not null
column target_links.reason text collate "C"
column target_links.pushed_at bigint not null
column target_links.refers_to text collate "C"
column target_members.target_id text collate "C" not null
column target_members.team_id text collate "C" not null
column target_members.user_id text collate "C" not null
column target_members.role text collate "C"
column target_members.is_due smallint not null
column target_members.version bigint not null
column target_pushes.id text collate "C" not null
column target_pushes.target_id text collate "C" not null
column target_pushes.organization_id text collate "C" not null
column target_pushes.subject_type text collate "C" not null
column target_pushes.subject_id text collate "C" not null
column target_pushes.subject_name text collate "C" not null
column target_pushes.exchange_id text collate "C"
column target_pushes.cause_position bigint
column target_pushes.cause_at bigint
column target_pushes.outcome text collate "C" not null
column target_pushes.reason text collate "C"
column target_pushes.at bigint not null
column target_pushes.duration_ms bigint not null
column target_pushes.requests jsonb not null
column target_turns.target_id text collate "C" not null
column target_turns.next_at bigint not null
column targets.id text collate "C" not null
column targets.organization_id text collate "C" not null
column targets.kind text collate "C" not null
column targets.name text collate "C" not null
column targets.state text collate "C" not null
column targets.state_reason text collate "C"
column targets.settings jsonb not null
column targets.sealed text collate "C" not null
column targets.feed_cursor text collate "C" not null
column targets.loaded_up_to text collate "C"
column targets.created_at bigint not null
column targets.updated_at bigint not null
column team_avatars.team_id text collate "C" not null
column team_avatars.etag text collate "C" not null
column team_avatars.image bytea not null
column team_avatars.updated_at bigint not null
column team_exclusions.user_id text collate "C" not null
column team_exclusions.team_id text collate "C" not null
column team_exclusions.organization_id text collate "C" not null
column team_exclusions.actor_name text collate "C" not null
column team_exclusions.reason text collate "C"
column team_exclusions.created_at bigint not null
column teams.id text collate "C" not null
column teams.organization_id text collate "C" not null
column teams.name text collate "C" not null
column teams.name_key text collate "C" not null
column teams.created_at bigint not null
column teams.updated_at bigint not null
column teams.archived_at bigint
column teams.storage jsonb
column teams.settings jsonb
column user_emails.user_id text collate "C" not null
column user_emails.position bigint not null
column user_emails.organization_id text collate "C" not null
column user_emails.value text collate "C" not null
column user_emails.value_key text collate "C" not null
column user_emails.type_key text collate "C"
column user_emails.is_primary smallint not null
column users.id text collate "C" not null
column users.organization_id text collate "C" not null
column users.connection_id text collate "C"
column users.user_name text collate "C" not null
column users.user_name_key text collate "C" not null
column users.external_id text collate "C"
column users.display_name text collate "C"
column users.display_name_key text collate "C"
column users.email_key text collate "C"
column users.active smallint not null
column users.adoption_connection_id text collate "C"
column users.organization_role text collate "C" not null
column users.attributes jsonb not null
column users.version bigint not null
column users.created_at bigint not null
column users.updated_at bigint not null
column users.last_seen_at bigint
column users.deleted_at bigint
column users.name_key text collate "C" not null default ''::text
column users.last_word_key text collate "C" not null default ''::text
constraint api_keys_pkey on api_keys PRIMARY KEY (id)
constraint changes_pkey on changes PRIMARY KEY ("position")
constraint connection_tokens_connection_id_fkey on connection_tokens FOREIGN KEY (connection_id) REFERENCES connections(id)
constraint connection_tokens_pkey on connection_tokens PRIMARY KEY (id)
constraint connections_organization_id_fkey on connections FOREIGN KEY (organization_id) REFERENCES organizations(id)
constraint connections_pkey on connections PRIMARY KEY (id)
constraint custom_roles_pkey on custom_roles PRIMARY KEY (id)
constraint email_links_pkey on email_links PRIMARY KEY (hash)
constraint enforced_privacy_pkey on enforced_privacy PRIMARY KEY (organization_id, switch)
constraint exchange_hours_pkey on exchange_hours PRIMARY KEY (organization_id, hour, connection_id, outcome)
constraint exchange_hours_counted_pkey on exchange_hours_counted PRIMARY KEY (organization_id)
constraint exchanges_pkey on exchanges PRIMARY KEY (id)
constraint grants_connection_id_fkey on grants FOREIGN KEY (connection_id) REFERENCES connections(id)
constraint grants_group_id_fkey on grants FOREIGN KEY (group_id) REFERENCES groups(id)
constraint grants_pkey on grants PRIMARY KEY (id)
constraint grants_team_id_fkey on grants FOREIGN KEY (team_id) REFERENCES teams(id)
constraint grants_user_id_fkey on grants FOREIGN KEY (user_id) REFERENCES users(id)
constraint group_members_group_id_fkey on group_members FOREIGN KEY (group_id) REFERENCES groups(id) ON DELETE CASCADE
constraint group_members_pkey on group_members PRIMARY KEY (group_id, user_id)
constraint group_members_user_id_fkey on group_members FOREIGN KEY (user_id) REFERENCES users(id)
constraint groups_connection_id_fkey on groups FOREIGN KEY (connection_id) REFERENCES connections(id)
constraint groups_pkey on groups PRIMARY KEY (id)
constraint groups_team_id_fkey on groups FOREIGN KEY (team_id) REFERENCES teams(id)
constraint identity_links_pkey on identity_links PRIMARY KEY (organization_id, connector, issuer, subject)
constraint identity_links_user_id_fkey on identity_links FOREIGN KEY (user_id) REFERENCES users(id)
constraint invite_links_invite_id_fkey on invite_links FOREIGN KEY (invite_id) REFERENCES invites(id)
constraint invite_links_pkey on invite_links PRIMARY KEY (hash)
constraint invites_accepted_user_id_fkey on invites FOREIGN KEY (accepted_user_id) REFERENCES users(id)
constraint invites_pkey on invites PRIMARY KEY (id)
constraint jobs_pkey on jobs PRIMARY KEY (queue, key)
constraint kept_answers_pkey on kept_answers PRIMARY KEY (organization_id, principal, key_hash)
constraint ledger_entries_pkey on ledger_entries PRIMARY KEY (organization_id, "position")
constraint ledger_removals_pkey on ledger_removals PRIMARY KEY (id)
constraint ledger_run_digests_pkey on ledger_run_digests PRIMARY KEY (entry_id, number)
constraint ledger_totals_pkey on ledger_totals PRIMARY KEY (organization_id)
constraint mails_pkey on mails PRIMARY KEY (id)
constraint organizations_pkey on organizations PRIMARY KEY (id)
constraint read_batches_pkey on read_batches PRIMARY KEY (id)
constraint rule_runs_connection_id_fkey on rule_runs FOREIGN KEY (connection_id) REFERENCES connections(id)
constraint rule_runs_organization_id_fkey on rule_runs FOREIGN KEY (organization_id) REFERENCES organizations(id)
constraint rule_runs_pkey on rule_runs PRIMARY KEY (connection_id)
constraint schema_migrations_pkey on schema_migrations PRIMARY KEY (name)
constraint service_accounts_pkey on service_accounts PRIMARY KEY (id)
constraint service_accounts_team_id_fkey on service_accounts FOREIGN KEY (team_id) REFERENCES teams(id)
constraint sessions_pkey on sessions PRIMARY KEY (id)
constraint sessions_user_id_fkey on sessions FOREIGN KEY (user_id) REFERENCES users(id)
constraint settings_pkey on settings PRIMARY KEY (key)
constraint setup_links_organization_id_fkey on setup_links FOREIGN KEY (organization_id) REFERENCES organizations(id)
constraint setup_links_pkey on setup_links PRIMARY KEY (hash)
constraint sign_in_attempts_pkey on sign_in_attempts PRIMARY KEY (state_hash)
constraint sign_in_rules_organization_id_fkey on sign_in_rules FOREIGN KEY (organization_id) REFERENCES organizations(id)
constraint sign_in_rules_pkey on sign_in_rules PRIMARY KEY (organization_id)
constraint single_uses_pkey on single_uses PRIMARY KEY (realm, hash)
constraint slowed_attempts_pkey on slowed_attempts PRIMARY KEY (key)
constraint target_deliveries_pkey on target_deliveries PRIMARY KEY (sequence)
constraint target_deliveries_target_id_fkey on target_deliveries FOREIGN KEY (target_id) REFERENCES targets(id) ON DELETE CASCADE
constraint target_failures_pkey on target_failures PRIMARY KEY (target_id)
constraint target_failures_target_id_fkey on target_failures FOREIGN KEY (target_id) REFERENCES targets(id) ON DELETE CASCADE
constraint target_links_pkey on target_links PRIMARY KEY (target_id, subject_type, subject_id)
constraint target_links_target_id_fkey on target_links FOREIGN KEY (target_id) REFERENCES targets(id) ON DELETE CASCADE
constraint target_members_pkey on target_members PRIMARY KEY (target_id, team_id, user_id)
constraint target_members_target_id_fkey on target_members FOREIGN KEY (target_id) REFERENCES targets(id) ON DELETE CASCADE
constraint target_pushes_pkey on target_pushes PRIMARY KEY (id)
constraint target_pushes_target_id_fkey on target_pushes FOREIGN KEY (target_id) REFERENCES targets(id) ON DELETE CASCADE
constraint target_turns_pkey on target_turns PRIMARY KEY (target_id)
constraint target_turns_target_id_fkey on target_turns FOREIGN KEY (target_id) REFERENCES targets(id) ON DELETE CASCADE
constraint targets_organization_id_fkey on targets FOREIGN KEY (organization_id) REFERENCES organizations(id)
constraint targets_pkey on targets PRIMARY KEY (id)
constraint team_avatars_pkey on team_avatars PRIMARY KEY (team_id)
constraint team_avatars_team_id_fkey on team_avatars FOREIGN KEY (team_id) REFERENCES teams(id)
constraint team_exclusions_pkey on team_exclusions PRIMARY KEY (user_id, team_id)
constraint team_exclusions_team_id_fkey on team_exclusions FOREIGN KEY (team_id) REFERENCES teams(id)
constraint team_exclusions_user_id_fkey on team_exclusions FOREIGN KEY (user_id) REFERENCES users(id)
constraint teams_pkey on teams PRIMARY KEY (id)
constraint user_emails_pkey on user_emails PRIMARY KEY (user_id, "position")
constraint user_emails_user_id_fkey on user_emails FOREIGN KEY (user_id) REFERENCES users(id)
constraint users_connection_id_fkey on users FOREIGN KEY (connection_id) REFERENCES connections(id)
constraint users_pkey on users PRIMARY KEY (id)
CREATE UNIQUE INDEX api_keys_hash ON api_keys USING btree (hash);
CREATE INDEX api_keys_of_owner ON api_keys USING btree (owner_id, id);
CREATE UNIQUE INDEX api_keys_pkey ON api_keys USING btree (id);
CREATE INDEX changes_in_feed_order ON changes USING btree (transaction_id, "position");
CREATE INDEX changes_of_exchange ON changes USING btree (exchange_id) WHERE (exchange_id IS NOT NULL);
CREATE INDEX changes_of_organization ON changes USING btree (organization_id, "position");
CREATE INDEX changes_of_related ON changes USING btree (related_id, "position") WHERE (related_id IS NOT NULL);
CREATE INDEX changes_of_subject ON changes USING btree (subject_id, "position");
CREATE UNIQUE INDEX changes_pkey ON changes USING btree ("position");
CREATE UNIQUE INDEX connection_tokens_hash ON connection_tokens USING btree (hash);
CREATE INDEX connection_tokens_of_connection ON connection_tokens USING btree (connection_id, id);
CREATE UNIQUE INDEX connection_tokens_pkey ON connection_tokens USING btree (id);
CREATE INDEX connections_of_organization ON connections USING btree (organization_id, name);
CREATE UNIQUE INDEX connections_pkey ON connections USING btree (id);
CREATE UNIQUE INDEX custom_roles_name ON custom_roles USING btree (organization_id, name_key) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX custom_roles_pkey ON custom_roles USING btree (id);
CREATE INDEX email_links_expiry ON email_links USING btree (expires_at);
CREATE UNIQUE INDEX email_links_pkey ON email_links USING btree (hash);
CREATE UNIQUE INDEX enforced_privacy_pkey ON enforced_privacy USING btree (organization_id, switch);
CREATE UNIQUE INDEX exchange_hours_pkey ON exchange_hours USING btree (organization_id, hour, connection_id, outcome);
CREATE UNIQUE INDEX exchange_hours_counted_pkey ON exchange_hours_counted USING btree (organization_id);
CREATE INDEX exchanges_by_outcome ON exchanges USING btree (organization_id, outcome, id);
CREATE INDEX exchanges_of_connection ON exchanges USING btree (connection_id, id);
CREATE INDEX exchanges_of_organization ON exchanges USING btree (organization_id, id);
CREATE INDEX exchanges_of_subject ON exchanges USING btree (subject_id, id) WHERE ((subject_id IS NOT NULL) AND (outcome <> 'read'::text) AND (outcome <> 'changed'::text));
CREATE UNIQUE INDEX exchanges_pkey ON exchanges USING btree (id);
CREATE UNIQUE INDEX grants_identity ON grants USING btree (identity);
CREATE INDEX grants_of_custom_role ON grants USING btree (organization_id, role) WHERE (role <> ALL (ARRAY['admin'::text, 'member'::text, 'viewer'::text, 'service'::text]));
CREATE INDEX grants_of_group ON grants USING btree (group_id, user_id) WHERE (group_id IS NOT NULL);
CREATE INDEX grants_of_rule ON grants USING btree (connection_id, rule_id) WHERE (connection_id IS NOT NULL);
CREATE INDEX grants_of_team ON grants USING btree (team_id, user_id) WHERE (team_id IS NOT NULL);
CREATE INDEX grants_of_team_admins ON grants USING btree (team_id) WHERE ((role = 'admin'::text) AND (team_id IS NOT NULL));
CREATE INDEX grants_of_user ON grants USING btree (user_id);
CREATE UNIQUE INDEX grants_pkey ON grants USING btree (id);
CREATE INDEX group_members_of_user ON group_members USING btree (user_id, group_id);
CREATE UNIQUE INDEX group_members_pkey ON group_members USING btree (group_id, user_id);
CREATE INDEX groups_external_id ON groups USING btree (connection_id, external_id);
CREATE INDEX groups_in_order ON groups USING btree (connection_id, id);
CREATE UNIQUE INDEX groups_name ON groups USING btree (connection_id, display_name_key);
CREATE INDEX groups_of_organization ON groups USING btree (organization_id, id);
CREATE UNIQUE INDEX groups_pkey ON groups USING btree (id);
CREATE INDEX groups_team ON groups USING btree (team_id) WHERE (team_id IS NOT NULL);
CREATE INDEX identity_links_of_user ON identity_links USING btree (user_id);
CREATE UNIQUE INDEX identity_links_pkey ON identity_links USING btree (organization_id, connector, issuer, subject);
CREATE INDEX invite_links_of_invite ON invite_links USING btree (invite_id);
CREATE UNIQUE INDEX invite_links_pkey ON invite_links USING btree (hash);
CREATE INDEX invites_in_order ON invites USING btree (organization_id, id);
CREATE UNIQUE INDEX invites_pending ON invites USING btree (organization_id, email_key) WHERE (state = 'pending'::text);
CREATE UNIQUE INDEX invites_pkey ON invites USING btree (id);
CREATE INDEX jobs_due ON jobs USING btree (queue, state, due_at);
CREATE UNIQUE INDEX jobs_pkey ON jobs USING btree (queue, key);
CREATE INDEX kept_answers_expiry ON kept_answers USING btree (expires_at);
CREATE UNIQUE INDEX kept_answers_pkey ON kept_answers USING btree (organization_id, principal, key_hash);
CREATE INDEX ledger_entries_by_user ON ledger_entries USING btree (actor_user_id) WHERE (actor_user_id IS NOT NULL);
CREATE UNIQUE INDEX ledger_entries_id ON ledger_entries USING btree (id);
CREATE INDEX ledger_entries_of_removal ON ledger_entries USING btree (removal_id, "position");
CREATE UNIQUE INDEX ledger_entries_pkey ON ledger_entries USING btree (organization_id, "position");
CREATE INDEX ledger_removals_asked ON ledger_removals USING btree (organization_id, id, asked_at) WHERE (asked_at IS NOT NULL);
CREATE INDEX ledger_removals_email ON ledger_removals USING btree (email_key, organization_id) WHERE (email_key IS NOT NULL);
CREATE INDEX ledger_removals_external_id ON ledger_removals USING btree (connection_id, external_id) WHERE ((external_id IS NOT NULL) AND (state = 'left'::text));
CREATE INDEX ledger_removals_looked_at ON ledger_removals USING btree (COALESCE(verified_at, inventory_at)) WHERE ((state = 'left'::text) AND (runs > 0));
CREATE INDEX ledger_removals_missing ON ledger_removals USING btree (organization_id) WHERE (missing > 0);
CREATE UNIQUE INDEX ledger_removals_of_user ON ledger_removals USING btree (user_id, COALESCE(team_id, ''::text), (
CASE
    WHEN (state = 'left'::text) THEN ''::text
    ELSE id
END));
CREATE UNIQUE INDEX ledger_removals_pkey ON ledger_removals USING btree (id);
CREATE INDEX ledger_removals_to_verify ON ledger_removals USING btree (organization_id, verified_at) WHERE ((state = 'left'::text) AND (inventory_entry_id IS NOT NULL));
CREATE INDEX ledger_removals_without_inventory ON ledger_removals USING btree (id) WHERE ((inventory IS NULL) OR (inventory <> 'taken'::text));
CREATE UNIQUE INDEX ledger_run_digests_pkey ON ledger_run_digests USING btree (entry_id, number);
CREATE UNIQUE INDEX ledger_totals_pkey ON ledger_totals USING btree (organization_id);
CREATE INDEX mails_about ON mails USING btree (about_id, id) WHERE (about_id IS NOT NULL);
CREATE INDEX mails_failed ON mails USING btree (organization_id, id) WHERE (state = 'failed'::text);
CREATE INDEX mails_in_order ON mails USING btree (organization_id, id);
CREATE UNIQUE INDEX mails_pkey ON mails USING btree (id);
CREATE UNIQUE INDEX organizations_name ON organizations USING btree (name);
CREATE UNIQUE INDEX organizations_pkey ON organizations USING btree (id);
CREATE UNIQUE INDEX read_batches_pkey ON read_batches USING btree (id);
CREATE UNIQUE INDEX rule_runs_pkey ON rule_runs USING btree (connection_id);
CREATE UNIQUE INDEX schema_migrations_pkey ON schema_migrations USING btree (name);
CREATE UNIQUE INDEX service_accounts_name ON service_accounts USING btree (organization_id, name_key) WHERE (removed_at IS NULL);
CREATE INDEX service_accounts_of_team ON service_accounts USING btree (team_id, id) WHERE (team_id IS NOT NULL);
CREATE UNIQUE INDEX service_accounts_pkey ON service_accounts USING btree (id);
CREATE INDEX sessions_expiry ON sessions USING btree (expires_at);
CREATE UNIQUE INDEX sessions_hash ON sessions USING btree (hash);
CREATE INDEX sessions_named_by_provider ON sessions USING btree (issuer, provider_session) WHERE (provider_session IS NOT NULL);
CREATE INDEX sessions_of_provider ON sessions USING btree (issuer, provider_subject) WHERE (provider_subject IS NOT NULL);
CREATE INDEX sessions_of_user ON sessions USING btree (user_id, id);
CREATE UNIQUE INDEX sessions_pkey ON sessions USING btree (id);
CREATE UNIQUE INDEX settings_pkey ON settings USING btree (key);
CREATE UNIQUE INDEX setup_links_pkey ON setup_links USING btree (hash);
CREATE INDEX sign_in_attempts_expiry ON sign_in_attempts USING btree (expires_at);
CREATE UNIQUE INDEX sign_in_attempts_pkey ON sign_in_attempts USING btree (state_hash);
CREATE UNIQUE INDEX sign_in_rules_pkey ON sign_in_rules USING btree (organization_id);
CREATE INDEX single_uses_expiry ON single_uses USING btree (until);
CREATE UNIQUE INDEX single_uses_pkey ON single_uses USING btree (realm, hash);
CREATE INDEX slowed_attempts_expiry ON slowed_attempts USING btree (free_at);
CREATE UNIQUE INDEX slowed_attempts_pkey ON slowed_attempts USING btree (key);
CREATE INDEX target_deliveries_of_subject ON target_deliveries USING btree (target_id, state, subject_key, sequence);
CREATE UNIQUE INDEX target_deliveries_pkey ON target_deliveries USING btree (sequence);
CREATE UNIQUE INDEX target_failures_pkey ON target_failures USING btree (target_id);
CREATE INDEX target_links_failing ON target_links USING btree (target_id, outcome) WHERE (outcome <> 'done'::text);
CREATE INDEX target_links_name ON target_links USING btree (target_id, subject_type, remote_name_key) WHERE (remote_name_key IS NOT NULL);
CREATE UNIQUE INDEX target_links_pkey ON target_links USING btree (target_id, subject_type, subject_id);
CREATE INDEX target_links_referring ON target_links USING btree (target_id, refers_to) WHERE (refers_to IS NOT NULL);
CREATE UNIQUE INDEX target_links_remote ON target_links USING btree (target_id, subject_type, remote_id) WHERE (remote_id IS NOT NULL);
CREATE INDEX target_members_due ON target_members USING btree (target_id, team_id, user_id) WHERE (is_due = 1);
CREATE INDEX target_members_of_user ON target_members USING btree (target_id, user_id, team_id);
CREATE UNIQUE INDEX target_members_pkey ON target_members USING btree (target_id, team_id, user_id);
CREATE INDEX target_pushes_of_exchange ON target_pushes USING btree (exchange_id) WHERE (exchange_id IS NOT NULL);
CREATE INDEX target_pushes_of_subject ON target_pushes USING btree (subject_id, id);
CREATE INDEX target_pushes_of_target ON target_pushes USING btree (target_id, id);
CREATE UNIQUE INDEX target_pushes_pkey ON target_pushes USING btree (id);
CREATE UNIQUE INDEX target_turns_pkey ON target_turns USING btree (target_id);
CREATE UNIQUE INDEX targets_name ON targets USING btree (organization_id, name);
CREATE UNIQUE INDEX targets_pkey ON targets USING btree (id);
CREATE UNIQUE INDEX team_avatars_pkey ON team_avatars USING btree (team_id);
CREATE INDEX team_exclusions_of_team ON team_exclusions USING btree (team_id, user_id);
CREATE UNIQUE INDEX team_exclusions_pkey ON team_exclusions USING btree (user_id, team_id);
CREATE UNIQUE INDEX teams_name ON teams USING btree (organization_id, name_key);
CREATE UNIQUE INDEX teams_pkey ON teams USING btree (id);
CREATE UNIQUE INDEX user_emails_pkey ON user_emails USING btree (user_id, "position");
CREATE INDEX user_emails_value ON user_emails USING btree (organization_id, value_key);
CREATE INDEX users_active ON users USING btree (organization_id) WHERE ((active = 1) AND (deleted_at IS NULL));
CREATE INDEX users_active_admins ON users USING btree (organization_id) WHERE ((organization_role = 'admin'::text) AND (active = 1) AND (deleted_at IS NULL));
CREATE INDEX users_by_email ON users USING btree (organization_id, COALESCE(email_key, ''::text), id);
CREATE INDEX users_by_last_seen ON users USING btree (organization_id, COALESCE(last_seen_at, (0)::bigint), id);
CREATE INDEX users_by_last_word ON users USING btree (organization_id, last_word_key);
CREATE INDEX users_by_name ON users USING btree (organization_id, name_key, id);
CREATE INDEX users_display_name ON users USING btree (organization_id, display_name_key) WHERE (deleted_at IS NULL);
CREATE INDEX users_email ON users USING btree (organization_id, email_key) WHERE (deleted_at IS NULL);
CREATE INDEX users_external_id ON users USING btree (connection_id, external_id) WHERE (deleted_at IS NULL);
CREATE INDEX users_in_order ON users USING btree (organization_id, id);
CREATE INDEX users_inactive ON users USING btree (organization_id) WHERE (active = 0);
CREATE UNIQUE INDEX users_name_in_connection ON users USING btree (connection_id, user_name_key) WHERE ((deleted_at IS NULL) AND (connection_id IS NOT NULL));
CREATE UNIQUE INDEX users_name_of_unmanaged ON users USING btree (organization_id, user_name_key) WHERE ((deleted_at IS NULL) AND (connection_id IS NULL));
CREATE INDEX users_of_connection ON users USING btree (connection_id, id, organization_id) WHERE ((deleted_at IS NULL) AND (connection_id IS NOT NULL));
CREATE INDEX users_of_rare_role ON users USING btree (organization_id, organization_role) WHERE (organization_role <> 'member'::text);
CREATE UNIQUE INDEX users_pkey ON users USING btree (id);
CREATE INDEX users_removed_by_email ON users USING btree (organization_id, email_key) WHERE (deleted_at IS NOT NULL);
CREATE INDEX users_removed_by_name ON users USING btree (organization_id, user_name_key) WHERE (deleted_at IS NOT NULL);
CREATE INDEX users_unmanaged ON users USING btree (organization_id, id) WHERE ((deleted_at IS NULL) AND (connection_id IS NULL));
