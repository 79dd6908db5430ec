/** A browser that becomes somebody else: nothing of the person before lives on. */
import { expect, it } from 'vitest';
import { createSetupLink } from '../../src/directory/entry/setup-links.ts';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { createVisitor } from '../support/cookie-jar.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { submit } from '../support/sign-in-bridge.ts';

describeBridge('a browser that signs in as somebody else', (bridge) => {
  it('by a setup link or an invite ends the session that it had', async () => {
    const { url, core } = bridge();
    const { directory } = core;
    const organizationId = (await core.store.organizations.find(core.store.reader, 'default'))?.id ?? '';
    const operator = operatorOf(organizationId);
    const context = { organizationId, actor: actorOf(operator), exchangeId: null };
    const visitor = createVisitor();
    const cookie = () => visitor.jar.getCookieString(url);
    const status = async (value: string) => (await fetch(`${url}/auth/verify`, { headers: { cookie: value } })).status;

    const byLink = async (email: string): Promise<string> => {
      const { secret } = await runWork(directory, context, (work) => createSetupLink(directory, work));
      const form = await visitor.request(`${url}/auth/setup?key=${secret}`);
      await submit(visitor, form, '/auth/setup', { name: 'Somebody', email });
      return cookie();
    };
    const byInvite = async (addresses: string): Promise<string> => {
      const input = { addresses, role: 'member', teams: [] } as const;
      const [made] = await runWork(directory, context, (work) => invitePeople(directory, work, operator, input));
      const path = made?.outcome === 'invited' ? made.link?.path : undefined;
      await submit(visitor, await visitor.request(`${url}${path}`), '/auth/invite', { name: 'Somebody' });
      return cookie();
    };

    const first = await byLink('one@change.example');
    expect(await status(first)).toBe(200);
    const second = await byLink('two@change.example');
    expect([await status(first), await status(second)]).toEqual([401, 200]);
    const third = await byInvite('three@change.example');
    expect([await status(second), await status(third)]).toEqual([401, 200]);
  });
});
