/** An invite from the mail to the person's own page, in HTTP as a browser sends it. */
import { afterEach, describe, expect, it } from 'vitest';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { createUser } from '../../src/directory/people/users.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';

const SSO = { LDAP_URL: 'ldap://127.0.0.1:1', LDAP_BASE_DN: 'dc=x' };

let bridge: TestBridge | undefined;
afterEach(async () => {
  await bridge?.stop();
  bridge = undefined;
});

async function open(engine: 'sqlite' | 'postgres', env: Record<string, string> = {}) {
  bridge = await startBridge({ engine, env });
  const { directory } = bridge.core;
  const organization = await directory.store.organizations.find(directory.store.reader, 'default');
  const operator = operatorOf(organization?.id ?? '');
  const context = { organizationId: operator.organizationId, actor: actorOf(operator), exchangeId: null };
  const [answer] = await runWork(directory, context, (work) =>
    invitePeople(directory, work, operator, { addresses: 'ada@invite.example', role: 'viewer', teams: [] }),
  );
  const path = answer?.outcome === 'invited' ? answer.link?.path : undefined;
  return { bridge, directory, context, url: `${bridge.url}${path}` };
}

/** Looks at the page and sends its form. */
async function follow(url: string): Promise<Response> {
  const page = await fetch(url);
  const html = await page.text();
  const fieldOf = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
  const form = new URLSearchParams(['form_token', 'key'].map((name) => [name, fieldOf(name)]));
  form.set('name', 'Ada Byron');
  const cookie = page.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const { origin } = new URL(url);
  return fetch(`${origin}/auth/invite`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
}

const sessionIn = (answer: Response) => answer.headers.getSetCookie().some((one) => /session=[^;]/.test(one));

describe.each(['sqlite', 'postgres'] as const)('an invite (%s)', (engine) => {
  it('signs in whoever accepts it, once', async () => {
    const { url, directory } = await open(engine);
    const answer = await follow(url);
    expect([answer.status, answer.headers.get('location'), sessionIn(answer)]).toEqual([303, '/', true]);
    const [ada] = await directory.store.users.findInOrganization(
      directory.store.reader,
      (await directory.store.organizations.find(directory.store.reader, 'default'))?.id ?? '',
      'ada@invite.example',
    );
    expect(ada).toMatchObject({ displayName: 'Ada Byron', role: 'viewer', active: true });
    const again = await fetch(url);
    expect(again.status).toBe(410);
    expect(await again.text()).toContain('This invite was accepted already.');
  });

  it('is not used up by looking at it', async () => {
    const { url } = await open(engine);
    for (let times = 0; times < 3; times += 1) expect((await fetch(url)).status).toBe(200);
    expect((await follow(url)).status).toBe(303);
  });

  it('sends whoever was provisioned meanwhile to their identity provider instead of past it', async () => {
    const { bridge: running, directory, context, url } = await open(engine, SSO);
    const { id } = await running.createConnection({ dialect: 'okta' });
    const okta = await directory.store.connections.find(directory.store.reader, context.organizationId, id);
    const emails = [{ value: 'other@invite.example', primary: true }, { value: 'ada@invite.example' }];
    if (okta !== undefined)
      await runWork(directory, context, (work) => createUser(directory, work, okta, { userName: 'ada', emails }));
    const answer = await follow(url);
    expect([answer.status, answer.headers.get('location'), sessionIn(answer)]).toEqual([303, '/auth/login', false]);
    const [ada] = await directory.store.users.findInOrganization(directory.store.reader, context.organizationId, 'ada');
    expect(ada?.role).toBe('viewer');
    // On record, and no session lies about that nobody holds.
    const { store } = running.core;
    expect(await store.sessions.ofUser(store.reader, ada?.id ?? '', { at: 0, seenAfter: 0 })).toEqual([]);
    const [logged] = await store.syncLog.listExchanges({ organizationId: context.organizationId, limit: 1 });
    expect(logged).toMatchObject({ operation: 'signin.invite', outcome: 'changed', subject: { id: ada?.id } });
  });

  it('signs in a guest who is made by it, beside single sign-on', async () => {
    const { url } = await open(engine, SSO);
    const answer = await follow(url);
    expect([answer.headers.get('location'), sessionIn(answer)]).toEqual(['/', true]);
  });
});
