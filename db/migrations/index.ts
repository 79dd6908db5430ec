/** All migrations, oldest first. An explicit list: what runs does not depend on which files lie in a folder. */
import type { Migration } from '../../src/store/migrate.ts';
import { foundation } from './0001-foundation.ts';
import { jobs } from './0002-jobs.ts';
import { people } from './0003-people.ts';
import { teams } from './0004-teams.ts';
import { api } from './0005-api.ts';
import { signInConnectors } from './0006-signin-connectors.ts';
import { sessionsMigration } from './0007-sessions.ts';
import { ledger } from './0008-ledger.ts';
import { targetTables } from './0009-targets.ts';
import { exchangeHours } from './0010-exchange-hours.ts';
import { targetReferences } from './0011-target-references.ts';
import { ruleRuns } from './0012-rule-runs.ts';
import { fewerLedgerIndexes } from './0013-fewer-ledger-indexes.ts';
import { targetFailures } from './0014-target-failures.ts';
import { askedRemovals } from './0015-asked-removals.ts';
import { testTokens } from './0016-test-tokens.ts';
import { kindsOfFailure } from './0017-kinds-of-failure.ts';

export const migrations: readonly Migration[] = [
  // One to a line, in the order of their numbers.
  foundation,
  jobs,
  people,
  teams,
  api,
  signInConnectors,
  sessionsMigration,
  ledger,
  targetTables,
  exchangeHours,
  targetReferences,
  ruleRuns,
  fewerLedgerIndexes,
  targetFailures,
  askedRemovals,
  testTokens,
  kindsOfFailure,
];
