/** Every page that people see, with the address of an example in the demonstration's company. */
import type { OpenDemo } from '../../src/cli/demo/demo.ts';

export interface ConsolePage {
  /** Also the name of its picture. */
  readonly name: string;
  readonly path: string;
  /** Seen without a session. */
  readonly outside?: boolean;
  /** One that is of a kind with another: looked at by tests, not pictured. */
  readonly variant?: boolean;
  /** Pressed once the page is there: what it shows then is the page. */
  readonly press?: string;
  /** Filled in before: the label, and what. */
  readonly fill?: readonly [string, string];
}

interface Row {
  readonly id: string;
  readonly name: string;
}

/** Ids by what they are needed for; read by the API in the admin's session. */
export async function pagesOf({ admin, known }: OpenDemo): Promise<readonly ConsolePage[]> {
  const list = async (path: string): Promise<readonly Row[]> => (await admin.call('GET', path)).items as Row[];
  const idOf = (rows: readonly Row[], name: string): string => {
    const id = rows.find((row) => row.name === name)?.id;
    if (id === undefined) throw new Error(`${name} is not among ${rows.map((row) => row.name).join(', ')}`);
    return id;
  };
  const first = async (path: string): Promise<string> => (await list(path))[0]?.id ?? '';
  const [connections, teams, accounts] = [
    await list('/connections'),
    await list('/teams'),
    await list('/service-accounts'),
  ];
  const okta = idOf(connections, 'Okta');
  const team = idOf(teams, 'model-review');
  const synced = idOf(teams, 'robotics');
  const person = await first(`/people?text=${encodeURIComponent(known[0]?.email ?? '')}`);
  const gone = await first(`/people?status=deactivated&connectionId=${okta}`);
  const role = await first('/custom-roles');
  const target = await first('/targets');
  const invite = await first('/invites');
  const removal = (query: string): Promise<string> =>
    first(`/ledger?kind=removed&scope=organization&state=left&${query}`);
  const exchange = (query: string): Promise<string> => first(`/exchanges?limit=1&${query}`);
  const admins = `/admin/connections/${okta}`;
  return [
    { name: 'sign-in', path: '/auth/login', outside: true },
    { name: 'setup-link-used', path: '/auth/setup?key=none', outside: true, variant: true },
    { name: 'invite-used', path: '/auth/invite?token=none', outside: true, variant: true },
    { name: 'signed-out', path: '/auth/logout', outside: true, variant: true },
    { name: 'own-page', path: '/' },
    { name: 'overview', path: '/admin' },
    { name: 'sync-log', path: '/admin/sync' },
    { name: 'sync-log-refused', path: '/admin/sync?outcome=refused', variant: true },
    { name: 'sync-log-nothing', path: '/admin/sync?text=nothing-like-this', variant: true },
    { name: 'timeline', path: '/admin/sync/timeline' },
    { name: 'exchange', path: `/admin/sync/${await exchange('outcome=changed&operation=groups.patch')}` },
    { name: 'exchange-refused', path: `/admin/sync/${await exchange('outcome=refused&operation=users.create')}` },
    { name: 'exchange-sign-in', path: `/admin/sync/${await exchange('operation=signin.oidc')}`, variant: true },
    { name: 'people', path: '/admin/people' },
    { name: 'person', path: `/admin/people/${person}` },
    { name: 'person-removed', path: `/admin/people/${gone}`, variant: true },
    { name: 'person-remove', path: `/admin/people/${person}/remove` },
    { name: 'people-invite', path: '/admin/people/invite' },
    { name: 'invite', path: `/admin/people/invites/${invite}` },
    { name: 'teams', path: '/admin/teams' },
    { name: 'team', path: `/admin/teams/${team}` },
    { name: 'team-archive', path: `/admin/teams/${team}`, press: 'Archive the team …' },
    { name: 'team-synced', path: `/admin/teams/${synced}`, variant: true },
    { name: 'team-searched', path: `/admin/teams/${synced}?search=a`, variant: true },
    { name: 'team-new', path: '/admin/teams/new' },
    { name: 'roles', path: '/admin/roles' },
    { name: 'role', path: `/admin/roles/${role}` },
    { name: 'role-new', path: '/admin/roles/new', variant: true },
    { name: 'role-delete', path: `/admin/roles/${role}/delete` },
    { name: 'service-accounts', path: '/admin/service-accounts' },
    { name: 'service-account', path: `/admin/service-accounts/${idOf(accounts, 'nightly export')}` },
    { name: 'removed-people', path: '/admin/removed' },
    { name: 'removal', path: `/admin/removed/${await removal('hold=true')}` },
    { name: 'teams-with-archived', path: '/admin/teams?archived=any', variant: true },
    { name: 'removed-people-filtered', path: '/admin/removed?scope=organization', variant: true },
    { name: 'removal-missing-runs', path: `/admin/removed/${await removal('missing=true')}`, variant: true },
    { name: 'targets', path: '/admin/targets' },
    { name: 'target', path: `/admin/targets/${target}` },
    { name: 'target-pause', path: `/admin/targets/${target}`, press: 'Pause …' },
    { name: 'target-new', path: '/admin/targets/new?kind=wandb' },
    { name: 'target-dry-run', path: `/admin/targets/${target}/dry-run`, variant: true },
    { name: 'target-drift', path: `/admin/targets/${target}/drift`, variant: true },
    { name: 'connections', path: '/admin/connections' },
    { name: 'connection', path: admins },
    { name: 'connection-waiting', path: `/admin/connections/${idOf(connections, 'Keycloak (trial)')}`, variant: true },
    { name: 'connection-new', path: '/admin/connections/new' },
    { name: 'connection-test', path: admins, press: 'Test the connection' },
    { name: 'mapping-rules', path: `${admins}/rules` },
    { name: 'mapping-rules-preview', path: `${admins}/rules`, press: 'Preview', fill: ['Role', 'member'] },
    { name: 'settings', path: '/admin/settings' },
    { name: 'not-found', path: '/admin/nothing', variant: true },
  ];
}
