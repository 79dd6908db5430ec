/** A process of its own that removes people: `node test/processes/append-removals.ts <database> <prefix> <count>`. */
import { createIdSource } from '../../src/directory/id-source.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { openEngine } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';

const [url = '', prefix = '', count = '0'] = process.argv.slice(2);
const engine = await openEngine(url);
const store = createStore(engine);
const ledger = createLedger({
  ...{
    entries: store.ledger,
    removals: store.removals,
    digests: store.runDigests,
    jobs: store.jobs,
    asksTracker: true,
  },
  lockOrganization: (db, id) => store.organizations.lock(db, id),
  newId: createIdSource(),
});
const organization = await store.organizations.find(store.reader, 'default');
if (organization === undefined) throw new Error('there is no organization');
const remove = (index: number) =>
  store.write((db) =>
    ledger.append(db, organization.id, Date.now(), null, [
      {
        ...{ kind: 'removed', scope: 'organization', team: null, userId: `${prefix}${index}`, cause: 'deleted' },
        ...{
          reason: null,
          actor: { kind: 'cli', id: null, name: prefix },
          held: { organizationRole: 'member', teams: [] },
        },
        person: { userName: `${prefix}${index}`, name: prefix, externalId: null, email: null },
      },
    ]),
  );
// Several at a time, so that the two processes really meet.
const numbers = Array.from({ length: Number(count) }, (_, index) => index);
await Promise.all(
  Array.from({ length: 8 }, async () => {
    for (let next = numbers.pop(); next !== undefined; next = numbers.pop()) await remove(next);
  }),
);
await engine.close();
