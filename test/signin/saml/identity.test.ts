/** What becomes of an assertion: attributes, NameID formats, encryption, signed requests. */
import { createPublicKey, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SamlSettings } from '../../../src/config/sign-in.ts';
import { createCertificate } from '../../support/certificate.ts';
import {
  EMAIL_FORMAT,
  type Encryption,
  type ResponseParts,
  sealAssertion,
  signElement,
  signedResponse,
  writeAssertion,
  writeResponse,
} from '../../support/saml-identity-provider.ts';
import { openSamlRoom, STATE, samlSettings } from './saml-room.ts';

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const DEFAULTS = samlSettings('').attributes;

async function identityOf(parts: Partial<ResponseParts>, settings: Partial<SamlSettings> = {}) {
  const room = openSamlRoom(settings);
  const outcome = await room.signIn((make) => signedResponse(make(parts), { by: room.idp.signing }));
  room.close();
  return outcome.kind === 'identity' ? outcome.identity : outcome.refusal;
}

describe('an assertion becomes an identity', () => {
  const CASES: readonly {
    name: string;
    parts: Partial<ResponseParts>;
    settings?: Partial<SamlSettings>;
    want: object;
  }[] = [
    {
      name: 'a NameID that is an address serves as subject, user name and address',
      parts: {},
      want: {
        subject: 'ann@example.test',
        userName: 'ann@example.test',
        email: 'ann@example.test',
        emailVerified: false,
        name: 'Ann Archer',
      },
    },
    {
      name: 'blanks and line breaks around a NameID are cut',
      parts: { nameId: '\n  ann@example.test ' },
      want: { subject: 'ann@example.test' },
    },
    {
      name: 'Entra ID',
      parts: {
        nameId: 'AbC1',
        nameIdFormat: PERSISTENT,
        attributes: {
          [`${CLAIMS}/name`]: ['ann@corp.test'],
          [`${CLAIMS}/emailaddress`]: ['ann@example.test'],
          'http://schemas.microsoft.com/identity/claims/displayname': ['Ann Archer'],
          'http://schemas.microsoft.com/identity/claims/objectidentifier': ['o-1'],
        },
      },
      settings: { attributes: { ...DEFAULTS, link: 'http://schemas.microsoft.com/identity/claims/objectidentifier' } },
      want: {
        subject: 'AbC1',
        userName: 'ann@corp.test',
        email: 'ann@example.test',
        name: 'Ann Archer',
        externalId: 'o-1',
      },
    },
    {
      name: 'names of attributes that were set',
      parts: {
        nameId: 'p-1',
        nameIdFormat: PERSISTENT,
        attributes: { login: ['ann'], post: ['a@example.test'], id: ['42'], roles: ['x', 'x', 'y'] },
      },
      settings: {
        attributes: {
          subject: 'id',
          userName: 'login',
          email: 'post',
          name: undefined,
          groups: 'roles',
          link: undefined,
        },
      },
      want: { subject: '42', userName: 'ann', email: 'a@example.test', name: null, groups: ['x', 'y'] },
    },
    {
      name: 'a transient NameID with an attribute that lasts',
      parts: { nameId: 't-1', nameIdFormat: TRANSIENT, attributes: { uid: ['ann'] } },
      settings: { attributes: { ...DEFAULTS, subject: 'uid' } },
      want: { subject: 'ann', userName: 'ann' },
    },
    {
      name: 'an address that the operator trusts',
      parts: {},
      settings: { trustEmail: true },
      want: { emailVerified: true },
    },
    { name: 'no groups at all', parts: { attributes: {} }, want: { groups: [] } },
    {
      name: 'groups that are not read',
      parts: {},
      settings: { attributes: { ...DEFAULTS, groups: undefined } },
      want: { groups: null },
    },
    {
      name: 'letters that XML escapes',
      parts: { attributes: { displayName: ['B &amp; &lt;Bond&gt; Ärcher'] } },
      want: { name: 'B & <Bond> Ärcher' },
    },
    { name: 'the session of the identity provider', parts: {}, want: { upstream: { sid: 's-1', hint: null } } },
    {
      name: 'an attribute that was set and is missing is not guessed',
      parts: {},
      settings: { attributes: { ...DEFAULTS, subject: 'id' } },
      want: { code: 'saml_subject_invalid' },
    },
  ];

  it.each(CASES)('$name', async ({ parts, settings, want }) => {
    expect(await identityOf(parts, settings)).toMatchObject(want);
  });
});

