/**
 * The store: everything that the core asks for, on one engine.
 *
 * Owns: SQL, and nothing but SQL. Does not own: rules (directory/). Named only in app.ts.
 */
import type { DirectoryStore } from '../directory/store.ts';
import type { KeptRunsPort } from '../directory/teams/kept-runs.ts';
import type { KeptAnswerStore } from '../http/kept-answers.ts';
import type { ChangeFeed, SyncLogReader } from '../synclog/sync-log.ts';
import type { TimelineStore } from '../synclog/timeline.ts';
import type { PushStore, TargetStores } from '../targets/store.ts';
import { createApiKeyStore } from './api-keys.ts';
import { createAvatarStore } from './avatars.ts';
import { chainStandings } from './chain-standings.ts';
import { createChangeFeed } from './change-feed.ts';
import { createChangeStore } from './changes.ts';
import { createConnectionStore } from './connections.ts';
import { createCustomRoleStore } from './custom-roles.ts';
import { createEmailLinkStore } from './email-links.ts';
import { createEnforcedPrivacyStore } from './enforced-privacy.ts';
import type { Engine } from './engine.ts';
import { createExchangeErasure } from './exchange-erasure.ts';
import { createExchangeStore } from './exchanges.ts';
import { createExclusionStore } from './exclusions.ts';
import { createGrantStore } from './grants.ts';
import { createGroupPages } from './group-pages.ts';
import { createGroupStore } from './groups.ts';
import { createIdentityLinkStore } from './identity-links.ts';
import { createInviteStore } from './invites.ts';
import { createJobStore } from './jobs.ts';
import { createKeptAnswerStore } from './kept-answers.ts';
import { createKeptRuns } from './kept-runs.ts';
import { createLedgerStore } from './ledger.ts';
import { createRemovalStore } from './ledger-removals.ts';
import { createMailStore } from './mails.ts';
import { createMemberStore } from './members.ts';
import { createOrganizationStore } from './organizations.ts';
import { createPersonStore } from './persons.ts';
import { createReadLog } from './read-batches.ts';
import { createRulePeople } from './rule-people.ts';
import { createRuleRunStore } from './rule-runs.ts';
import { createRunDigestStore } from './run-digests.ts';
import { createServiceAccountStore } from './service-accounts.ts';
import { createSessionStore } from './sessions.ts';
import { createSettingsStore, type SettingsStore } from './settings.ts';
import { createSetupLinkStore } from './setup-links.ts';
import { createSignInAttemptStore } from './sign-in-attempts.ts';
import { createSlowingStore } from './slowing.ts';
import { createSyncLogReader } from './sync-log.ts';
import { createDeliveryStore } from './target-deliveries.ts';
import { createFailureStore } from './target-failures.ts';
import { createLinkStore } from './target-links.ts';
import { createTargetMemberStore } from './target-members.ts';
import { createPushStore } from './target-pushes.ts';
import { createWantedStore } from './target-wanted.ts';
import { createTargetStore } from './targets.ts';
import { createTeamMemberStore } from './team-members.ts';
import { createTeamStore } from './teams.ts';
import { createTimelineStore } from './timeline.ts';
import { createUserStore } from './users.ts';

export interface Store extends DirectoryStore, TargetStores {
  readonly targetPushes: PushStore;
  readonly syncLog: SyncLogReader;
  readonly changeFeed: ChangeFeed;
  readonly settings: SettingsStore;
  readonly keptAnswers: KeptAnswerStore;
  readonly timeline: TimelineStore;
  readonly keptRuns: KeptRunsPort;
}

export function createStore(engine: Engine): Store {
  const readLog = createReadLog(engine);
  const teams = createTeamStore(engine);
  const grants = createGrantStore(engine);
  const customRoles = createCustomRoleStore(engine);
  const serviceAccounts = createServiceAccountStore(engine);
  return {
    reader: engine.reader,
    write: (work, options) => engine.write(work, options),
    users: createUserStore(engine),
    groups: createGroupStore(engine),
    groupPages: createGroupPages(engine),
    members: createMemberStore(engine),
    teams,
    grants,
    rulePeople: createRulePeople(engine),
    ruleRuns: createRuleRunStore(engine),
    customRoles,
    teamMembers: createTeamMemberStore(engine),
    exclusions: createExclusionStore(engine),
    avatars: createAvatarStore(),
    enforcedPrivacy: createEnforcedPrivacyStore(),
    connections: createConnectionStore(engine),
    organizations: createOrganizationStore(engine),
    changes: createChangeStore(engine),
    changeFeed: createChangeFeed(engine),
    exchanges: { ...createExchangeStore(engine, readLog), ...createExchangeErasure(engine, readLog) },
    ledger: createLedgerStore(engine),
    removals: createRemovalStore(engine),
    chainStandings,
    runDigests: createRunDigestStore(),
    setupLinks: createSetupLinkStore(),
    sessions: createSessionStore(engine),
    identityLinks: createIdentityLinkStore(engine),
    emailLinks: createEmailLinkStore(),
    slowing: createSlowingStore(),
    signInAttempts: createSignInAttemptStore(),
    jobs: createJobStore(engine),
    persons: createPersonStore(engine),
    apiKeys: createApiKeyStore(engine),
    serviceAccounts,
    invites: createInviteStore(engine),
    mails: createMailStore(engine),
    syncLog: createSyncLogReader(engine, readLog),
    settings: createSettingsStore(engine),
    keptAnswers: createKeptAnswerStore(),
    timeline: createTimelineStore(readLog),
    targets: createTargetStore(engine),
    targetFailures: createFailureStore(),
    targetLinks: createLinkStore(engine),
    targetMembers: createTargetMemberStore(engine),
    targetPushes: createPushStore(engine),
    deliveries: createDeliveryStore(engine),
    keptRuns: createKeptRuns(engine),
    wanted: createWantedStore(engine, { grants, teams, customRoles, serviceAccounts }),
  };
}
