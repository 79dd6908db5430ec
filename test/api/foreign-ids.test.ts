/**
 * Ids of another organization where an address does not hold them: in bodies and in queries. Whoever names one is answered
 * as if it were nothing at all. What an address holds is tried in matrix.test.ts.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { ENDPOINTS } from '../../src/api/registry.ts';
import { describeApi, type SomePrincipal } from '../support/api-server.ts';
import { type Fixtures, fillPath, makeFixtures } from './fixtures.ts';

/** Asks with our own things in the address, and one id (`named`) that may be a stranger's. */
interface Row {
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly names: keyof typeof KINDS;
  readonly query?: (named: string) => string;
  readonly body?: (named: string, own: Fixtures) => unknown;
  /** Nothing is found by what is there either. */
  readonly hasNone?: boolean;
  /** Without it: an admin. */
  readonly by?: SomePrincipal;
}

const SERVICE: SomePrincipal = { kind: 'service_account', role: 'service' };

const KINDS = {
  ...{ user: 'userId', team: 'teamId', role: 'roleId', connection: 'connectionId', account: 'serviceAccountId' },
  ...{ removal: 'removalId', removed: 'person' },
} as const;

const permission = 'run:delete';

const ROWS: readonly Row[] = [
  {
    ...{ what: 'a team of an invite', method: 'POST', path: '/invites', names: 'team' },
    body: (teamId) => ({ addresses: 'x@foreign.example', teams: [{ teamId, role: 'member' }] }),
  },
  {
    ...{ what: 'a role of an invite', method: 'POST', path: '/invites', names: 'role' },
    body: (role, { teamId }) => ({ addresses: 'y@foreign.example', teams: [{ teamId, role }] }),
  },
  {
    ...{ what: 'the role to put them in with', method: 'POST', path: '/teams/{teamId}/members', names: 'role' },
    body: (role, { userId }) => ({ people: [{ person: userId, role }] }),
  },
  {
    ...{ what: 'the new role of a member', method: 'PATCH', path: '/teams/{teamId}/members/{userId}', names: 'role' },
    body: (role) => ({ role }),
  },
  {
    ...{ what: 'the team of a service account', method: 'POST', path: '/service-accounts', names: 'team' },
    body: (teamId) => ({ name: 'foreign', teamId }),
  },
  {
    ...{ what: 'whose service accounts', method: 'GET', path: '/service-accounts', names: 'team' },
    query: (teamId) => `teamId=${teamId}`,
  },
  {
    ...{ what: 'who is asked about', method: 'POST', path: '/authz/check', names: 'user' },
    body: (user, { teamId }) => ({ user, team: teamId, permission }),
  },
  {
    ...{ what: 'which service account is asked about', method: 'POST', path: '/authz/check', names: 'account' },
    body: (serviceAccount, { teamId }) => ({ serviceAccount, team: teamId, permission }),
  },
  {
    ...{ what: 'in which team', method: 'POST', path: '/authz/check', names: 'team' },
    body: (team, { userId }) => ({ user: userId, team, permission }),
  },
  {
    ...{ what: 'who is asked about, of many', method: 'POST', path: '/authz/check/batch', names: 'user' },
    body: (user, { teamId }) => ({ checks: [{ user, team: teamId, permission }] }),
  },
  {
    ...{ what: 'the team of an attribution', method: 'POST', path: '/authz/attribution', names: 'team' },
    body: (teamId) => ({ userName: 'ada@fixture.example', teamId }),
    by: SERVICE,
  },
  {
    ...{ what: 'whom to adopt', method: 'POST', path: '/connections/{connectionId}/adoptions', names: 'user' },
    body: (person) => ({ person }),
  },
  {
    ...{ what: 'whose people', method: 'GET', path: '/people', names: 'connection' },
    query: (connectionId) => `connectionId=${connectionId}`,
  },
  {
    ...{ what: 'whose groups', method: 'GET', path: '/groups', names: 'connection' },
    query: (connectionId) => `connectionId=${connectionId}`,
  },
  {
    ...{ what: 'whose exchanges', method: 'GET', path: '/exchanges', names: 'connection' },
    query: (connectionId) => `connectionId=${connectionId}`,
  },
  {
    ...{ what: 'the exchanges of a person', method: 'GET', path: '/exchanges', names: 'user' },
    query: (userId) => `userId=${userId}`,
    hasNone: true,
  },
  {
    ...{ what: 'whose removal', method: 'GET', path: '/ledger', names: 'removed' },
    query: (person) => `person=${person}`,
  },
  {
    ...{ what: 'removals from a team', method: 'GET', path: '/ledger', names: 'team' },
    query: (teamId) => `teamId=${teamId}`,
    hasNone: true,
  },
  {
    ...{ what: 'whose removal to export', method: 'GET', path: '/ledger/export', names: 'removed' },
    query: (person) => `person=${person}`,
  },
  {
    ...{ what: 'removals from a team to export', method: 'GET', path: '/ledger/export', names: 'team' },
    query: (teamId) => `teamId=${teamId}`,
    hasNone: true,
  },
  {
    ...{ what: 'which removal to look at again', method: 'POST', path: '/ledger/verifications', names: 'removal' },
    body: (removalId) => ({ removalId }),
  },
  {
    ...{ what: 'to whom runs go', method: 'PUT', path: '/ledger/{removalId}/handover', names: 'user' },
    body: (name) => ({ to: { kind: 'user', name }, reason: 'left' }),
  },
  {
    ...{ what: 'to which team runs go', method: 'PUT', path: '/ledger/{removalId}/handover', names: 'team' },
    body: (name) => ({ to: { kind: 'team', name }, reason: 'left' }),
  },
  {
    ...{ what: 'what of a target to plan', method: 'GET', path: '/targets/{targetId}/plan', names: 'user' },
    query: (id) => `subject=user:${id}`,
    hasNone: true,
  },
];

