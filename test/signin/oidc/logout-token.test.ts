/** Back-channel logout: only a fresh logout token of the provider, for us, ends sessions, and only once. */
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LogoutOutcome } from '../../../src/signin/connector.ts';
import { createOidcConnector } from '../../../src/signin/oidc/oidc.ts';
import { createStore, type Store } from '../../../src/store/store.ts';
import { describeEachEngine } from '../../support/each-engine.ts';
import { type RogueProvider, startRogueProvider, type TokenParts } from '../../support/rogue-openid-provider.ts';
import { partsOver } from '../round.ts';
import { oidcSettings } from './settings.ts';

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const seconds = () => Math.floor(Date.now() / 1000);

describeEachEngine('back-channel logout', (open) => {
  let rogue: RogueProvider;
  let store: Store;
  let next = 0;

  beforeAll(async () => {
    rogue = await startRogueProvider();
    store = createStore(await open());
  });
  afterAll(() => rogue.stop());

  type Change = Partial<TokenParts> & { readonly without?: readonly string[] };
  function token({ claims, ...change }: Change = {}): Promise<string> {
    next += 1;
    return rogue.sign({ ...change, claims: { jti: `t${next}`, events: EVENTS, sid: 's-1', ...claims } });
  }
  async function parse(text: string): Promise<LogoutOutcome> {
    const connector = createOidcConnector(oidcSettings(rogue.issuer), partsOver(store));
    const outcome = await connector.parseLogoutToken?.(text);
    if (outcome === undefined) throw new Error('the connector parses no logout tokens');
    return outcome;
  }

  it('names the session and the subject', async () => {
    expect(await parse(await token())).toEqual({
      kind: 'logout',
      notice: { issuer: rogue.issuer, subject: 'u-ann', sid: 's-1' },
    });
  });

  it('takes a token without a session: all of the subject', async () => {
    expect(await parse(await token({ without: ['sid'] }))).toMatchObject({ notice: { subject: 'u-ann', sid: null } });
  });

  it('refuses a token that was used, whichever node it came to first', async () => {
    const text = await token();
    const both = await Promise.all([parse(text), parse(text)]);
    expect(both.filter((outcome) => outcome.kind === 'logout')).toHaveLength(1);
    expect(await parse(text)).toMatchObject({ refusal: { code: 'oidc_logout_token_invalid' } });
  });

  const FORGED: readonly { name: string; change: Change | (() => Promise<Change>) }[] = [
    { name: 'another issuer', change: { claims: { iss: 'https://evil.test' } } },
    { name: 'another audience', change: { claims: { aud: 'other' } } },
    { name: 'expired', change: { claims: { exp: seconds() - 60 } } },
    { name: 'issued long ago', change: { claims: { iat: seconds() - 3600 } } },
    { name: 'issued in the future', change: { claims: { iat: seconds() + 3600 } } },
    { name: 'no time of issue', change: { without: ['iat'] } },
    { name: 'no id', change: { without: ['jti'] } },
    { name: 'no event, as an ID token has none', change: { without: ['events'] } },
    { name: 'another event', change: { claims: { events: { 'http://other': {} } } } },
    { name: 'a nonce, as an ID token has', change: { claims: { nonce: 'n' } } },
    { name: 'neither subject nor session', change: { without: ['sub', 'sid'] } },
    { name: 'unknown key', change: async () => ({ key: (await generateKeyPair('RS256')).privateKey }) },
    {
      name: 'HS256 with the public key',
      change: async () => ({ key: new TextEncoder().encode(rogue.publicKey), header: { alg: 'HS256' } }),
    },
  ];

  it.each(FORGED)('refuses: $name', async ({ change }) => {
    const made = typeof change === 'function' ? await change() : change;
    expect(await parse(await token(made))).toMatchObject({
      kind: 'refused',
      refusal: { code: 'oidc_logout_token_invalid' },
    });
  });

  it.each(['', 'x', 'a.b.c'])('refuses what is no token: "%s"', async (text) => {
    expect(await parse(text)).toMatchObject({ refusal: { code: 'oidc_logout_token_invalid' } });
  });
});
