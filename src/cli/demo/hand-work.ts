/** What Robin does by hand in the demonstration's week: teams, a custom role, a rule, invites, records of who left. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoTracker } from './demo-tracker.ts';
import type { DemoVisitor } from './demo-visitor.ts';

export interface HandWork {
  readonly admin: DemoVisitor;
  readonly say: (words: string) => void;
  /** Where the target of the demonstration listens. */
  readonly receiverUrl: string;
}

interface Named {
  readonly name: string;
  readonly email: string;
}

/** A custom role, a team that no identity provider knows of, an account for a program, and somebody from outside. */
export async function openTeams({ admin, say }: HandWork, people: readonly Named[]): Promise<void> {
  say('makes the custom role Curator, and a team by hand: model-review.');
  await admin.call('POST', '/custom-roles', {
    ...{ name: 'Curator', inherits: 'member', permissions: ['run:delete', 'report:update'] },
    description: 'Tidies up after experiments: may delete runs and change reports of others.',
  });
  const team = await admin.call('POST', '/teams', { name: 'model-review' });
  const roles = ['admin', 'Curator', 'member', 'member', 'viewer'];
  const members = roles.flatMap((role, n) => {
    const person = people[n]?.email;
    return person === undefined ? [] : [{ person, role }];
  });
  await admin.call('POST', `/teams/${team.id}/members`, { people: members });
  await admin.call('PATCH', `/teams/${team.id}/settings`, {
    privacy: { hideTeam: true, privateProjects: true },
    alerts: { memberLeft: { admins: true, addresses: ['review@demo.example'] } },
  });
  say('makes a service account with a key, and invites two people from outside.');
  const account = await admin.call('POST', '/service-accounts', { name: 'nightly export' });
  await admin.call('POST', `/service-accounts/${account.id}/keys`, { name: 'export host', scopes: ['read', 'ledger'] });
  await admin.call('POST', '/service-accounts', { name: 'eval runner', teamId: team.id });
  await admin.call('POST', '/invites', {
    addresses: 'ines@partner.example, tomek@partner.example',
    ...{ role: 'member', teams: [{ teamId: team.id, role: 'viewer' }] },
  });
}

/** The rule that decides more than the name of a group does: interns only look, and the platform's people admin theirs. */
export async function refineRules({ admin, say, receiverUrl }: HandWork, connectionId: string): Promise<void> {
  say('changes the rules of Okta: interns only look, the people of platform are its admins.');
  const custom = [
    { id: 'interns-look', when: { group: 'interns' }, give: { team: 'interns', role: 'viewer' } },
    { id: 'platform-admins', when: { group: 'platform' }, give: { team: 'platform', role: 'admin' } },
    {
      id: 'staff-review',
      when: { user: 'title eq "Staff Engineer"' },
      give: { team: 'model-review', role: 'member' },
    },
  ];
  const { rules } = await admin.call('GET', `/connections/${connectionId}/rules`);
  await admin.call('PUT', `/connections/${connectionId}/rules`, { rules: [...custom, ...(rules as unknown[])] });
  say('adds a target: the audit log of the company is told what changes.');
  await admin.call('POST', '/targets', { kind: 'webhook', name: 'Audit log', settings: { url: receiverUrl } });
}

interface Removal {
  readonly id: string;
  readonly name: string;
  readonly userName: string;
  readonly runs: number;
}

const TRIES = 50;

/** Who left for good, once their runs are counted; the tracker is asked behind everybody's back. */
async function settledRemovals(admin: DemoVisitor): Promise<readonly Removal[]> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { items } = await admin.call('GET', '/ledger?kind=removed&state=left');
    const removals = (items as readonly LedgerEntry[]).map(({ id, name, user, scope, removal: { inventory } }) => ({
      ...{ id, name, userName: user, runs: inventory.runs ?? 0, scope },
      waits: inventory.state === 'waiting',
    }));
    if (removals.every(({ waits }) => !waits)) return removals.filter(({ scope }) => scope === 'organization');
    await delay(100);
  }
  return [];
}

/** Once the target has been told everything. */
export async function settleTargets({ admin }: HandWork): Promise<void> {
  for (let attempt = 0; attempt < 3 * TRIES; attempt += 1) {
    const { items } = await admin.call('GET', '/targets');
    const targets = items as readonly { readonly lagChanges: number }[];
    if (targets.every(({ lagChanges }) => lagChanges === 0)) return;
    await delay(200);
  }
}

interface LedgerEntry {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly scope: string;
  readonly removal: { readonly inventory: { readonly state: string; readonly runs: number | null } };
}

/** Who left left runs: they are held, and some are found to be gone. */
export async function keepRecords({ admin, say }: HandWork, tracker: DemoTracker): Promise<void> {
  const removals = await settledRemovals(admin);
  const [held, robbed] = removals.filter(({ runs }) => runs > 0);
  if (held !== undefined) {
    say(`holds the runs that ${held.name} left behind.`);
    await admin.call('PUT', `/ledger/${held.id}/hold`, { reason: 'Patent application 2026-14' });
  }
  if (robbed === undefined) return;
  say(`asks the tracker again: some runs of ${robbed.name} are gone.`);
  tracker.lose(robbed.userName, Math.max(1, Math.floor(robbed.runs / 4)));
  await admin.call('POST', '/ledger/verifications', { removalId: robbed.id });
}

/** The last thing before somebody looks. */
export async function watchOut({ admin, say }: HandWork): Promise<void> {
  say('prepares a third connection, which has sent nothing yet.');
  await admin.call('POST', '/connections', { name: 'Keycloak (trial)', dialect: 'generic' });
}