describeApi('what another organization has', (api) => {
  let own: Fixtures = {};
  let others: Fixtures = {};
  let strangers = '';
  beforeAll(async () => {
    others = await makeFixtures(api(), api().organizationId);
    strangers = await api().createOrganization('strangers');
    own = await makeFixtures(api(), strangers);
  });

  it.each(ROWS.map((row) => [row.what, row] as const))('is nothing when it is named as %s', async (_what, row) => {
    const { newId } = api().core.directory;
    const client = api().as({ ...row.by, organizationId: strangers });
    const ask = async (named: string) => {
      const query = row.query === undefined ? '' : `?${row.query(named)}`;
      const path = `${fillPath(row.path, own, newId)}${query}`;
      const { status, body, text } = await client.send(row.method, path, row.body?.(named, own));
      // An export is lines and no document.
      const said = JSON.stringify(body ?? { lines: text });
      return { status, body: JSON.parse(said.replaceAll(named, 'named')) };
    };
    const foreign = await ask(others[KINDS[row.names]] ?? '');
    const missing = await ask(newId());
    for (const { body } of [foreign, missing]) delete body.requestId;
    expect(foreign).toEqual(missing);
    expect(foreign.status).toBeLessThan(500);
    if (row.hasNone === true) return;
    // What is there is answered otherwise, so that the row is about something.
    const there = await ask(own[KINDS[row.names]] ?? '');
    delete there.body.requestId;
    expect(there).not.toEqual(missing);
  });
});

/** Every key of a body or a query, with its path. */
function keysOf(schema: z.ZodType | undefined, at = ''): readonly string[] {
  const definition = (schema as { def?: Record<string, unknown> } | undefined)?.def;
  if (definition === undefined) return [];
  if (definition.type === 'object') {
    const shape = definition.shape as Record<string, z.ZodType>;
    return Object.entries(shape).flatMap(([key, value]) => [`${at}${key}`, ...keysOf(value, `${at}${key}.`)]);
  }
  if (Array.isArray(definition.options)) return definition.options.flatMap((option) => keysOf(option as z.ZodType, at));
  const inner = definition.element ?? definition.innerType ?? definition.in;
  return keysOf(inner as z.ZodType | undefined, at);
}

describe('the table', () => {
  it('has a row for each endpoint that takes an id in its body or query', () => {
    const NAMES_A_THING = /(?:^|\.)(?:\w+Id|person|user|serviceAccount|team|to)$/;
    /** Text that a mapping rule looks for in names, and names of teams that it makes. */
    const NO_ID = ['rules.when.user', 'rules.give.team', 'projects.team'];
    const wanted = ENDPOINTS.filter(({ body, query }) =>
      [...keysOf(body), ...keysOf(query)].some((key) => NAMES_A_THING.test(key) && !NO_ID.includes(key)),
    ).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const had = new Set(ROWS.map(({ method, path }) => `${method} ${path}`));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter((each) => !had.has(each))).toEqual([]);
  });
});
