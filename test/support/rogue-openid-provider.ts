/** An OpenID provider that says whatever a test tells it to: for forgeries that no honest provider would make. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface TokenParts {
  readonly claims: JWTPayload;
  readonly header: { readonly alg: string; readonly kid?: string; readonly typ?: string };
  readonly key: CryptoKey | Uint8Array;
}

export interface RogueProvider {
  readonly issuer: string;
  /** PEM of the key that it publishes. */
  readonly publicKey: string;
  /** Signs with the published key unless told otherwise; good claims for `client` unless told otherwise. */
  sign(change?: Partial<TokenParts> & { readonly without?: readonly string[] }): Promise<string>;
  /** What the token endpoint answers from now on; a status other than 200 too. */
  answer(body: Record<string, unknown>, status?: number): void;
  /** What UserInfo answers from now on. */
  tell(claims: Record<string, unknown>): void;
  /** Changes the discovery document. */
  describe(change: Record<string, unknown>): void;
  /** Makes a new key and publishes it in place of the old one. */
  changeKey(): Promise<void>;
  /** Bodies that came to the token endpoint, oldest first, with the Authorization header as `authorization`. */
  readonly asked: URLSearchParams[];
  stop(): Promise<void>;
}

export async function startRogueProvider(clientId = 'bridge'): Promise<RogueProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let pair = await generateKeyPair('RS256', { extractable: true });
  let kid = 'k1';
  const asked: URLSearchParams[] = [];
  let token: { body: Record<string, unknown>; status: number } = { body: { error: 'invalid_grant' }, status: 400 };
  let userInfo: Record<string, unknown> = {};
  let discovery: Record<string, unknown> = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/logout`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    // Everything, so that it is not the list that refuses.
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  };

  async function respond(request: IncomingMessage): Promise<{ body: unknown; status: number }> {
    const { pathname } = new URL(request.url ?? '/', issuer);
    if (pathname === '/.well-known/openid-configuration') return { body: discovery, status: 200 };
    if (pathname === '/keys') {
      const key = { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'RS256' };
      return { body: { keys: [key] }, status: 200 };
    }
    if (pathname === '/userinfo') return { body: userInfo, status: 200 };
    if (pathname !== '/token') return { body: {}, status: 404 };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    form.set('authorization', request.headers.authorization ?? '');
    asked.push(form);
    return token;
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void respond(request).then(({ body, status }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });

  return {
    issuer,
    publicKey: await exportSPKI(pair.publicKey),
    asked,
    async sign({ claims, header, key, without = [] } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const whole: JWTPayload = {
        iss: issuer,
        aud: clientId,
        sub: 'u-ann',
        iat: now,
        exp: now + 300,
        email: 'ann@example.test',
        email_verified: true,
        preferred_username: 'ann',
        ...claims,
      };
      for (const name of without) delete whole[name];
      return new SignJWT(whole).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(key ?? pair.privateKey);
    },
    answer(body, status = 200) {
      token = { body, status };
    },
    tell(claims) {
      userInfo = claims;
    },
    describe(change) {
      discovery = { ...discovery, ...change };
    },
    async changeKey() {
      pair = await generateKeyPair('RS256', { extractable: true });
      kid = 'k2';
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
