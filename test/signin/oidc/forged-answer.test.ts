/** What a provider, or somebody who pretends to be it, could answer: every forgery is refused by name. */
import { createHmac } from 'node:crypto';
import { generateKeyPair, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome, RedirectConnector } from '../../../src/signin/connector.ts';
import { createOidcConnector } from '../../../src/signin/oidc/oidc.ts';
import type { RefusalCode } from '../../../src/signin/refusals.ts';
import { type RogueProvider, startRogueProvider } from '../../support/rogue-openid-provider.ts';
import { memoryParts, oidcSettings } from './settings.ts';

const STATE = 'a-state-of-this-browser';
let rogue: RogueProvider;

beforeAll(async () => {
  rogue = await startRogueProvider();
});
afterAll(() => rogue.stop());

interface Round {
  readonly nonce: string;
  readonly connector: RedirectConnector;
  readonly kept: Readonly<Record<string, string>>;
}

async function start(): Promise<Round> {
  const connector = createOidcConnector(oidcSettings(rogue.issuer), memoryParts());
  const started = await connector.start(STATE);
  if (started.kind !== 'redirect') throw new Error(JSON.stringify(started.refusal));
  const nonce = new URL(started.url).searchParams.get('nonce') ?? '';
  return { nonce, connector, kept: started.kept };
}

function finish({ connector, kept }: Round, query: Record<string, string> = {}): Promise<Outcome> {
  const parameters = new URLSearchParams({ code: 'a-code', state: STATE, ...query });
  return connector.finish({ kind: 'query', parameters }, { state: STATE, kept });
}

/** Signs somebody in with this ID token. */
async function signInWith(forge: (nonce: string) => Promise<string> | string): Promise<Outcome> {
  const round = await start();
  rogue.answer({ access_token: 'a', token_type: 'Bearer', id_token: await forge(round.nonce) });
  return finish(round);
}

const seconds = () => Math.floor(Date.now() / 1000);
const withClaims = (change: (nonce: string) => JWTPayload) => (nonce: string) =>
  rogue.sign({ claims: { nonce, ...change(nonce) } });

function unsignedToken(nonce: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: rogue.issuer, aud: 'bridge', sub: 'u', iat: seconds(), exp: seconds() + 60, nonce };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

/** The published key, taken for a shared secret. */
async function tokenByPublicKey(nonce: string): Promise<string> {
  const [, payload] = (await rogue.sign({ claims: { nonce } })).split('.');
  const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'k1' })).toString('base64url');
  const signature = createHmac('sha256', rogue.publicKey).update(`${head}.${payload}`).digest('base64url');
  return `${head}.${payload}.${signature}`;
}

async function changedToken(nonce: string): Promise<string> {
  const [head, payload = '', signature] = (await rogue.sign({ claims: { nonce } })).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'u-bob' })).toString('base64url');
  return `${head}.${changed}.${signature}`;
}

const FORGED: readonly { name: string; forge: (nonce: string) => Promise<string> | string; code: RefusalCode }[] = [
  { name: 'wrong issuer', forge: withClaims(() => ({ iss: 'https://evil.test' })), code: 'oidc_issuer_wrong' },
  { name: 'wrong audience', forge: withClaims(() => ({ aud: 'other' })), code: 'oidc_audience_wrong' },
  {
    name: 'another party among audiences',
    forge: withClaims(() => ({ aud: ['bridge', 'x'] })),
    code: 'oidc_audience_wrong',
  },
  {
    name: 'another authorized party',
    forge: withClaims(() => ({ azp: 'x', aud: ['bridge', 'x'] })),
    code: 'oidc_audience_wrong',
  },
  { name: 'wrong nonce', forge: withClaims(() => ({ nonce: 'of another sign-in' })), code: 'oidc_nonce_wrong' },
  { name: 'no nonce', forge: () => rogue.sign({ without: ['nonce'] }), code: 'oidc_nonce_wrong' },
  { name: 'expired', forge: withClaims(() => ({ exp: seconds() - 60 })), code: 'oidc_token_expired' },
  { name: 'issued in the future', forge: withClaims(() => ({ iat: seconds() + 60 })), code: 'oidc_token_from_future' },
  { name: 'valid in the future', forge: withClaims(() => ({ nbf: seconds() + 60 })), code: 'oidc_token_from_future' },
  {
    name: 'no expiry',
    forge: (nonce) => rogue.sign({ claims: { nonce }, without: ['exp'] }),
    code: 'oidc_answer_invalid',
  },
  {
    name: 'no subject',
    forge: (nonce) => rogue.sign({ claims: { nonce }, without: ['sub'] }),
    code: 'oidc_answer_invalid',
  },
  { name: 'alg none', forge: unsignedToken, code: 'oidc_algorithm_wrong' },
  { name: 'HS256 with the public key', forge: tokenByPublicKey, code: 'oidc_algorithm_wrong' },
  { name: 'changed after signing', forge: changedToken, code: 'oidc_signature_wrong' },
  { name: 'not a token', forge: () => 'a.b', code: 'oidc_answer_invalid' },
];

