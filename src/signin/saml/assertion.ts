/**
 * Reads the verified assertion, and checks what the library leaves out: the issuer, for whom it is (Recipient), that it answers the
 * request of this browser, and that it is a bearer's (SAML 2.0 Profiles, 4.1.4.3).
 */
import type { Element } from '@xmldom/xmldom';
import { type Refusal, refuse } from '../refusals.ts';
import { attributeOf, childOf, childrenOf, parseXml, SAML_ASSERTION, textOf } from './xml.ts';

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

export interface Assertion {
  readonly id: string;
  readonly issuer: string | null;
  readonly nameId: string | null;
  readonly nameIdFormat: string | null;
  readonly sessionIndex: string | null;
  readonly confirmations: readonly Confirmation[];
  /** Values by the attribute's Name. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

interface Confirmation {
  readonly recipient: string | null;
  readonly inResponseTo: string | null;
  /** Epoch milliseconds; NaN: it says none. */
  readonly notOnOrAfter: number;
}

/** What an assertion has to fit. */
export interface Expectation {
  readonly issuer: string;
  readonly recipient: string;
  /** Id of our request; null: there was none (IdP-initiated). */
  readonly requestId: string | null;
  readonly now: number;
  readonly toleranceMs: number;
}

/** @param xml the bytes that the signature covers, and no others */
export function readAssertion(xml: string): Assertion {
  const root = parseXml(xml);
  const subject = childOf(root, SAML_ASSERTION, 'Subject');
  const nameId = subject && childOf(subject, SAML_ASSERTION, 'NameID');
  const confirmations = subject === undefined ? [] : childrenOf(subject, SAML_ASSERTION, 'SubjectConfirmation');
  const statement = childOf(root, SAML_ASSERTION, 'AuthnStatement');
  return {
    id: attributeOf(root, 'ID') ?? '',
    issuer: textOf(childOf(root, SAML_ASSERTION, 'Issuer')),
    nameId: textOf(nameId),
    nameIdFormat: attributeOf(nameId, 'Format'),
    sessionIndex: attributeOf(statement, 'SessionIndex'),
    confirmations: confirmations.filter((each) => attributeOf(each, 'Method') === BEARER).map(readConfirmation),
    attributes: readAttributes(root),
  };
}

function readConfirmation(element: Element): Confirmation {
  const data = childOf(element, SAML_ASSERTION, 'SubjectConfirmationData');
  return {
    recipient: attributeOf(data, 'Recipient'),
    inResponseTo: attributeOf(data, 'InResponseTo'),
    notOnOrAfter: Date.parse(attributeOf(data, 'NotOnOrAfter') ?? ''),
  };
}

function readAttributes(root: Element): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, readonly string[]>();
  const statements = childrenOf(root, SAML_ASSERTION, 'AttributeStatement');
  for (const attribute of statements.flatMap((each) => childrenOf(each, SAML_ASSERTION, 'Attribute'))) {
    const name = attributeOf(attribute, 'Name') ?? '';
    const values = childrenOf(attribute, SAML_ASSERTION, 'AttributeValue').map(textOf);
    const texts = values.filter((value) => value !== null);
    attributes.set(name, [...(attributes.get(name) ?? []), ...texts]);
  }
  return attributes;
}

/** @returns until when the assertion could be presented again, or why it is refused */
export function checkAssertion(assertion: Assertion, expected: Expectation): { readonly until: number } | Refusal {
  if (assertion.id === '') return refuse('saml_response_invalid', 'the assertion has no ID').refusal;
  if (assertion.issuer !== expected.issuer) {
    return refuse('saml_issuer_wrong', `it was ${quote(assertion.issuer)}, expected "${expected.issuer}"`).refusal;
  }
  const faults = assertion.confirmations.map((confirmation) => findFault(confirmation, expected));
  const fitting = assertion.confirmations[faults.indexOf(undefined)];
  if (fitting !== undefined) return { until: fitting.notOnOrAfter + expected.toleranceMs };
  return faults[0] ?? refuse('saml_response_invalid', 'there is no SubjectConfirmation for a bearer').refusal;
}

function findFault(
  { recipient, inResponseTo, notOnOrAfter }: Confirmation,
  expected: Expectation,
): Refusal | undefined {
  if (recipient !== expected.recipient) {
    return refuse('saml_recipient_wrong', `it was ${quote(recipient)}, expected "${expected.recipient}"`).refusal;
  }
  // Also when both are missing in an answer to a request: the profile asks for it, and nothing else binds the two.
  if (inResponseTo !== expected.requestId) {
    return refuse('saml_in_response_to_wrong', `SubjectConfirmationData answers ${quote(inResponseTo)}`).refusal;
  }
  if (Number.isNaN(notOnOrAfter)) {
    return refuse('saml_response_invalid', 'SubjectConfirmationData has no NotOnOrAfter').refusal;
  }
  if (notOnOrAfter + expected.toleranceMs <= expected.now) {
    return refuse('saml_expired', `it was valid until ${new Date(notOnOrAfter).toISOString()}`).refusal;
  }
  return undefined;
}

function quote(value: string | null): string {
  return value === null ? 'missing' : JSON.stringify(value.slice(0, 200));
}
