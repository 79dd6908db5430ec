/** Targets with prepared answers, for tests of the command line itself. */
import type { TargetServices } from '../../src/cli/target-services.ts';
import { AppError } from '../../src/errors.ts';
import type { Difference } from '../../src/targets/drift.ts';
import type { TargetStatus } from '../../src/targets/status.ts';
import type { Target } from '../../src/targets/target.ts';

const target: Target = {
  ...{ id: '0201', organizationId: 'o1', kind: 'wandb', name: 'main', state: 'active', sealed: 'v1.sealed' },
  ...{
    settings: { url: 'https://wandb.example' },
    cursor: '7',
    loadedUpTo: null,
    stateReason: null,
    createdAt: 0,
    updatedAt: 0,
  },
};

const status: TargetStatus = {
  ...{ target, lagChanges: 3, lagSeconds: 12, due: 3, parked: 1, loading: false },
  ...{ subjects: { done: 9, retry: 0, refused: 1 }, deliveries: { waiting: 0, dead: 0 }, failing: null },
};

const failing: TargetStatus = {
  ...status,
  failing: { since: 0, tries: 3, reason: 'Nobody listens at its address.', kind: 'unavailable', nextTryAt: 0 },
};

const unopened: TargetStatus = {
  ...status,
  failing: { since: 0, tries: 1, reason: 'Its secrets do not open.', kind: 'unopened', nextTryAt: null },
};

const STATUSES: Readonly<Record<string, TargetStatus>> = { failing, unopened };
const statusIn = (organization: string): TargetStatus => STATUSES[organization] ?? status;

const difference: Difference = {
  id: 'user:u1',
  kind: 'different',
  name: 'Ada',
  fields: [{ field: 'active', wanted: true, there: false }],
};

export const scriptedTargets: TargetServices = {
  async add(_organization, { kind, name, settings, secrets, state = 'active' }) {
    if (kind === 'wandb' && (secrets as { apiKey?: string }).apiKey !== 'key-from-env') {
      throw new AppError('invalid_value', 'The settings of the wandb target are not right: apiKey.');
    }
    const made: Target = { ...target, kind, name, state, settings: settings as Target['settings'] };
    return { target: made, signingSecret: kind === 'webhook' ? 'whsec_shown-once' : null };
  },
  list: async (organization) => (organization === 'empty' ? [] : [statusIn(organization)]),
  show: async ({ organization }) => ({
    status: statusIn(organization),
    parked: [{ subject: 'user:u1', name: 'Ada', reason: 'no seat', since: 0 }],
    ...{ dead: [], pushes: [] },
  }),
  change: async (_ref, { settings }) => ({
    ...target,
    settings: { ...target.settings, ...settings } as Target['settings'],
  }),
  setState: async (_ref, state) => ({ ...target, state }),
  remove: async () => target,
  test: async () => ({ ok: false, findings: ['It does not let us in (401).'] }),
  dryRun: async () => ({
    planned: [
      {
        ...{ subject: 'user:u1', name: 'Ada', reason: null },
        requests: [{ method: 'POST', url: 'https://wandb.example/scim/Users', body: { userName: 'ada' } }],
      },
    ],
    ...{ looked: 4, next: null, more: null },
  }),
  drift: async () => ({
    ...{ differences: [difference], unmanaged: { users: 2, teams: 0, members: 1 }, archivedTeams: 3, isCut: false },
  }),
  repair: async (_ref, { differences }, ids) => (ids === 'all' ? differences.length : ids.length),
  retry: async (_ref, subject) => (subject === null ? 2 : 1),
  rotateSecret: async () => 'whsec_new',
  replay: async () => undefined,
};
