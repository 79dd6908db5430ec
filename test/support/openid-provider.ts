/** A real, certified OpenID provider (oidc-provider), with two people in it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type ClientMetadata, type Configuration, Provider } from 'oidc-provider';
import { createVisitor, readForm, type Visitor } from './cookie-jar.ts';

type People = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const PEOPLE: People = {
  'u-ann': {
    sub: 'u-ann',
    email: 'ann@example.test',
    email_verified: true,
    preferred_username: 'ann',
    name: 'Ann Archer',
    groups: ['eng', 'admins'],
  },
  'u-bob': { sub: 'u-bob', email: 'bob@example.test', email_verified: false, preferred_username: 'bob', name: 'Bob' },
};

export interface OpenIdProvider {
  readonly issuer: string;
  /** Signs in there as a person and gives the address that the browser is sent back to, which is not asked. */
  signIn(authorizationUrl: string, person: string, visitor?: Visitor): Promise<URL>;
  stop(): Promise<void>;
}

export interface OpenIdProviderOptions {
  readonly redirectUri: string;
  readonly clientId?: string;
  readonly client?: Partial<ClientMetadata>;
  readonly configuration?: Partial<Configuration>;
  /** Claims by subject, in place of the two; what is changed later holds for the next sign-in. */
  readonly people?: People;
}

export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, await configure(options));
  // Its own complaints about http and in-memory storage are about this test.
  provider.on('server_error', () => undefined);
  server.on('request', provider.callback());
  return {
    issuer,
    signIn: (url, person, visitor = createVisitor()) => signIn(url, person, options.redirectUri, visitor),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function configure({
  redirectUri,
  clientId,
  client,
  configuration,
  people = PEOPLE,
}: OpenIdProviderOptions): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'k1' }] },
    clients: [
      {
        client_id: clientId ?? 'bridge',
        client_secret: 's3cr3t-s3cr3t-s3cr3t',
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [new URL('/bye', redirectUri).href],
        ...client,
      },
    ],
    cookies: { keys: ['a-key-of-this-test'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
      groups: ['groups'],
    },
    findAccount: (_context, id) => {
      const person = people[id];
      return person && { accountId: id, claims: async () => ({ ...person, sub: id }) };
    },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    pkce: { required: () => true },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    ...configuration,
  };
}

async function signIn(url: string, person: string, redirectUri: string, visitor: Visitor): Promise<URL> {
  const isBack = (address: string) => address.startsWith(redirectUri);
  let page = await visitor.follow(url, undefined, isBack);
  for (let step = 0; step < 4 && !isBack(page.url); step += 1) {
    const { action, fields } = readForm(page);
    if (fields.get('prompt') === 'login') {
      fields.set('login', person);
      fields.set('password', 'any');
    }
    page = await visitor.follow(action, fields, isBack);
  }
  if (!isBack(page.url)) throw new Error(`the provider did not send the browser back: ${page.text.slice(0, 300)}`);
  return new URL(page.url);
}
