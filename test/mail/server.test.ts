/** The post of a running server: what use-cases put into the outbox is sent by it, with links to its own address. */
import { expect, it } from 'vitest';
import { openInvite } from '../../src/directory/invites/invite-acceptance.ts';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { startBridge } from '../support/bridge.ts';
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
