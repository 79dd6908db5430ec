/**
 * Looks at a response before its signature is checked, and refuses what no sound identity provider sends. Nothing that is read
 * here is believed: what signs somebody in is read from the verified assertion (assertion.ts).
 */
import { promisify } from 'node:util';
import type { Element } from '@xmldom/xmldom';
import { decrypt } from 'xml-encryption';
import { type Refusal, refuse } from '../refusals.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  hasMarkup,
  parseXml,
  SAML_ASSERTION,
  SAML_PROTOCOL,
  SIGNATURE,
  textOf,
  within,
  XmlFault,
} from './xml.ts';

/** Base64 of 1 MiB. */
const MAX_LENGTH = 1_400_000;

const STRONG_SIGNATURES = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
]);
const STRONG_DIGESTS = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
]);

export interface SeenResponse {
  /** As it is given to the library: Base64 without line breaks. */
  readonly encoded: string;
  readonly inResponseTo: string | null;
  readonly issuer: string | null;
  readonly destination: string | null;
}

export interface ResponseLimits {
  /** PEM; undefined: encrypted assertions cannot be read. */
  readonly key: string | undefined;
  readonly wantEncrypted: boolean;
}

export async function inspectResponse(given: string | null, limits: ResponseLimits): Promise<SeenResponse | Refusal> {
  const encoded = given?.replaceAll(/\s/g, '') ?? '';
  if (encoded === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return refuse('saml_response_missing').refusal;
  if (encoded.length > MAX_LENGTH) return refuse('saml_too_large').refusal;
  const root = parseOrRefuse(Buffer.from(encoded, 'base64').toString('utf8'));
  if ('code' in root) return root;
  if (root.localName !== 'Response' || root.namespaceURI !== SAML_PROTOCOL) {
    return refuse('saml_response_invalid', `it is a ${root.localName}`).refusal;
  }
  return findStatusFault(root) ?? (await findAssertionFault(root, limits)) ?? toSeen(root, encoded);
}

function toSeen(root: Element, encoded: string): SeenResponse {
  return {
    encoded,
    inResponseTo: attributeOf(root, 'InResponseTo'),
    issuer: textOf(childOf(root, SAML_ASSERTION, 'Issuer')),
    destination: attributeOf(root, 'Destination'),
  };
}

function parseOrRefuse(xml: string): Element | Refusal {
  try {
    return parseXml(xml);
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    return refuse(error.hasDoctype ? 'saml_doctype' : 'saml_response_invalid', error.message).refusal;
  }
}

function findStatusFault(root: Element): Refusal | undefined {
  const status = childOf(root, SAML_PROTOCOL, 'Status');
  const codes = status === undefined ? [] : within(status, SAML_PROTOCOL, 'StatusCode');
  const words = codes.map((code) => attributeOf(code, 'Value')?.replace(/^.*:/, '') ?? '');
  if (words[0] === 'Success') return undefined;
  const message = status === undefined ? null : textOf(childOf(status, SAML_PROTOCOL, 'StatusMessage'));
  const detail = [words.join(', '), message ?? ''].filter(Boolean).join(': ').slice(0, 300);
  return refuse('provider_refused', detail === '' ? 'it has no status' : detail).refusal;
}

async function findAssertionFault(root: Element, limits: ResponseLimits): Promise<Refusal | undefined> {
  // At any depth and in any namespace: signature wrapping hides the signed assertion somewhere else.
  const plain = within(root, null, 'Assertion');
  const encrypted = within(root, null, 'EncryptedAssertion');
  if (plain.length + encrypted.length > 1) {
    return refuse('saml_several_assertions', `there are ${plain.length + encrypted.length}`).refusal;
  }
  const weak = findWeakAlgorithm(root);
  if (weak !== undefined) return weak;
  const [assertion] = childrenOf(root, SAML_ASSERTION, 'Assertion');
  const [sealed] = childrenOf(root, SAML_ASSERTION, 'EncryptedAssertion');
  if (sealed !== undefined) return findSealedFault(sealed, limits);
  if (assertion === undefined) return refuse('saml_assertion_missing').refusal;
  if (limits.wantEncrypted) return refuse('saml_not_encrypted').refusal;
  return findContentFault(assertion);
}

async function findSealedFault(sealed: Element, { key }: ResponseLimits): Promise<Refusal | undefined> {
  if (key === undefined) return refuse('saml_decryption_failed', 'SAML_KEY is not set').refusal;
  let opened: string;
  try {
    const options = { key, disallowDecryptionWithInsecureAlgorithm: true, warnInsecureAlgorithm: false };
    opened = await promisify(decrypt)(sealed.toString(), options);
  } catch {
    // Without a reason: how decryption fails must not be told to who made the ciphertext.
    return refuse('saml_decryption_failed').refusal;
  }
  const root = parseOrRefuse(opened);
  // Nor what came out of it, which the parser's complaint quotes.
  if ('code' in root) return refuse('saml_decryption_failed').refusal;
  if (within(root, null, 'Assertion').length !== 1) return refuse('saml_several_assertions').refusal;
  return findWeakAlgorithm(root) ?? findContentFault(root);
}

function findContentFault(assertion: Element): Refusal | undefined {
  if (childrenOf(assertion, SIGNATURE, 'Signature').length === 0) return refuse('saml_signature_missing').refusal;
  // Canonical XML drops comments, so afterwards nothing would be seen of them.
  if (within(assertion, SAML_ASSERTION, 'NameID').some(hasMarkup)) {
    return refuse('saml_subject_markup').refusal;
  }
  return undefined;
}

function findWeakAlgorithm(root: Element): Refusal | undefined {
  const signatures = within(root, SIGNATURE, 'SignatureMethod').map((method) => attributeOf(method, 'Algorithm') ?? '');
  const weak = signatures.find((algorithm) => !STRONG_SIGNATURES.has(algorithm)) ?? findWeakDigest(root);
  return weak === undefined ? undefined : refuse('saml_algorithm_weak', weak).refusal;
}

/** Of references only: RSA-OAEP names SHA-1 too, where it is no weakness. */
function findWeakDigest(root: Element): string | undefined {
  return within(root, SIGNATURE, 'Reference')
    .flatMap((reference) => childrenOf(reference, SIGNATURE, 'DigestMethod'))
    .map((method) => attributeOf(method, 'Algorithm') ?? '')
    .find((algorithm) => !STRONG_DIGESTS.has(algorithm));
}
