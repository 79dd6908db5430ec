/**
 * Who may do what: one table of actions and of who may perform each, as data.
 *
 * Owns: the table, and reading it (`authorize`, `isAllowed`, `actionsOf`). Does not own: who somebody is (principal.ts),
 * rules that count (last admin, seats), what a role lets one do in the tracker (authorization of teams). Called by every
 * use-case that people and machines ask for, and by API and console to show what one may. Tests walk it in full;
 * docs/permissions.md is made from it.
 */
import { AppError } from '../errors.ts';
import type { Principal } from './principal.ts';

/**
 * What somebody can be to the subject of an action. `self`: the subject is this person. `team_*`: in the team that the
 * action is about. `inviting_member`: a member of the team where its settings let members invite. A custom role counts
 * as `team_viewer` here: it adds permissions in the tracker, none over people.
 */
export const HOLDERS = [
  'admin',
  'member',
  'viewer',
  'service',
  'team_admin',
  'team_member',
  'team_viewer',
  'team_service',
  'inviting_member',
  'self',
] as const;
export type Holder = (typeof HOLDERS)[number];

/** Which scope of a key opens an action; `installation`: only a key for everything. */
export type Area = 'people' | 'teams' | 'connections' | 'ledger' | 'installation';

export interface ActionRule {
  readonly area: Area;
  /** Reading is open to keys of the scope `read`, too. */
  readonly reads: boolean;
  readonly allowed: readonly Holder[];
  /** What it is, for people, as the rest of "may ...". */
  readonly words: string;
}

const ADMINS = ['admin', 'service'] as const;
const EVERYBODY = ['admin', 'member', 'viewer', 'service'] as const;
const TEAM_ADMINS = ['admin', 'service', 'team_admin'] as const;
const IN_THE_TEAM = ['team_admin', 'team_member', 'team_viewer', 'team_service'] as const;

const read = (area: Area, allowed: readonly Holder[], words: string): ActionRule => ({
  area,
  reads: true,
  allowed,
  words,
});
const write = (area: Area, allowed: readonly Holder[], words: string): ActionRule => ({
  area,
  reads: false,
  allowed,
  words,
});

export const POLICY = {
  'organization.read': read('people', EVERYBODY, 'see the organization and its settings'),
  'organization.change': write('installation', ADMINS, 'change the settings of the organization'),

  'people.list': read('people', ['admin', 'member', 'service'], 'list the people of the organization'),
  'people.read': read('people', ['admin', 'member', 'service', 'self'], 'see a person'),
  'people.details': read(
    'people',
    [...ADMINS, 'self'],
    'see who manages a person, when they were last seen, and why they hold their roles',
  ),
  'people.change_role': write('people', ADMINS, "change a person's role in the organization"),
  'people.remove': write('people', ADMINS, 'remove a person from the organization'),
  'people.reactivate': write('people', ADMINS, 'bring a person back'),
  'people.approve_adoption': write('people', ['admin'], 'let a connection take over an admin'),

  'invites.list': read('people', ADMINS, 'see the invites'),
  'invites.create': write('people', ADMINS, 'invite people to the organization'),
  'invites.resend': write('people', ADMINS, 'send an invite again'),
  'invites.revoke': write('people', ADMINS, 'revoke an invite'),
  'seats.read': read('people', EVERYBODY, 'see how many seats are taken'),

  'sessions.list': read('people', ['admin', 'self'], "see a person's sessions"),
  'sessions.end': write('people', ['admin', 'self'], "end a person's sessions"),

  'api_keys.list': read('people', [...ADMINS, 'self'], "see a person's API keys"),
  'api_keys.create': write('installation', ['self'], 'make an API key for oneself'),
  'api_keys.revoke': write('people', [...ADMINS, 'self'], "revoke a person's API keys"),

  'service_accounts.list': read('people', TEAM_ADMINS, 'see service accounts'),
  'service_accounts.create': write('installation', TEAM_ADMINS, 'make a service account'),
  'service_accounts.remove': write('installation', TEAM_ADMINS, 'remove a service account'),
  'service_accounts.create_key': write('installation', TEAM_ADMINS, 'make a key of a service account'),
  'service_accounts.revoke_key': write('people', TEAM_ADMINS, 'revoke a key of a service account'),
  'attribution.resolve': read('teams', ['service', 'team_service'], 'attribute a request to a person'),

  'teams.list': read('teams', EVERYBODY, 'list teams'),
  'teams.read': read('teams', ['admin', 'member', 'service', ...IN_THE_TEAM], 'see a team'),
  'teams.create': write('teams', ADMINS, 'make a team'),
  'teams.rename': write('teams', TEAM_ADMINS, 'rename a team'),
  'teams.archive': write('teams', ADMINS, 'archive a team'),
  'teams.change_settings': write('teams', TEAM_ADMINS, 'change the settings of a team'),
  'teams.usage': read('teams', TEAM_ADMINS, 'see the usage of a team'),
  'team_members.list': read('teams', ['admin', 'member', 'service', ...IN_THE_TEAM], 'see the members of a team'),
  'team_members.invite': write('teams', [...TEAM_ADMINS, 'inviting_member'], 'invite people to a team'),
  'team_members.change_role': write('teams', TEAM_ADMINS, "change a member's role in a team"),
  'team_members.remove': write('teams', [...TEAM_ADMINS, 'self'], 'remove a member from a team'),

  'custom_roles.list': read('teams', [...EVERYBODY, 'team_service'], 'see the custom roles'),
  'custom_roles.create': write('teams', ADMINS, 'make a custom role'),
  'custom_roles.change': write('teams', ADMINS, 'change a custom role'),
  'custom_roles.delete': write('teams', ADMINS, 'delete a custom role'),
  'authz.check': read('teams', [...ADMINS, 'team_admin', 'team_service', 'self'], 'ask what a person may do in a team'),

  'connections.read': read('connections', ADMINS, 'see connections, their tokens and their rules'),
  'connections.create': write('connections', ADMINS, 'make a connection'),
  'connections.change': write('connections', ADMINS, 'change, pause or resume a connection'),
  'connections.tokens': write('connections', ADMINS, 'make and end tokens of a connection'),
  'connections.rules': write('connections', ADMINS, 'change the mapping rules of a connection'),
  'sync_log.read': read('connections', ADMINS, 'see exchanges, changes and groups'),
  'targets.read': read('connections', ADMINS, 'see targets'),
  'targets.change': write('connections', ADMINS, 'change targets'),

  'ledger.read': read('ledger', ADMINS, 'see the ledger'),
  'ledger.change': write('ledger', ADMINS, 'place holds, hand over runs and ask the tracker again'),
  'ledger.report': write('ledger', ADMINS, "report a person's runs"),
  'ledger.erase': write('ledger', ['admin'], 'erase the personal data of a removed person'),
} as const satisfies Readonly<Record<string, ActionRule>>;

