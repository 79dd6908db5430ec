/** What an identity provider, or somebody who pretends to be it, could post: every forgery is refused by name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RefusalCode } from '../../../src/signin/refusals.ts';
import { createCertificate } from '../../support/certificate.ts';
import {
  type ResponseParts,
  signElement,
  signedResponse,
  writeAssertion,
  writeResponse,
} from '../../support/saml-identity-provider.ts';
import { openSamlRoom, type SamlRoom, US } from './saml-room.ts';

const RSA_SHA1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
const stranger = createCertificate({ name: 'evil.test' });
let room: SamlRoom;

beforeAll(() => {
  room = openSamlRoom();
});
afterAll(() => room.close());

type Parts = (change?: Partial<ResponseParts>) => ResponseParts;
const signed = (parts: ResponseParts) => signedResponse(parts, { by: room.idp.signing });
const bent = (change: Partial<ResponseParts>) => (parts: Parts) => signed(parts(change));

function withTwoAssertions(parts: Parts): string {
  const first = parts();
  const second = parts({ nameId: 'admin@example.test' });
  const sign = (each: ResponseParts) => signElement(writeAssertion(each), each.assertionId, { by: room.idp.signing });
  return writeResponse(first, sign(first) + sign(second));
}

/** Only the response around the assertion is signed. */
function withSignedEnvelope(parts: Parts): string {
  const whole = parts();
  return signElement(writeResponse(whole, writeAssertion(whole)), whole.responseId, { by: room.idp.signing });
}

const DOCTYPE = `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>`;
const failure = (parts: Parts) =>
  writeResponse(parts(), '').replace(
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>',
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:RequestDenied"/></samlp:StatusCode><samlp:StatusMessage>not assigned</samlp:StatusMessage>',
  );

const FORGED: readonly { name: string; make: (parts: Parts) => string; code: RefusalCode }[] = [
  { name: 'unsigned', make: (p) => writeResponse(p(), writeAssertion(p())), code: 'saml_signature_missing' },
  { name: 'signed around the assertion only', make: withSignedEnvelope, code: 'saml_signature_missing' },
  { name: 'signed by another key', make: (p) => signedResponse(p(), { by: stranger }), code: 'saml_signature_wrong' },
  {
    name: 'tampered',
    make: (p) => signed(p()).replace('ann@example.test', 'bob@example.test'),
    code: 'saml_signature_wrong',
  },
  {
    name: 'a comment in the NameID, put in after signing',
    make: (p) =>
      signed(p({ nameId: 'admin@example.test.evil.test' })).replace('admin@example.test', 'admin@example.test<!---->'),
    code: 'saml_subject_markup',
  },
  {
    name: 'a comment in the NameID, signed with it',
    make: bent({ nameId: 'admin@example.test<!-- x -->.evil.test' }),
    code: 'saml_subject_markup',
  },
  {
    name: 'CDATA in the NameID',
    make: bent({ nameId: '<![CDATA[admin@example.test]]>' }),
    code: 'saml_subject_markup',
  },
  { name: 'wrong audience', make: bent({ audience: 'urn:other' }), code: 'saml_audience_wrong' },
  { name: 'no audience', make: bent({ audience: null }), code: 'saml_audience_wrong' },
  { name: 'wrong recipient', make: bent({ recipient: 'https://other.test/acs' }), code: 'saml_recipient_wrong' },
  { name: 'no recipient', make: bent({ recipient: null }), code: 'saml_recipient_wrong' },
  { name: 'wrong destination', make: bent({ destination: 'https://other.test/acs' }), code: 'saml_recipient_wrong' },
  { name: 'wrong issuer', make: bent({ entityId: 'urn:evil' }), code: 'saml_issuer_wrong' },
  {
    name: 'wrong issuer in the assertion only',
    make: (p) =>
      writeResponse(
        p(),
        signElement(writeAssertion(p({ entityId: 'urn:evil', assertionId: '_x' })), '_x', { by: room.idp.signing }),
      ),
    code: 'saml_issuer_wrong',
  },
  { name: 'expired', make: bent({ notOnOrAfter: Date.now() - 60_000 }), code: 'saml_expired' },
  {
    name: 'expired where it is for us, and good where it is for another',
    make: (p) => {
      const parts = p();
      const other = /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/.exec(
        writeAssertion(p({ recipient: 'https://other.test' })),
      );
      const own = /(NotOnOrAfter=")[^"]+(" Recipient="http:\/\/127)/;
      const both = writeAssertion(parts)
        .replace(own, '$12020-01-01T00:00:00Z$2')
        .replace('</saml:Subject>', `${other?.[0]}</saml:Subject>`);
      return writeResponse(parts, signElement(both, parts.assertionId, { by: room.idp.signing }));
    },
    code: 'saml_expired',
  },
  { name: 'not yet valid', make: bent({ notBefore: Date.now() + 60_000 }), code: 'saml_not_yet_valid' },
  {
    name: 'InResponseTo unknown',
    make: bent({ inResponseTo: '_other', subjectInResponseTo: '_other' }),
    code: 'saml_in_response_to_wrong',
  },
  {
    name: 'InResponseTo unknown in what is signed',
    make: bent({ subjectInResponseTo: '_other' }),
    code: 'saml_in_response_to_wrong',
  },
  {
    name: 'InResponseTo missing in what is signed',
    make: bent({ subjectInResponseTo: null }),
    code: 'saml_in_response_to_wrong',
  },
  {
    name: 'InResponseTo missing altogether',
    make: bent({ inResponseTo: null, subjectInResponseTo: null }),
    code: 'saml_in_response_to_wrong',
  },
  { name: 'two assertions', make: withTwoAssertions, code: 'saml_several_assertions' },
  { name: 'entity expansion', make: (p) => `${DOCTYPE}${signed(p({ nameId: '&c;' }))}`, code: 'saml_doctype' },
  {
    name: 'a file as an entity',
    make: (p) => `<!doctype r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${signed(p())}`,
    code: 'saml_doctype',
  },
  {
    name: 'SHA-1 in the signature',
    make: (p) => signedResponse(p(), { by: room.idp.signing, algorithm: RSA_SHA1 }),
    code: 'saml_algorithm_weak',
  },
  {
    name: 'SHA-1 in the digest',
    make: (p) => signedResponse(p(), { by: room.idp.signing, digest: SHA1 }),
    code: 'saml_algorithm_weak',
  },
  {
    name: 'a shared key in place of a signature',
    make: (p) =>
      signed(p()).replace(
        'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
      ),
    code: 'saml_algorithm_weak',
  },
  {
    name: 'a transient NameID',
    make: bent({ nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }),
    code: 'saml_subject_invalid',
  },
  { name: 'an empty NameID', make: bent({ nameId: ' \n ' }), code: 'saml_subject_invalid' },
  { name: 'a failure', make: failure, code: 'provider_refused' },
  { name: 'success without an assertion', make: (p) => writeResponse(p(), ''), code: 'saml_assertion_missing' },
  { name: 'an assertion without a response', make: (p) => writeAssertion(p()), code: 'saml_response_invalid' },
  { name: 'broken XML', make: (p) => signed(p()).replace('</samlp:Response>', ''), code: 'saml_response_invalid' },
  {
    name: 'a response that is larger than any',
    make: (p) => `${signed(p())}${' '.repeat(1_100_000)}`,
    code: 'saml_too_large',
  },
];

