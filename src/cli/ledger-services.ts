/** The ledger's verbs over the core, whether or not a server runs. */
import type { Actor } from '../directory/actor.ts';
import type { Organization } from '../directory/connections/connection.ts';
import { findOrganization } from '../directory/connections/organizations.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { erasePerson } from '../directory/removals/erasure.ts';
import { findHeirRef, handOver, readWorkList, undoHandover } from '../directory/removals/handovers.ts';
import { reportInventory, requestVerification } from '../directory/removals/inventories.ts';
import { liftHold, placeHold, setRetention } from '../directory/removals/keeping.ts';
import { listLedger, type RemovalView, readStory, toRemovalView } from '../directory/removals/ledger-view.ts';
import { findRemoval } from '../directory/removals/removal-story.ts';
import { runWork, type Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import { exportRows } from '../ledger/export.ts';
import { parseInventoryCsv } from '../ledger/inventory/reported.ts';
import type { Removal } from '../ledger/removal.ts';
import type { LedgerServices, RemovalRef } from './ledger-contract.ts';
import type { RunTrackerWork } from './ledger-reverify.ts';
import { createReverify } from './ledger-reverify.ts';

const ACTOR: Actor = { kind: 'cli', id: null, name: 'command line' };

export function createLedgerServices(directory: DirectoryParts, runTrackerWork: RunTrackerWork): LedgerServices {
  const { ledger, store } = directory;

  async function placeOf({ organization: name, person }: RemovalRef) {
    const organization = await findOrganization(directory, name);
    return { organization, removal: await findRemoval(directory, organization.id, person) };
  }

  function transact<T>({ id: organizationId }: Organization, run: (work: Work) => Promise<T>): Promise<T> {
    return runWork(directory, { organizationId, actor: ACTOR, exchangeId: null }, run);
  }

  /** One use-case on one removal; gives what the removal has come to. */
  async function change(
    ref: RemovalRef,
    run: (work: Work, removal: Removal, organization: Organization) => Promise<void>,
  ): Promise<RemovalView> {
    const { organization, removal } = await placeOf(ref);
    await transact(organization, (work) => run(work, removal, organization));
    const after = await store.removals.find(store.reader, organization.id, removal.id);
    return toRemovalView(after ?? removal, directory.tracker);
  }

  return {
    async list(name, { user, team, ...query }) {
      const { id } = await findOrganization(directory, name);
      const userIds = user === undefined ? undefined : await store.removals.findPeople(store.reader, id, user);
      const teamId = team === undefined ? undefined : (await findHeirRef(directory, id, 'team', team)).id;
      const people = userIds === undefined ? {} : { userIds };
      return listLedger(directory, id, { ...query, ...people, ...(teamId === undefined ? {} : { teamId }) });
    },
    show: async (ref) => readStory(directory, (await placeOf(ref)).removal),
    async verify(name, checkpoint) {
      const organization = await findOrganization(directory, name);
      if (checkpoint !== undefined && checkpoint.organization !== organization.id)
        throw new AppError('invalid_value', 'The checkpoint is of another organization.');
      const { firstBreak, checked, hash } = await ledger.verify(store.reader, organization.id, checkpoint);
      return {
        organization: organization.name,
        entries: checked,
        head: checked === 0 ? null : hash,
        firstBreak: firstBreak === null ? null : { position: firstBreak.position, reason: firstBreak.reason },
      };
    },
    async checkpoint(name) {
      const { id } = await findOrganization(directory, name);
      const at = new Date(directory.now()).toISOString();
      return { organization: id, ...(await ledger.head(store.reader, id)), at };
    },
    async *export(name) {
      const { id } = await findOrganization(directory, name);
      yield* exportRows(store.reader, { ledger, digests: store.runDigests }, id);
    },
    reverify: createReverify(directory, runTrackerWork, async (organization, removal) =>
      transact(organization, (work) => requestVerification(directory, work, removal)),
    ),
    hold: (ref, { lift, reason }) =>
      change(ref, (work, { id }) => (lift ? liftHold : placeHold)(directory, work, id, reason)),
    retain: (ref, until, reason) => change(ref, (work, { id }) => setRetention(directory, work, id, until, reason)),
    handOver: (ref, { kind, name }, reason) =>
      change(ref, async (work, { id }, organization) => {
        const heir = await findHeirRef(directory, organization.id, kind, name);
        await handOver(directory, work, id, heir, reason);
      }),
    undoHandover: (ref, reason) => change(ref, (work, { id }) => undoHandover(directory, work, id, reason)),
    workList: async (ref) => readWorkList(directory, (await placeOf(ref)).removal),
    async erase(ref, reason) {
      const { organization, removal } = await placeOf(ref);
      return transact(organization, (work) => erasePerson(directory, work, removal.userId, reason));
    },
    async importInventory(name, csv) {
      const organization = await findOrganization(directory, name);
      const results = [];
      for (const report of parseInventoryCsv(csv)) {
        results.push(await transact(organization, (work) => reportInventory(directory, work, report)));
      }
      return results;
    },
  };
}