export type Action = keyof typeof POLICY;

export const ACTIONS = Object.keys(POLICY) as readonly Action[];

/** What an action is about, as far as the table asks. Leave out what does not apply. */
export interface PolicySubject {
  readonly organizationId?: string;
  readonly userId?: string;
  readonly teamId?: string;
  /** The settings of the team, and the organization's, let members invite. */
  readonly membersMayInvite?: boolean;
}

const TEAM_HOLDERS: ReadonlyMap<string, Holder> = new Map([
  ['admin', 'team_admin'],
  ['member', 'team_member'],
  ['service', 'team_service'],
]);

/** Everything that the principal is to this subject. */
function holdersOf(principal: Principal, subject: PolicySubject): readonly Holder[] {
  const holders: Holder[] = principal.role === 'none' ? [] : [principal.role];
  const role = subject.teamId === undefined ? undefined : principal.teams.get(subject.teamId);
  if (role !== undefined) holders.push(TEAM_HOLDERS.get(role) ?? 'team_viewer');
  if (role === 'member' && subject.membersMayInvite === true) holders.push('inviting_member');
  if (principal.kind === 'user' && subject.userId !== undefined && subject.userId === principal.id)
    holders.push('self');
  return holders;
}

function hasScope({ scopes }: Principal, { area, reads }: ActionRule): boolean {
  if (scopes.has('everything')) return true;
  return (area !== 'installation' && scopes.has(area)) || (reads && scopes.has('read'));
}

/** Why not, as a sentence for whoever asked; undefined when it is allowed. */
export function findObstacle(principal: Principal, action: Action, subject: PolicySubject = {}): string | undefined {
  const rule: ActionRule = POLICY[action];
  if (subject.organizationId !== undefined && subject.organizationId !== principal.organizationId) {
    return 'This belongs to another organization.';
  }
  const holders = holdersOf(principal, subject);
  // The operator of the machine can reach the database itself; a rule about roles would only pretend.
  if (principal.kind !== 'operator' && !rule.allowed.some((holder) => holders.includes(holder))) {
    return `You may not ${rule.words}; ${tellHolders(rule.allowed)} may.`;
  }
  if (hasScope(principal, rule)) return undefined;
  const wanted = [...(rule.area === 'installation' ? [] : [rule.area]), ...(rule.reads ? ['read'] : []), 'everything'];
  return `This key may not ${rule.words}: that takes one of the scopes ${wanted.join(', ')}.`;
}

/** @throws AppError `forbidden`, with the reason */
export function authorize(principal: Principal, action: Action, subject: PolicySubject = {}): void {
  const obstacle = findObstacle(principal, action, subject);
  if (obstacle !== undefined) throw new AppError('forbidden', obstacle);
}

export function isAllowed(principal: Principal, action: Action, subject: PolicySubject = {}): boolean {
  return findObstacle(principal, action, subject) === undefined;
}

/** Every action that is open to the principal on this subject: what a page may offer. */
export function actionsOf(principal: Principal, subject: PolicySubject = {}): readonly Action[] {
  return ACTIONS.filter((action) => isAllowed(principal, action, subject));
}

/** Holders in words, as they stand in documents and in refusals. */
export const HOLDER_WORDS: Readonly<Record<Holder, string>> = {
  admin: 'an admin of the organization',
  member: 'a member of the organization',
  viewer: 'a viewer of the organization',
  service: 'a service account of the organization',
  team_admin: 'an admin of the team',
  team_member: 'a member of the team',
  team_viewer: 'a View-Only member of the team',
  team_service: 'a service account of the team',
  inviting_member: 'a member of the team where its settings let members invite',
  self: 'the person themselves',
};

function tellHolders(holders: readonly Holder[]): string {
  const words = holders.map((holder) => HOLDER_WORDS[holder]);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
