/** The console as somebody sees it who is an admin of a team, and of nothing else. */
import { expect, it } from 'vitest';
import { openSession } from '../../src/directory/entry/sessions.ts';
import { createPerson } from '../../src/directory/people/new-person.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { giveRoles } from '../../src/directory/roles/grants.ts';
import { ensureTeam } from '../../src/directory/rules/rule-teams.ts';
import { changeTeamSettings } from '../../src/directory/teams/team-settings.ts';
import { runWork } from '../../src/directory/work.ts';
import type { TestBridge } from '../support/bridge.ts';
import { describeBridge } from '../support/on-each-engine.ts';

const LIMITS = { lengthMs: 3_600_000, idleMs: 3_600_000 };
const SIGNED_IN = {
  ...{ connector: 'oidc', issuer: 'https://idp.example', providerSession: null, providerSubject: null },
  ...{ userAgent: null, remoteAddress: null },
};

/** The admin of `vision`; `secret` is hidden and somebody else's. */
async function visit(bridge: TestBridge) {
  const { directory } = bridge.core;
  const { id: organizationId } = await bridge.createOrganization(`team admin ${Math.random()}`);
  const operator = operatorOf(organizationId);
  const context = { organizationId, actor: actorOf(operator), exchangeId: null };
  const { token, vision } = await runWork(directory, context, async (work) => {
    const boss = await createPerson(directory, work, { userName: 'boss', displayName: null, email: null });
    const team = await ensureTeam(directory, work, 'vision');
    const byHand = { origin: 'admin', ruleId: null, connectionId: null, groupId: null } as const;
    const grant = { scope: 'team', teamId: team.id, teamName: team.name, role: 'admin', ...byHand } as const;
    await giveRoles(directory, work, [boss], [grant]);
    await ensureTeam(directory, work, 'secret');
    await changeTeamSettings(directory, work, operator, { team: 'secret' }, { privacy: { hideTeam: true } });
    const session = await openSession(directory, work, LIMITS, boss, SIGNED_IN);
    return { token: session.token, vision: team.id };
  });
  const headers = { cookie: `drawbridge_session=${token}`, accept: 'text/html' };
  const get = async (path: string) => {
    const answer = await fetch(new URL(path, bridge.url), { headers });
    return { status: answer.status, html: await answer.text() };
  };
  return { get, vision };
}

describeBridge('the console of an admin of a team', (bridge) => {
  it('names no other team where service accounts of theirs are made', async () => {
    const { get, vision } = await visit(bridge());
    const page = await get(`/admin/service-accounts?team=${vision}`);
    expect(page.status).toBe(200);
    expect(page.html).toContain('Team vision');
    expect(page.html).not.toContain('secret');
  });

  it.each([
    '',
    '/sync',
    '/sync/export.csv',
    '/people/invite',
    '/service-accounts',
    '/removed',
    '/targets',
    '/connections',
    '/settings',
    '/roles/new',
    '/teams/new',
  ])('refuses /admin%s', async (path) => {
    const { get } = await visit(bridge());
    expect((await get(`/admin${path}`)).status).toBe(403);
  });
});