describe('a SAML response is refused', () => {
  it.each(FORGED)('$name', async ({ make, code }) => {
    expect(await room.signIn(make)).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  it.each(['', '???', 'bm90IHhtbA=='])('nothing, or no document: "%s"', async (given) => {
    const parameters = new URLSearchParams({ SAMLResponse: given });
    const outcome = await room.connector.finish(
      { kind: 'form', parameters },
      { state: 's', kept: { requestId: '_1' } },
    );
    expect(outcome).toMatchObject({
      refusal: { code: given === 'bm90IHhtbA==' ? 'saml_response_invalid' : 'saml_response_missing' },
    });
  });

  it('replayed, even with an attempt that fits', async () => {
    const kept = { requestId: '_1', at: new Date().toISOString() };
    const parts = room.idp.parts({ inResponseTo: '_1' });
    const parameters = new URLSearchParams({ SAMLResponse: Buffer.from(signed(parts)).toString('base64') });
    const post = () => room.connector.finish({ kind: 'form', parameters }, { state: 's', kept });
    expect(await post()).toMatchObject({ kind: 'identity' });
    expect(await post()).toMatchObject({ refusal: { code: 'saml_replayed' } });
  });

  it('begun by the identity provider', async () => {
    expect(await room.post(signed(room.idp.parts()))).toMatchObject({ refusal: { code: 'saml_unsolicited' } });
  });

  it('and the same response without a fault signs in', async () => {
    expect(await room.signIn((parts) => signed(parts()))).toMatchObject({
      kind: 'identity',
      identity: {
        connector: 'saml',
        issuer: 'urn:example:idp',
        subject: 'ann@example.test',
        groups: ['eng', 'admins'],
      },
    });
  });
});

describe('a sign-in that the identity provider begins, where that is switched on', () => {
  it('is accepted once', async () => {
    const open = openSamlRoom({ allowIdpInitiated: true });
    const xml = signedResponse(open.idp.parts(), { by: open.idp.signing });
    expect(await open.post(xml)).toMatchObject({ kind: 'identity' });
    expect(await open.post(xml)).toMatchObject({ refusal: { code: 'saml_replayed' } });
    open.close();
  });

  it('is refused when it answers a request that nobody remembers', async () => {
    const open = openSamlRoom({ allowIdpInitiated: true });
    const answering = (change: Partial<ResponseParts>) =>
      signedResponse(open.idp.parts(change), { by: open.idp.signing });
    expect(await open.post(answering({ inResponseTo: '_1' }))).toMatchObject({ refusal: { code: 'attempt_unknown' } });
    expect(await open.post(answering({ subjectInResponseTo: '_1' }))).toMatchObject({
      refusal: { code: 'saml_in_response_to_wrong' },
    });
    open.close();
  });

  it('leaves a RelayState of a portal alone', () => {
    const stateOf = (RelayState: string) =>
      room.connector.stateOf({ kind: 'form', parameters: new URLSearchParams({ RelayState }) });
    expect(stateOf('/reports')).toBeNull();
    expect(stateOf('a'.repeat(43))).toBe('a'.repeat(43));
    expect(US.consumer).toContain('/auth/saml/acs');
  });
});
