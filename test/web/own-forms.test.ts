/** Cross-site request forgery: every route that changes something, found in the source, refuses what no page of ours sent. */
import { describe, expect, it } from 'vitest';
import { visitConsole } from '../support/console-visitor.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { postRoutes } from '../support/post-routes.ts';

/** Not by a person's browser session: a signed answer, a signed token. */
const SIGNED = ['/auth/saml/acs', '/auth/oidc/backchannel-logout'];

const ROUTES = postRoutes().filter((path) => !SIGNED.includes(path));

describe('routes that change something', () => {
  it('are found', () => expect(ROUTES.length).toBeGreaterThan(50));
});

describeBridge('a form that no page of ours sent', (bridge) => {
  it('is refused at every route, by token and by where it comes from', async () => {
    const visitor = await visitConsole(bridge());
    const open: string[] = [];
    for (const route of ROUTES) {
      const path = route.replaceAll(/:\w+/g, '01900000-0000-7000-8000-000000000000');
      const isFile = path.endsWith('/avatar/change');
      const kinds: Record<string, string>[] = [{}, { 'x-csrf-token': 'wrong' }, { 'hx-request': 'true' }];
      for (const headers of kinds) {
        const body = isFile ? new FormData() : new URLSearchParams({ form_token: 'wrong', sure: 'yes' });
        const status = await visitor.status(path, { method: 'POST', body, headers });
        if (status !== 403 && !(path === '/auth/ldap' && status === 404)) open.push(`${path} ${status}`);
      }
      const fromElsewhere = await visitor.submitFrom('cross-site', path);
      if (fromElsewhere !== 403 && !isFile && !(path === '/auth/ldap' && fromElsewhere === 404))
        open.push(`${path} ${fromElsewhere} from elsewhere`);
    }
    expect(open).toEqual([]);
  }, 60_000);
});
