/** A SAML identity provider without a server: makes signed responses, honest unless told otherwise, and its metadata. */
import { randomUUID } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { encrypt } from 'xml-encryption';
import { type Certified, createCertificate } from './certificate.ts';

export const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** What a response says; every part can be bent. Null leaves a part out. */
export interface ResponseParts {
  readonly entityId: string;
  readonly audience: string | null;
  readonly recipient: string | null;
  readonly destination: string | null;
  readonly inResponseTo: string | null;
  /** In SubjectConfirmationData. */
  readonly subjectInResponseTo: string | null;
  readonly nameId: string;
  readonly nameIdFormat: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  readonly assertionId: string;
  readonly responseId: string;
}

export interface Signing {
  readonly by: Certified;
  readonly algorithm?: string;
  readonly digest?: string;
}

export interface SamlIdentityProvider {
  readonly entityId: string;
  readonly signing: Certified;
  metadata(change?: {
    readonly certificates?: readonly string[];
    readonly validUntil?: string;
    readonly wantsSigned?: boolean;
  }): string;
  parts(change?: Partial<ResponseParts>): ResponseParts;
}

export function createIdentityProvider(us: {
  readonly entityId: string;
  readonly consumer: string;
}): SamlIdentityProvider {
  const entityId = 'urn:example:idp';
  const signing = createCertificate({ name: 'idp.example.test' });
  return {
    entityId,
    signing,
    metadata: ({ certificates = [signing.certificate], validUntil, wantsSigned = false } = {}) =>
      `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"${validUntil === undefined ? '' : ` validUntil="${validUntil}"`}>
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAuthnRequestsSigned="${wantsSigned}">
    ${certificates.map(toKeyDescriptor).join('\n    ')}
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.test/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`,
    parts: (change = {}) => ({
      entityId,
      audience: us.entityId,
      recipient: us.consumer,
      destination: us.consumer,
      inResponseTo: null,
      subjectInResponseTo: change.inResponseTo ?? null,
      nameId: 'ann@example.test',
      nameIdFormat: EMAIL_FORMAT,
      attributes: { displayName: ['Ann Archer'], groups: ['eng', 'admins'] },
      notBefore: Date.now() - 1000,
      notOnOrAfter: Date.now() + 300_000,
      assertionId: `_a${randomUUID()}`,
      responseId: `_r${randomUUID()}`,
      ...change,
    }),
  };
}

function toKeyDescriptor(pem: string): string {
  const base64 = pem.replaceAll(/-----[^-]+-----|\s/g, '');
  return `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
}

const iso = (at: number) => new Date(at).toISOString();
const optional = (name: string, value: string | null) => (value === null ? '' : ` ${name}="${value}"`);

export function writeAssertion(parts: ResponseParts): string {
  const { assertionId, entityId, nameId, nameIdFormat, recipient, subjectInResponseTo, audience, attributes } = parts;
  const confirmation = `<saml:SubjectConfirmationData NotOnOrAfter="${iso(parts.notOnOrAfter)}"${optional('Recipient', recipient)}${optional('InResponseTo', subjectInResponseTo)}/>`;
  const restriction =
    audience === null
      ? ''
      : `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`;
  const values = Object.entries(attributes).map(
    ([name, list]) =>
      `<saml:Attribute Name="${name}">${list.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
  );
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${assertionId}" Version="2.0" IssueInstant="${iso(Date.now())}"><saml:Issuer>${entityId}</saml:Issuer><saml:Subject><saml:NameID Format="${nameIdFormat}">${nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">${confirmation}</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${iso(parts.notBefore)}" NotOnOrAfter="${iso(parts.notOnOrAfter)}">${restriction}</saml:Conditions><saml:AuthnStatement AuthnInstant="${iso(Date.now())}" SessionIndex="s-1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${values.join('')}</saml:AttributeStatement></saml:Assertion>`;
}

/** @param content assertions, as text */
export function writeResponse(parts: ResponseParts, content: string): string {
  const { responseId, destination, inResponseTo, entityId } = parts;
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${responseId}" Version="2.0" IssueInstant="${iso(Date.now())}"${optional('Destination', destination)}${optional('InResponseTo', inResponseTo)}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${content}</samlp:Response>`;
}

/** Signs the element with this id, wherever it stands, with the signature behind its Issuer. */
export function signElement(xml: string, id: string, { by, algorithm, digest }: Signing): string {
  const signer = new SignedXml({
    privateKey: by.key,
    publicCert: by.certificate,
    signatureAlgorithm: algorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  const xpath = `//*[@ID="${id}"]`;
  signer.addReference({ xpath, digestAlgorithm: digest ?? SHA256, transforms: [ENVELOPED, EXCLUSIVE] });
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${xpath}/*[local-name(.)="Issuer"]`, action: 'after' },
  });
  return signer.getSignedXml();
}

/** A response with a signed assertion, as text. */
export function signedResponse(parts: ResponseParts, signing: Signing): string {
  return writeResponse(parts, signElement(writeAssertion(parts), parts.assertionId, signing));
}

export function encode(xml: string): string {
  return Buffer.from(xml).toString('base64');
}

export interface Encryption {
  readonly content?: 'http://www.w3.org/2009/xmlenc11#aes256-gcm' | 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc';
  readonly key?: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p' | 'http://www.w3.org/2001/04/xmlenc#rsa-1_5';
}

/** Seals a signed assertion for whoever has the certificate's key. */
export function sealAssertion(signed: string, certificate: string, { content, key }: Encryption = {}): Promise<string> {
  const options = {
    rsa_pub: certificate,
    pem: certificate,
    encryptionAlgorithm: content ?? 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    keyEncryptionAlgorithm: key ?? 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    warnInsecureAlgorithm: false,
  };
  return new Promise((resolve, reject) => {
    encrypt(signed, options, (error, sealed) => {
      if (error) reject(error);
      else
        resolve(
          `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${sealed}</saml:EncryptedAssertion>`,
        );
    });
  });
}
