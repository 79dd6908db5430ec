/** The post of a running server: what use-cases put into the outbox is sent by it, with links to its own address. */
import { expect, it } from 'vitest';
import { findOrganization } from '../../src/directory/connections/organizations.ts';
import { openInvite } from '../../src/directory/invites/invite-acceptance.ts';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { changeOrganizationRole } from '../../src/directory/people/organization-role.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { startBridge } from '../support/bridge.ts';
import { scimClient } from '../support/scim-client.ts';
import { startSmtp } from '../support/smtp.ts';

it('mails an invite whose link is of this server, and stops in time while mails wait', async () => {
  const smtp = await startSmtp();
  const env = { SMTP_URL: smtp.url, MAIL_FROM: 'no-reply@drawbridge.example' };
  const bridge = await startBridge({ engine: 'sqlite', env });
  try {
    const { directory } = bridge.core;
    const organization = await bridge.createOrganization('mailed');
    const operator = operatorOf(organization.id);
    const invite = (addresses: string) =>
      runWork(directory, { organizationId: organization.id, actor: actorOf(operator), exchangeId: null }, (work) =>
        invitePeople(directory, work, operator, { addresses, role: 'member', teams: [] }),
      );
    await invite('ada@mailed.example');
    while (smtp.mails.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const link = new URL(/https?:\S+/.exec(smtp.mails[0]?.text ?? '')?.[0] ?? '');
    expect(`${link.origin}${link.pathname}`).toBe(`${bridge.url}/auth/invite`);
    const opened = await openInvite(directory, link.searchParams.get('key') ?? '');
    expect([opened.organization, opened.invite.email]).toEqual(['mailed', 'ada@mailed.example']);
    await smtp.close();
    await invite('bob@mailed.example');
  } finally {
    const startedAt = performance.now();
    await bridge.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  }
});

it('mails admins at a start that leaves fewer seats than people, once', async () => {
  const smtp = await startSmtp();
  const bridge = await startBridge({ engine: 'sqlite' });
  const { database } = bridge.core.config;
  const databaseUrl = database.engine === 'sqlite' ? `sqlite:${database.path}` : database.url;
  const env = { SMTP_URL: smtp.url, MAIL_FROM: 'no-reply@drawbridge.example', SEATS: '1' };
  try {
    const scim = scimClient(await bridge.createConnection({ dialect: 'generic' }));
    const { directory } = bridge.core;
    const operator = operatorOf((await findOrganization(directory, 'default')).id);
    const context = { organizationId: operator.organizationId, actor: actorOf(operator), exchangeId: null };
    const root = await scim.user('root', { emails: [{ value: 'root@lowered.example', primary: true }] });
    await runWork(directory, context, (work) => changeOrganizationRole(directory, work, operator, root, 'admin'));
    for (const name of ['a', 'b']) await scim.user(`${name}@lowered.example`);
    for (let starts = 0; starts < 2; starts += 1) {
      const restarted = await startBridge({ engine: 'sqlite', databaseUrl, env });
      await expect.poll(() => smtp.mails.length).toBe(1);
      const { store } = restarted.core;
      await expect.poll(() => store.jobs.isDue(store.reader, 'mail', Date.now())).toBe(false);
      await restarted.stop();
    }
    expect(smtp.mails).toHaveLength(1);
    expect(smtp.mails[0]?.subject).toBe('All seats are taken');
    expect(smtp.mails[0]?.text).toContain('There are 1 seats now, and 3 people are active; they keep their access.');
  } finally {
    await bridge.stop();
    await smtp.close();
  }
});
