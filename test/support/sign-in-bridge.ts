/** The whole bridge with a real OpenID provider before it, and visitors with cookie jars of their own. */
import type { Exchange } from '../../src/synclog/exchange.ts';
import { startBridge, type TestBridge } from './bridge.ts';
import { createVisitor, type Page, readForm, type Visitor } from './cookie-jar.ts';
import { freePort } from './free-port.ts';
import { type OpenIdProvider, startOpenIdProvider } from './openid-provider.ts';

/** Claims of one person; the provider's subject is the key. */
export type Claims = Record<string, unknown>;

export interface SignInBridge {
  readonly bridge: TestBridge;
  readonly url: string;
  readonly provider: OpenIdProvider;
  /** What the provider says about people, by subject; may be changed between sign-ins. */
  readonly people: Record<string, Claims>;
  readonly organizationId: string;
  /** Adds somebody to the provider, with a verified address. */
  add(subject: string, claims?: Claims): void;
  /** From the sign-in page to the page that comes of it. */
  signIn(subject: string, visitor?: Visitor, returnTo?: string): Promise<Page>;
  /** Up to coming back from the provider: the address of the callback, not asked yet. */
  untilCallback(subject: string, visitor: Visitor): Promise<URL>;
  /** Newest first. */
  signIns(): Promise<readonly Exchange[]>;
  stop(): Promise<void>;
}

export async function startSignInBridge(options: {
  readonly engine: 'sqlite' | 'postgres';
  readonly env?: Record<string, string>;
}): Promise<SignInBridge> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const people: Record<string, Claims> = {};
  const claims = {
    ...{ openid: ['sub', 'oid'], email: ['email', 'email_verified'] },
    ...{ profile: ['name', 'preferred_username'], groups: ['groups'] },
  };
  const redirectUri = `${url}/auth/oidc/callback`;
  const provider = await startOpenIdProvider({
    ...{ redirectUri, people },
    client: {
      backchannel_logout_uri: `${url}/auth/oidc/backchannel-logout`,
      backchannel_logout_session_required: true,
      post_logout_redirect_uris: [`${url}/auth/login`],
    },
    configuration: {
      claims,
      // Its own way refuses to call this machine, where the bridge is.
      fetch(address, options) {
        const { dispatcher: _refusing, ...rest } = (options ?? {}) as Record<string, unknown>;
        return fetch(address, rest);
      },
      features: {
        ...{ devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
        backchannelLogout: { enabled: true },
      },
    },
  });
  const bridge = await startBridge({
    engine: options.engine,
    env: {
      PORT: String(port),
      ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: 'bridge', OIDC_CLIENT_SECRET: 's3cr3t-s3cr3t-s3cr3t' },
      ...{ OIDC_SCOPES: 'openid email profile groups', OIDC_CLAIM_GROUPS: 'groups', OIDC_LABEL: 'Example ID' },
      ...options.env,
    },
  });
  const { store } = bridge.core;
  const organizationId = (await store.organizations.find(store.reader, 'default'))?.id ?? '';

  async function untilCallback(subject: string, visitor: Visitor, returnTo = '/'): Promise<URL> {
    const begun = await visitor.request(`${url}/auth/oidc/login?return=${encodeURIComponent(returnTo)}`);
    return provider.signIn(begun.headers.get('location') ?? '', subject, visitor);
  }

  return {
    ...{ bridge, url, provider, people, organizationId },
    add(subject, claims = {}) {
      const email = `${subject}@example.test`;
      people[subject] = {
        sub: subject,
        email,
        email_verified: true,
        preferred_username: email,
        name: subject,
        ...claims,
      };
    },
    async signIn(subject, visitor = createVisitor(), returnTo = '/') {
      const callback = await untilCallback(subject, visitor, returnTo);
      return visitor.follow(callback.href);
    },
    untilCallback,
    async signIns() {
      const all = await store.syncLog.listExchanges({ organizationId, limit: 200 });
      const ids = all.filter(({ operation }) => operation.startsWith('signin.')).map(({ id }) => id);
      const found = await Promise.all(ids.map((id) => store.syncLog.findExchange(organizationId, id)));
      return found.filter((one) => one !== undefined);
    },
    async stop() {
      await bridge.stop();
      await provider.stop();
    },
  };
}

/** Submits the form whose address ends so, with some fields of one's own. */
export async function submit(
  visitor: Visitor,
  page: Page,
  action: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const form = page.text.match(new RegExp(`<form[^>]*action="${action}"[\\s\\S]*?</form>`))?.[0];
  if (form === undefined) throw new Error(`no form to ${action} at ${page.url}: ${page.text.slice(0, 500)}`);
  const read = readForm({ ...page, text: form });
  for (const [name, value] of Object.entries(fields)) read.fields.set(name, value);
  return visitor.follow(read.action, read.fields);
}

/** Sends a form, is asked whether that is meant, and says yes. */
export async function confirm(visitor: Visitor, page: Page, action: string): Promise<Page> {
  return submit(visitor, await submit(visitor, page, action), action);
}
