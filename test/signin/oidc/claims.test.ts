/** From claims to an identity: what providers send, and what is missing. */
import { describe, expect, it } from 'vitest';
import type { OidcSettings } from '../../../src/config/sign-in.ts';
import { lacksClaims, type RawClaims, toIdentity } from '../../../src/signin/oidc/claims.ts';
import { oidcSettings } from './settings.ts';

const SESSION = { issuer: 'https://i.example', idToken: 'the-id-token' };
const DEFAULTS = oidcSettings(SESSION.issuer).claims;
const settings = (claims: Partial<OidcSettings['claims']> = {}, change: Partial<OidcSettings> = {}) =>
  oidcSettings(SESSION.issuer, { ...change, claims: { ...DEFAULTS, ...claims } });

interface Row {
  readonly name: string;
  readonly claims: RawClaims;
  readonly settings?: OidcSettings;
  readonly want: object;
}

const ROWS: readonly Row[] = [
  {
    name: 'Okta',
    claims: {
      sub: '00u1',
      preferred_username: 'ann@example.test',
      email: 'ann@example.test',
      email_verified: true,
      groups: ['Everyone'],
    },
    settings: settings({ groups: 'groups', link: 'sub' }),
    want: { subject: '00u1', externalId: '00u1', emailVerified: true, groups: ['Everyone'] },
  },
  {
    name: 'Entra ID, whose owner of the domain verified the address',
    claims: { sub: 's', oid: 'o-1', preferred_username: 'ann@corp.test', email: 'ann@corp.test', xms_edov: '1' },
    settings: settings({ emailVerified: 'xms_edov', link: 'oid' }),
    want: { subject: 's', externalId: 'o-1', userName: 'ann@corp.test', emailVerified: true },
  },
  {
    name: 'Entra ID, with more groups than it sends',
    claims: {
      sub: 's',
      preferred_username: 'ann',
      _claim_names: { groups: 'src1' },
      _claim_sources: { src1: { endpoint: 'https://g' } },
    },
    settings: settings({ groups: 'groups' }),
    want: { groups: null },
  },
  {
    name: 'an address of which nothing is said',
    claims: { sub: 's', email: 'a@example.test' },
    want: { emailVerified: false, userName: null },
  },
  {
    name: 'an address that is said to be unverified',
    claims: { sub: 's', email: 'a@example.test', email_verified: false },
    want: { emailVerified: false },
  },
  {
    name: 'text that only looks true',
    claims: { sub: 's', email: 'a@example.test', email_verified: 'yes' },
    want: { emailVerified: false },
  },
  {
    name: 'a list in place of a truth value',
    claims: { sub: 's', email: 'a@example.test', email_verified: [true] },
    want: { emailVerified: false },
  },
  {
    name: 'an address that the operator trusts',
    claims: { sub: 's', email: 'a@example.test' },
    settings: settings({}, { trustEmail: true }),
    want: { emailVerified: true },
  },
  {
    name: 'no address to verify',
    claims: { sub: 's', preferred_username: 'a', email_verified: true },
    want: { email: null, emailVerified: false },
  },
  {
    name: 'one group as text',
    claims: { sub: 's', preferred_username: 'a', roles: 'eng' },
    settings: settings({ groups: 'roles' }),
    want: { groups: ['eng'] },
  },
  {
    name: 'groups of other types, and twice',
    claims: { sub: 's', preferred_username: 'a', g: ['x', 1, null, '', 'x'] },
    settings: settings({ groups: 'g' }),
    want: { groups: ['x'] },
  },
  {
    name: 'groups that are not read',
    claims: { sub: 's', preferred_username: 'a', groups: ['x'] },
    want: { groups: null },
  },
  {
    name: 'names of claims that were set',
    claims: { sub: 's', upn: 'ann', mail: 'a@example.test', cn: ' Ann ' },
    settings: settings({ userName: 'upn', email: 'mail', name: 'cn' }),
    want: { userName: 'ann', email: 'a@example.test', name: 'Ann' },
  },
  { name: 'neither name nor address', claims: { sub: 's', name: 'Ann' }, want: { code: 'identity_incomplete' } },
  {
    name: 'blanks for a subject',
    claims: { sub: '  ', email: 'a@example.test' },
    want: { code: 'identity_incomplete' },
  },
];

describe('claims become an identity', () => {
  it.each(ROWS)('$name', ({ claims, settings: given = settings(), want }) => {
    expect(toIdentity(claims, SESSION, given)).toMatchObject(want);
  });

  it('with what is worth telling, and nothing of the protocol', () => {
    const claims = {
      sub: 's',
      preferred_username: 'a',
      nonce: 'n',
      at_hash: 'h',
      exp: 1,
      address: { city: 'x' },
      admin: true,
    };
    expect(toIdentity(claims, SESSION, settings())).toMatchObject({
      claims: { sub: 's', preferred_username: 'a', address: '{"city":"x"}', admin: 'true' },
      upstream: { sid: null, hint: 'the-id-token' },
    });
    expect(JSON.stringify(toIdentity(claims, SESSION, settings()))).not.toMatch(/nonce|at_hash/);
  });
});

describe('UserInfo is asked', () => {
  it.each([
    { name: 'nothing is missing', claims: { email: 'a', preferred_username: 'b' }, given: settings(), want: false },
    { name: 'the address is missing', claims: { preferred_username: 'b' }, given: settings(), want: true },
    { name: 'the user name is missing', claims: { email: 'a' }, given: settings(), want: true },
    {
      name: 'groups are missing that are read',
      claims: { email: 'a', preferred_username: 'b' },
      given: settings({ groups: 'g' }),
      want: true,
    },
    {
      name: 'the linking claim is missing',
      claims: { email: 'a', preferred_username: 'b' },
      given: settings({ link: 'oid' }),
      want: true,
    },
  ])('when $name: $want', ({ claims, given, want }) => {
    expect(lacksClaims(claims, given)).toBe(want);
  });
});
