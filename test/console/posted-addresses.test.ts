/**
 * After a form was answered its address stands in the browser: whoever opens it by itself, or reloads it, gets a page.
 * Every address of a form of the pages for people, found in the sources.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import type { ConsoleVisitor, VisitedPage } from '../support/console-visitor.ts';
import { addressOn, makePlaceToLose } from '../support/place-to-lose.ts';
import { postRoutes } from '../support/post-routes.ts';
import { type SamlServer, startSamlServer } from '../support/samlp-server.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

/** Without its key a link that works once has nothing to show: a page says so. */
const LINKS: Readonly<Record<string, RegExp>> = {
  '/auth/email/enter': /This link does not work any more.*Get a new one/,
  '/auth/invite': /This invite/,
  '/auth/setup': /This link does not work any more/,
};
/** Called by an identity provider's server, which has no address bar. */
const NO_BROWSER = ['/auth/oidc/backchannel-logout'];

const ROUTES = [...new Set(postRoutes())].filter((route) => !NO_BROWSER.includes(route));
const SOMETHING = '01900000-0000-7000-8000-000000000000';

const isWhole = ({ status, html }: VisitedPage): boolean => status === 200 && html.includes('<main id="main"');

describe('the address of a form', () => {
  let receiver: WebhookReceiver;
  let saml: SamlServer;
  let bridge: TestBridge;
  let visitor: ConsoleVisitor;
  /** By the part of a route that names one thing. */
  let things: Readonly<Record<string, string>>;
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-posted-'));
  beforeAll(async () => {
    receiver = await startReceiver();
    saml = await startSamlServer({ entityId: 'urn:bridge', consumer: 'http://127.0.0.1:9/auth/saml/acs' });
    const metadata = join(folder, 'idp.xml');
    writeFileSync(metadata, await (await fetch(saml.metadataUrl)).text());
    const signIn = { LDAP_URL: 'ldap://127.0.0.1:9', LDAP_BASE_DN: 'dc=example', SAML_IDP_METADATA: metadata };
    bridge = await startBridge({ engine: 'sqlite', env: { TARGET_NETWORKS: '127.0.0.0/8', ...signIn } });
    const place = await makePlaceToLose(bridge, receiver.url);
    visitor = place.visitor;
    await visitor.submit('/admin/people/invite', { addresses: 'new@posted.example', role: 'member' });
    const invited = await visitor.get('/admin/people?status=invited');
    things = {
      '/admin/people/invites/:id': addressOn(invited, /\/admin\/people\/invites\/[0-9a-f-]{36}/),
      '/admin/people/:id': `/admin/people/${(await place.person()).id}`,
      '/admin/teams/:id': (await place.team()).address,
      '/admin/roles/:id': await place.role(),
      '/admin/service-accounts/:id': await place.account(),
      '/admin/removed/:id': await place.removal(),
      '/admin/targets/:id': await place.target(),
      '/admin/connections/:id': place.connection,
    };
  }, 60_000);
  afterAll(async () => {
    await bridge?.stop();
    await saml?.stop();
    await receiver?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function addressOf(route: string): string {
    const [pattern, thing] = Object.entries(things).find(([known]) => route.startsWith(known)) ?? ['', ''];
    return `${thing}${route.slice(pattern.length)}`.replaceAll(/:\w+/g, SOMETHING);
  }

  it.each(ROUTES)('leads to a page when it is opened: %s', async (route) => {
    const page = await visitor.get(addressOf(route));
    const link = LINKS[route];
    if (link === undefined) expect(isWhole(page), page.text).toBe(true);
    else expect(page.text).toMatch(link);
  });

  it('leads to the page that it belongs to, at its place in a list, and lets nobody else see it', async () => {
    const team = addressOf('/admin/teams/:id');
    const opened = await visitor.get(`${team}/members/${SOMETHING}/role?after=${SOMETHING}`);
    expect(opened.address).toBe(`${team}?after=${SOMETHING}`);
    expect((await visitor.get(`${addressOf('/admin/connections/:id')}/rules/run/retry`)).address).toMatch(/\/rules$/);
    expect((await visitor.get(`/admin/people/${SOMETHING}/role`)).status).toBe(404);
    expect((await visitor.get(`${addressOf('/admin/people/:id')}/nothing-like-this`)).status).toBe(404);
    const stranger = await fetch(new URL(`${team}/archive`, bridge.url), { redirect: 'manual' });
    expect(stranger.headers.get('location')).toMatch(/^\/auth\/login/);
  });
});
