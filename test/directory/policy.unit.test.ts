/** The table of who may do what, walked in full against the matrix of docs/permissions.md, and what scopes leave of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ACTIONS,
  type Action,
  type ActionRule,
  actionsOf,
  authorize,
  findObstacle,
  HOLDERS,
  type Holder,
  isAllowed,
  POLICY,
  type PolicySubject,
} from '../../src/directory/policy.ts';
import { operatorOf, type Principal, SCOPES, type Scope } from '../../src/directory/principal.ts';

const ORGANIZATION = 'o';
const TEAM = 't';
const SUBJECT: PolicySubject = { organizationId: ORGANIZATION, teamId: TEAM, userId: 'somebody else' };

function person(
  role: Principal['role'],
  teams: Record<string, string> = {},
  scopes: Scope[] = ['everything'],
): Principal {
  const kind = role === 'service' || role === 'none' ? 'service_account' : 'user';
  const maps = { teams: new Map(Object.entries(teams)), scopes: new Set(scopes) };
  return { kind, id: 'me', name: 'Me', organizationId: ORGANIZATION, role, ...maps };
}

/** Who stands for a holder, and the subject that they act on. A person of a team is a viewer outside of it. */
const ACTORS: Readonly<Record<Holder, readonly [Principal, PolicySubject]>> = {
  admin: [person('admin'), SUBJECT],
  member: [person('member'), SUBJECT],
  viewer: [person('viewer'), SUBJECT],
  service: [person('service'), SUBJECT],
  team_admin: [person('viewer', { [TEAM]: 'admin' }), SUBJECT],
  team_member: [person('viewer', { [TEAM]: 'member' }), SUBJECT],
  team_viewer: [person('viewer', { [TEAM]: 'viewer' }), SUBJECT],
  team_service: [person('none', { [TEAM]: 'service' }), SUBJECT],
  inviting_member: [person('viewer', { [TEAM]: 'member' }), { ...SUBJECT, membersMayInvite: true }],
  self: [person('viewer'), { ...SUBJECT, userId: 'me' }],
};

/** Besides being in a team, or oneself, these are viewers, and members who invite are members. */
const ALSO: Partial<Record<Holder, readonly Holder[]>> = {
  team_admin: ['viewer'],
  team_member: ['viewer'],
  team_viewer: ['viewer'],
  inviting_member: ['viewer', 'team_member'],
  self: ['viewer'],
};

/** action -> holders with a mark, as docs/permissions.md says it: written to the file, read back here. */
function readMatrix(): ReadonlyMap<string, ReadonlySet<string>> {
  const lines = readFileSync(new URL('../../docs/permissions.md', import.meta.url), 'utf8').split('\n');
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const head = cells(lines.find((line) => line.startsWith('| Action')) ?? '');
  return new Map(
    lines
      .filter((line) => line.startsWith('| `'))
      .map(cells)
      .filter((row) => row.length === head.length)
      .map(([action = '', ...marks]) => [
        action.replaceAll('`', ''),
        new Set(head.slice(1).filter((_, index) => marks[index] === 'yes')),
      ]),
  );
}

describe('who may do what', () => {
  const matrix = readMatrix();

  it.each(ACTIONS.flatMap((action) => HOLDERS.map((holder) => [action, holder] as const)))(
    '%s by %s',
    (action, holder) => {
      const [principal, subject] = ACTORS[holder];
      const holds = [holder, ...(ALSO[holder] ?? [])];
      const wanted = holds.some((each) => matrix.get(action)?.has(each.replaceAll('_', ' ')));
      expect(isAllowed(principal, action, subject)).toBe(wanted);
    },
  );

  it.each(ACTIONS)('%s is never allowed in another organization', (action) => {
    for (const holder of HOLDERS) {
      const [principal, subject] = ACTORS[holder];
      expect(isAllowed(principal, action, { ...subject, organizationId: 'another' })).toBe(false);
    }
  });

  it.each(ACTIONS)('%s in another team takes a role of the organization', (action) => {
    const rule: ActionRule = POLICY[action];
    const teamAdmin = person('none', { another: 'admin' });
    const asked = isAllowed(teamAdmin, action, SUBJECT);
    expect(asked).toBe(false);
    expect(isAllowed(person('admin', { another: 'admin' }), action, SUBJECT)).toBe(rule.allowed.includes('admin'));
  });

  it('lets an operator do everything, in their organization', () => {
    expect(actionsOf(operatorOf(ORGANIZATION), { organizationId: ORGANIZATION })).toEqual(ACTIONS);
    expect(actionsOf(operatorOf(ORGANIZATION), { organizationId: 'another' })).toEqual([]);
  });

  it('counts a custom role as View-Only', () => {
    const custom = person('viewer', { [TEAM]: 'annotator' });
    expect(isAllowed(custom, 'teams.read', SUBJECT)).toBe(true);
    expect(isAllowed(custom, 'team_members.invite', { ...SUBJECT, membersMayInvite: true })).toBe(false);
  });
});

describe('what scopes leave of it', () => {
  /** Written by hand: [scope, an action it opens, an action it does not]. */
  const CASES: readonly [Scope, readonly Action[], readonly Action[]][] = [
    ['read', ['people.list', 'teams.list', 'connections.read', 'ledger.read'], ['people.remove', 'teams.create']],
    ['people', ['people.list', 'people.remove', 'invites.create'], ['teams.create', 'ledger.read', 'connections.read']],
    ['teams', ['teams.create', 'team_members.invite', 'authz.check'], ['people.list', 'connections.rules']],
    ['connections', ['connections.rules', 'sync_log.read', 'targets.change'], ['people.remove', 'ledger.change']],
    ['ledger', ['ledger.read', 'ledger.report'], ['people.list', 'connections.read']],
  ];

  it.each(CASES)('%s', (scope, open, closed) => {
    const key = person('service', {}, [scope]);
    expect(open.filter((action) => !isAllowed(key, action))).toEqual([]);
    expect(closed.filter((action) => isAllowed(key, action))).toEqual([]);
  });

  it.each(SCOPES)('%s never opens what the role does not', (scope) => {
    for (const holder of HOLDERS) {
      const [principal, subject] = ACTORS[holder];
      const narrowed = actionsOf({ ...principal, scopes: new Set([scope]) }, subject);
      expect(narrowed.filter((action) => !isAllowed(principal, action, subject))).toEqual([]);
    }
  });

  it('without any, nothing is open', () => {
    expect(actionsOf(person('admin', {}, []))).toEqual([]);
  });

  it.each(ACTIONS.filter((action) => POLICY[action].area === 'installation'))(
    '%s takes a key for everything',
    (action) => {
      const others = SCOPES.filter((scope) => scope !== 'everything');
      const key = { ...person('admin', {}, others), id: 'me' };
      expect(POLICY[action].reads || !isAllowed(key, action, { userId: 'me' })).toBe(true);
    },
  );
});

describe('a refusal', () => {
  it('says who may', () => {
    expect(findObstacle(person('viewer'), 'people.remove')).toBe(
      'You may not remove a person from the organization; an admin of the organization or a service account of the organization may.',
    );
  });

  it('says which scope is missing', () => {
    expect(() => authorize(person('service', {}, ['teams']), 'people.remove')).toThrow(
      'This key may not remove a person from the organization: that takes one of the scopes people, everything.',
    );
  });
});
