/** A ledger with prepared answers, for tests of the command line itself. */
import type { LedgerServices } from '../../src/cli/ledger-contract.ts';
import type { LedgerLine, RemovalView } from '../../src/directory/removals/ledger-view.ts';
import type { LedgerContent } from '../../src/ledger/entry.ts';
import type { ExportRow } from '../../src/ledger/export.ts';

const AT = '1970-01-01T00:00:00.000Z';
const HASH = 'f'.repeat(64);

const removal: RemovalView = {
  ...{ id: 'e1', state: 'left', closedAt: null, successorId: null, hold: true, keepUntil: null, erasedAt: null },
  inventory: { state: 'taken', at: AT, reason: null, runs: 340, projects: 1, firstRunAt: AT, lastRunAt: AT },
  verification: { state: 'missing', at: AT, missing: 12 },
  handover: { state: 'undone', heir: null },
};

const line: LedgerLine = {
  ...{ position: 1, id: 'e1', kind: 'removed', scope: 'organization', team: null, userId: 'u1', user: 'ada' },
  ...{ name: 'Ada', email: null, at: AT, cause: 'deleted', reason: null, exchange: null, hash: HASH, removal },
  by: { kind: 'cli', id: null, name: 'command line' },
};

export function exportRow(position: number): ExportRow {
  const content: LedgerContent = {
    ...{ actor: { id: null, kind: 'cli' }, at: AT, cause: 'deleted', commitments: { actor: HASH, personal: HASH } },
    ...{
      connection: null,
      details: {},
      exchange: null,
      held: null,
      id: 'e1',
      kind: 'removed' as const,
      organization: 'o1',
    },
    ...{ reason: null, removal: 'e1', scope: 'organization' as const, team: null, user: 'u1' },
  };
  return {
    ...{ position, at: AT, kind: 'removed', scope: 'organization', team: null, userId: 'u1', userName: 'ada' },
    ...{ name: 'Ada', email: null, cause: 'deleted', reason: null, by: 'command line', runs: null, missing: null },
    ...{ removal: 'e1', exchange: null, id: 'e1', previousHash: HASH, hash: HASH, content },
    ...{ actor: { name: 'command line', salt: '00' }, personal: { userName: 'ada', salt: '11' }, kept: null },
  };
}

export const scriptedLedger: LedgerServices = {
  list: async () => [line],
  async show() {
    const { removal: _removal, user: _user, name: _name, email: _email, userId: _userId, ...entry } = line;
    return { ...line, held: null, projects: [], story: [{ ...entry, details: {} }] };
  },
  verify: async (organization) => ({
    organization,
    entries: 2,
    head: 'abc',
    firstBreak: organization === 'broken' ? { position: 2, reason: 'its hash does not fit its content' } : null,
  }),
  checkpoint: async (organization) => ({ organization, position: 2, hash: HASH, at: AT }),
  async *export() {
    yield exportRow(1);
    yield exportRow(2);
  },
  reverify: async (organization) => ({
    ...{ asked: 1, pending: 0, expected: 340, missing: organization === 'robbed' ? 12 : 0, findings: [] },
  }),
  hold: async () => removal,
  retain: async () => removal,
  handOver: async () => removal,
  undoHandover: async () => removal,
  workList: async () => [],
  erase: async () => ({ pseudonym: 'person-1', entries: 3 }),
  importInventory: async () => [],
};
