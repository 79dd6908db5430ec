/** Opens the database and puts the core together: what every door, verb and background worker stands on. */
import { migrations } from '../../db/migrations/index.ts';
import type { Config } from '../config.ts';
import { ensureDefaultOrganization } from '../directory/connections/organizations.ts';
import { createIdSource } from '../directory/id-source.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { createRuleBook } from '../directory/rules/rule-book.ts';
import { createLedger } from '../ledger/ledger.ts';
import { createOutbox } from '../mail/outbox.ts';
import type { Engine } from '../store/engine.ts';
import { migrateUp } from '../store/migrate.ts';
import { openEngine } from '../store/open.ts';
import { createStore, type Store } from '../store/store.ts';
import { createTeamNames } from './team-names.ts';
import { abilitiesOf } from './tracker.ts';

/** The parts that every door and verb stands on. */
export interface Core {
  readonly config: Config;
  readonly engine: Engine;
  readonly store: Store;
  readonly directory: DirectoryParts;
}

/**
 * Opens the database, brings its schema up to date and makes sure that there is an organization.
 * @param now epoch milliseconds; a demonstration tells a week in a minute
 */
export async function openCore(config: Config, now: () => number = Date.now): Promise<Core> {
  const engine = await openDatabase(config);
  try {
    await migrateUp(engine, migrations);
    const store = createStore(engine);
    const newId = createIdSource(now);
    const tracker = abilitiesOf(config.tracker);
    const ledger = createLedger({
      entries: store.ledger,
      removals: store.removals,
      digests: store.runDigests,
      jobs: store.jobs,
      asksTracker: tracker?.canBeAsked === true,
      lockOrganization: (db, id) => store.organizations.lock(db, id),
      newId,
    });
    const rules = createRuleBook(store);
    const mail = createOutbox({
      ...{ mails: store.mails, jobs: store.jobs, newId, now },
      delivers: config.mail !== null,
    });
    const directory: DirectoryParts = {
      ...{ store, ledger, rules, mail, tracker, now, newId, seats: config.seats },
      teamNames: createTeamNames(store.targets, config.tracker),
      keptRuns: store.keptRuns,
    };
    await ensureDefaultOrganization(directory, { kind: 'system', id: null, name: 'first start' });
    return { config, engine, store, directory };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

export function openDatabase({ database }: Config): Promise<Engine> {
  const address = database.engine === 'sqlite' ? `sqlite:${database.path}` : database.url;
  return openEngine(address, { poolSize: database.poolSize, queueMax: database.writeQueueMax });
}
