/** One thing of each kind that an address of the API can name, in one organization. A new parameter needs a line here. */

import { createTargetParts } from '../../src/app/targets.ts';
import { createConnection } from '../../src/directory/connections/connections.ts';
import { openSession } from '../../src/directory/entry/sessions.ts';
import { createGroup } from '../../src/directory/groups/groups.ts';
import { createPersonalKey } from '../../src/directory/keys/api-keys.ts';
import { createServiceAccount } from '../../src/directory/keys/service-accounts.ts';
import { createUser, deleteUser } from '../../src/directory/people/users.ts';
import { operatorOf } from '../../src/directory/principal.ts';
import { createCustomRole } from '../../src/directory/roles/custom-roles.ts';
import { askIntoTeam } from '../../src/directory/teams/team-invites.ts';
import { runWork } from '../../src/directory/work.ts';
import type { Exchange } from '../../src/synclog/exchange.ts';
import { createTarget } from '../../src/targets/targets.ts';
import type { TestApi } from '../support/api-server.ts';

const ACTOR = { kind: 'cli', id: null, name: 'test' } as const;

const SIGNED_IN = {
  ...{ connector: 'oidc', issuer: 'https://idp.example', providerSession: null, providerSubject: null },
  ...{ userAgent: null, remoteAddress: null },
};

/** Path parameter -> the id of such a thing. */
export type Fixtures = Readonly<Record<string, string>>;

export async function makeFixtures({ core }: TestApi, organizationId: string): Promise<Fixtures> {
  const { directory } = core;
  const context = { organizationId, actor: ACTOR, exchangeId: null };
  const targets = await createTargetParts(core);
  const made = await runWork(directory, context, async (work) => {
    const { connection, token } = await createConnection(directory, work, { name: 'Fixture', dialect: 'okta' });
    const { user } = await createUser(directory, work, connection, { userName: 'ada@fixture.example' });
    const members = [{ userId: user.id, display: null }];
    const given = { displayName: 'fixtures', externalId: null, members };
    const group = await createGroup(directory, work, connection, given);
    const input = { name: 'Fixture', inherits: 'member' as const, permissions: ['run:delete'] };
    const role = await createCustomRole(directory, work, operatorOf(organizationId), input);
    const ids = { connectionId: connection.id, tokenId: token.id, userId: user.id, groupId: group.id };
    const leaver = await createUser(directory, work, connection, { userName: 'gone@fixture.example' });
    await deleteUser(directory, work, connection, leaver.user);
    // The default rule gave the group a team of its own name.
    const asked = [{ person: 'grace@fixture.example', role: 'member' }];
    const team = { team: group.teamId ?? '' };
    const [answer] = await askIntoTeam(directory, work, operatorOf(organizationId), team, asked);
    const inviteId = answer?.outcome === 'invited' ? answer.invite.id : '';
    const self = { ...operatorOf(organizationId), kind: 'user', id: user.id } as const;
    const newKey = { name: 'fixture', scopes: ['read' as const], expiresAt: null };
    const { key } = await createPersonalKey(directory, work, self, user.id, newKey);
    const webhook = {
      kind: 'webhook',
      name: 'Fixture',
      settings: { url: 'https://hooks.example.com' },
      secrets: {},
    } as const;
    const { target } = await createTarget(targets, work, operatorOf(organizationId), webhook);
    const targetId = target.id;
    const account = await createServiceAccount(directory, work, operatorOf(organizationId), {
      name: 'f',
      teamId: null,
    });
    const limits = { lengthMs: 3_600_000, idleMs: 3_600_000 };
    const { session } = await openSession(directory, work, limits, user, SIGNED_IN);
    const more = { targetId, serviceAccountId: account.id, sessionId: session.id };
    return { ...ids, ...more, teamId: team.team, roleId: role.id, inviteId, keyId: key.id, person: leaver.user.id };
  });
  const exchange = exchangeOf(directory.newId(), organizationId, made.connectionId);
  await directory.store.write((db) => directory.store.exchanges.insert(db, [exchange]));
  const [removal] = await directory.store.removals.ofUsers(directory.store.reader, organizationId, [made.person]);
  const removalId = removal?.id ?? '';
  return { ...made, removalId, exchangeId: exchange.id, subjectId: made.connectionId, code: 'not-found' };
}

function exchangeOf(id: string, organizationId: string, connectionId: string): Exchange {
  return {
    ...{ id, organizationId, connectionId, tokenId: null, at: Date.now(), durationUs: 900 },
    ...{ method: 'GET', path: '/Users', operation: 'users.list', status: 400, outcome: 'refused' },
    ...{ errorCode: 'invalid_filter', errorDetail: 'filter: not valid', subject: null, summary: 'asked for users' },
    ...{ repairs: [{ code: 'string-boolean', at: 'active', detail: 'read as a boolean' }] },
    ...{ requestBody: null, responseBody: '{}', changeCount: 0, userAgent: null, remoteAddress: '127.0.0.1' },
  };
}

/** `/connections/{connectionId}` with what `values` holds; a new id where it holds nothing. */
export function fillPath(path: string, values: Fixtures, otherwise: () => string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => values[name] ?? otherwise());
}

export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}