describe('encrypted assertions', () => {
  const own = createCertificate({ name: 'bridge' });
  const withKey = { key: own.key, certificate: own.certificate };

  async function signInSealed(settings: Partial<SamlSettings>, encryption: Encryption = {}, sign: object = {}) {
    const room = openSamlRoom(settings);
    const outcome = await room.signIn(async (make) => {
      const parts = make();
      const assertion = signElement(writeAssertion(parts), parts.assertionId, { by: room.idp.signing, ...sign });
      return writeResponse(parts, await sealAssertion(assertion, own.certificate, encryption));
    });
    room.close();
    return outcome;
  }

  it('are read', async () => {
    expect(await signInSealed({ ...withKey, wantEncrypted: true })).toMatchObject({
      identity: { subject: 'ann@example.test' },
    });
  });

  it('are refused without a key', async () => {
    expect(await signInSealed({})).toMatchObject({ refusal: { code: 'saml_decryption_failed' } });
  });

  it('are refused for another key', async () => {
    const other = createCertificate({ name: 'other' });
    expect(await signInSealed({ key: other.key, certificate: other.certificate })).toMatchObject({
      refusal: { code: 'saml_decryption_failed', detail: null },
    });
  });

  it.each([
    { name: 'RSA 1.5', encryption: { key: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' } },
    { name: '3DES', encryption: { content: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' } },
  ] as const)('are refused with $name', async ({ encryption }) => {
    expect(await signInSealed(withKey, encryption)).toMatchObject({ refusal: { code: 'saml_decryption_failed' } });
  });

  it('that hold no XML are refused as those that cannot be opened, without a word of what they hold', async () => {
    const room = openSamlRoom(withKey);
    const sealed = await sealAssertion('held in confidence', own.certificate);
    const outcome = await room.signIn((make) => writeResponse(make(), sealed));
    expect(outcome).toMatchObject({ refusal: { code: 'saml_decryption_failed', detail: null } });
    room.close();
  });

  it('do not hide SHA-1', async () => {
    const sign = { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' };
    expect(await signInSealed(withKey, {}, sign)).toMatchObject({ refusal: { code: 'saml_algorithm_weak' } });
  });

  it('do not hide another key', async () => {
    const sign = { by: createCertificate({ name: 'evil' }) };
    expect(await signInSealed(withKey, {}, sign)).toMatchObject({ refusal: { code: 'saml_signature_wrong' } });
  });

  it('do not hide that nothing is signed', async () => {
    const room = openSamlRoom(withKey);
    const outcome = await room.signIn(async (make) => {
      const parts = make();
      return writeResponse(parts, await sealAssertion(writeAssertion(parts), own.certificate));
    });
    expect(outcome).toMatchObject({ refusal: { code: 'saml_signature_missing' } });
    room.close();
  });

  it('are asked for: one in the clear is refused', async () => {
    const room = openSamlRoom({ ...withKey, wantEncrypted: true });
    const outcome = await room.signIn((make) => signedResponse(make(), { by: room.idp.signing }));
    expect(outcome).toMatchObject({ refusal: { code: 'saml_not_encrypted' } });
    room.close();
  });
});

describe('our request', () => {
  const own = createCertificate({ name: 'bridge' });

  async function start(settings: Partial<SamlSettings>, wantsSigned = false): Promise<URL> {
    const room = openSamlRoom(settings);
    writeFileSync(room.metadataFile, room.idp.metadata({ wantsSigned }));
    const started = await room.connector.start(STATE);
    room.close();
    if (started.kind !== 'redirect') throw new Error(JSON.stringify(started.refusal));
    return new URL(started.url);
  }

  it('carries the state, and no signature unless one is wanted', async () => {
    const { searchParams } = await start({ key: own.key, certificate: own.certificate });
    expect(searchParams.get('RelayState')).toBe(STATE);
    expect(searchParams.get('Signature')).toBeNull();
  });

  it.each([
    { format: 'any', want: undefined },
    { format: 'persistent', want: PERSISTENT },
    { format: 'emailAddress', want: EMAIL_FORMAT },
    { format: 'unspecified', want: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
  ] as const)('asks for a NameID of format $format', async ({ format, want }) => {
    const { searchParams } = await start({ nameIdFormat: format });
    const request = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
    expect(/NameIDPolicy[^>]* Format="([^"]*)"/.exec(request)?.[1]).toBe(want);
    expect(request).toContain('AssertionConsumerServiceURL="http://127.0.0.1:9/auth/saml/acs"');
    expect(request).not.toContain('RequestedAuthnContext');
  });

  it.each([
    { name: 'we were told to', settings: { signRequests: true }, wantsSigned: false },
    { name: 'the identity provider asks for it', settings: {}, wantsSigned: true },
  ])('is signed with SHA-256 when $name', async ({ settings, wantsSigned }) => {
    const { search, searchParams } = await start(
      { ...settings, key: own.key, certificate: own.certificate },
      wantsSigned,
    );
    expect(searchParams.get('SigAlg')).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    const signed = search.slice(1).replace(/&Signature=.*$/, '');
    const signature = Buffer.from(searchParams.get('Signature') ?? '', 'base64');
    expect(verify('sha256', Buffer.from(signed), createPublicKey(own.certificate), signature)).toBe(true);
  });
});