describe('an ID token is refused', () => {
  it.each(FORGED)('$name', async ({ forge, code }) => {
    expect(await signInWith(forge)).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  it('unknown key, under a known id', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const outcome = await signInWith((nonce) => rogue.sign({ claims: { nonce }, key: privateKey }));
    expect(outcome).toMatchObject({ refusal: { code: 'oidc_signature_wrong' } });
  });

  it('unknown key, under an id of its own', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const forge = (nonce: string) =>
      rogue.sign({ claims: { nonce }, key: privateKey, header: { alg: 'RS256', kid: 'x' } });
    expect(await signInWith(forge)).toMatchObject({ refusal: { code: 'oidc_signature_wrong' } });
  });

  it('and the same token without a fault signs in', async () => {
    expect(await signInWith((nonce) => rogue.sign({ claims: { nonce } }))).toMatchObject({
      kind: 'identity',
      identity: {
        connector: 'oidc',
        issuer: rogue.issuer,
        subject: 'u-ann',
        email: 'ann@example.test',
        emailVerified: true,
      },
    });
  });

  it.each([
    { name: 'expired', claims: () => ({ exp: seconds() - 2 }) },
    { name: 'issued', claims: () => ({ iat: seconds() + 2 }) },
  ])('and one that is $name within the tolerance of the clocks signs in', async ({ claims }) => {
    expect(await signInWith(withClaims(claims))).toMatchObject({ kind: 'identity' });
  });

  it('without repeating anything secret in the detail', async () => {
    const outcome = await signInWith(withClaims(() => ({ aud: 'other' })));
    expect(JSON.stringify(outcome)).not.toMatch(/eyJ|s3cr3t/);
  });
});

describe('an answer is refused', () => {
  it('wrong state', async () => {
    expect(await finish(await start(), { state: 'x' })).toMatchObject({ refusal: { code: 'oidc_state_wrong' } });
  });

  it('mixed-up issuer (RFC 9207)', async () => {
    const outcome = await finish(await start(), { iss: 'https://evil.test' });
    expect(outcome).toMatchObject({ refusal: { code: 'oidc_issuer_wrong' } });
  });

  it('the code goes to nobody when the issuer is mixed up', async () => {
    const before = rogue.asked.length;
    await finish(await start(), { iss: 'https://evil.test', code: 'for-somebody-else' });
    expect(rogue.asked.length).toBe(before);
  });

  it('PKCE missing from the attempt', async () => {
    const { connector } = await start();
    const outcome = await finish({ connector, nonce: '', kept: { nonce: 'n' } });
    expect(outcome).toMatchObject({ refusal: { code: 'oidc_pkce_missing' } });
  });

  it('nonce missing from the attempt', async () => {
    const { connector } = await start();
    const outcome = await finish({ connector, nonce: '', kept: { verifier: 'v'.repeat(43) } });
    expect(outcome).toMatchObject({ refusal: { code: 'oidc_nonce_wrong' } });
  });

  it('no attempt', async () => {
    const { connector } = await start();
    const parameters = new URLSearchParams({ code: 'a', state: STATE });
    expect(await connector.finish({ kind: 'query', parameters }, null)).toMatchObject({
      refusal: { code: 'attempt_unknown' },
    });
  });

  it.each([
    {
      name: 'an error of the provider',
      query: { error: 'access_denied', error_description: 'not assigned' },
      code: 'provider_refused',
    },
    { name: 'an ID token in the address', query: { id_token: 'x' }, code: 'oidc_answer_invalid' },
  ])('$name', async ({ query, code }) => {
    expect(await finish(await start(), query as Record<string, string>)).toMatchObject({ refusal: { code } });
  });

  it('a parameter twice', async () => {
    const { connector, kept } = await start();
    const parameters = new URLSearchParams(`code=a&code=b&state=${STATE}`);
    const outcome = await connector.finish({ kind: 'query', parameters }, { state: STATE, kept });
    expect(outcome).toMatchObject({ refusal: { code: 'oidc_answer_invalid' } });
  });

  it.each([
    { name: 'the code was used', error: 'invalid_grant', status: 400, code: 'oidc_code_refused' },
    { name: 'the client is unknown', error: 'invalid_client', status: 401, code: 'provider_misconfigured' },
    { name: 'the provider is broken', error: 'server_error', status: 500, code: 'provider_unreachable' },
  ])('$name', async ({ error, status, code }) => {
    const round = await start();
    rogue.answer({ error }, status);
    expect(await finish(round)).toMatchObject({ refusal: { code } });
  });

  it('no ID token', async () => {
    const round = await start();
    rogue.answer({ access_token: 'a', token_type: 'Bearer' });
    expect(await finish(round)).toMatchObject({ refusal: { code: 'oidc_answer_invalid' } });
  });
});

describe('UserInfo', () => {
  const signIn = () => signInWith((nonce) => rogue.sign({ claims: { nonce }, without: ['email', 'email_verified'] }));

  it('tells what the ID token lacks', async () => {
    rogue.tell({ sub: 'u-ann', email: 'ann@example.test', email_verified: 'true', name: 'Ann Archer' });
    expect(await signIn()).toMatchObject({
      identity: { email: 'ann@example.test', emailVerified: true, name: 'Ann Archer' },
    });
  });

  it('is refused when it tells of another subject', async () => {
    rogue.tell({ sub: 'u-bob', email: 'bob@example.test' });
    expect(await signIn()).toMatchObject({ refusal: { code: 'oidc_userinfo_mismatch' } });
  });

  it('does not override what was signed', async () => {
    rogue.tell({ sub: 'u-ann', email: 'ann@example.test', preferred_username: 'root' });
    expect(await signIn()).toMatchObject({ identity: { userName: 'ann' } });
  });

  it('leaves an address unverified of which nobody says that it is', async () => {
    rogue.tell({ sub: 'u-ann', email: 'ann@example.test' });
    expect(await signIn()).toMatchObject({ identity: { emailVerified: false } });
  });
});
