/** Refusals of SAML. */
import type { RefusalWords } from './refusal-words.ts';

const FORGED = 'The answer of the sign-in service could not be trusted. Start again.';
/**
 * Whoever makes up ciphertexts and learns what came out of them reads the assertion in the end (XML encryption with CBC), so
 * until a signature is found right, the page tells one reason for all.
 */
const UNPROVEN = { text: FORGED, shownAs: 'saml_signature_wrong' } as const;
const ATTACK = 'No sound identity provider sends this: treat it as an attack.';

export const SAML_REFUSALS = {
  saml_response_missing: {
    text: 'The sign-in service sent no answer. Start again.',
    cause: 'Somebody opened or posted to the address without `SAMLResponse`, or it is not Base64 of an XML document.',
    remedy: 'Start at the sign-in page. The identity provider must use the HTTP-POST binding.',
  },
  saml_doctype: {
    text: FORGED,
    cause: 'The document has a DOCTYPE, with which entities can be expanded until memory is full, or files be read.',
    remedy: ATTACK,
  },
  saml_too_large: {
    text: 'The answer of the sign-in service is too large. Tell your administrator.',
    cause: 'The response is larger than 1 MiB.',
    remedy: 'Have the identity provider send only the groups that are assigned to the application.',
  },
  saml_signature_missing: {
    ...UNPROVEN,
    cause: 'The assertion carries no signature. Signing only the response around it is not enough.',
    remedy: 'Switch on signed assertions at the identity provider.',
  },
  saml_signature_wrong: {
    text: FORGED,
    cause:
      'The signature of the assertion is not by a key in the metadata, the content was changed, or the signature covers something else (wrapping).',
    remedy:
      'If the identity provider changed its key, update SAML_IDP_METADATA (a URL is read again by itself). Otherwise treat it as an attack.',
  },
  saml_algorithm_weak: {
    ...UNPROVEN,
    cause: 'The signature or a digest uses SHA-1, MD5 or a shared key.',
    remedy: 'Set the identity provider to RSA or ECDSA with SHA-256 or stronger.',
  },
  saml_several_assertions: {
    ...UNPROVEN,
    cause: 'The response has more than one assertion.',
    remedy: ATTACK,
  },
  saml_assertion_missing: {
    text: FORGED,
    cause: 'The response says success and has no assertion.',
    remedy: 'Report it to the identity provider.',
  },
  saml_not_encrypted: {
    text: 'The answer of the sign-in service was not encrypted. Tell your administrator.',
    cause: 'SAML_WANT_ENCRYPTED is true and the assertion came in the clear.',
    remedy: 'Give the identity provider our metadata, which has the certificate, and switch on encryption there.',
  },
  saml_decryption_failed: {
    ...UNPROVEN,
    cause: 'The assertion is encrypted for another key, or with an algorithm that is no longer safe (3DES, RSA 1.5).',
    remedy: 'Give the identity provider our current metadata; choose AES-256-GCM and RSA-OAEP.',
  },
  saml_issuer_wrong: {
    text: FORGED,
    cause: 'Response or assertion name another issuer than the entity id in SAML_IDP_METADATA.',
    remedy: 'Compare the entity ids. If they are right, treat it as an attack.',
  },
  saml_audience_wrong: {
    text: FORGED,
    cause: 'The assertion names no audience, or was made for another application.',
    remedy: 'Set the audience (SP entity id) at the identity provider to SAML_ENTITY_ID, to the letter.',
  },
  saml_recipient_wrong: {
    text: FORGED,
    cause: 'Recipient or Destination is another address than our /auth/saml/acs under PUBLIC_URL.',
    remedy:
      'Compare the ACS address at the identity provider with PUBLIC_URL. If they are right, treat it as an attack.',
  },
  saml_expired: {
    text: 'The answer of the sign-in service came too late. Start again.',
    cause: 'NotOnOrAfter has passed, or the clocks differ by more than SAML_CLOCK_TOLERANCE_SECONDS.',
    remedy: 'Set the clocks (NTP).',
  },
  saml_not_yet_valid: {
    text: 'The clocks of the sign-in service and of this server do not agree. Tell your administrator.',
    cause: 'NotBefore is in the future: the clocks differ by more than the tolerance.',
    remedy: 'Set the clocks (NTP).',
  },
  saml_replayed: {
    text: 'This sign-in was used already. Start again.',
    cause: 'An assertion with this id was used before, here or on another node.',
    remedy: 'If nobody loaded a page twice, treat it as an attack: somebody could read the answer on its way.',
  },
  saml_in_response_to_wrong: {
    text: FORGED,
    cause:
      'The response answers another request (InResponseTo) than the one of this browser, or says nothing about it.',
    remedy:
      'Sign in again. If it happens to everybody, the identity provider leaves InResponseTo out of SubjectConfirmationData.',
  },
  saml_unsolicited: {
    text: 'Start on the sign-in page of this service, not in the portal of your organization.',
    cause: 'The identity provider began the sign-in (a tile in its portal), and SAML_ALLOW_IDP_INITIATED is not true.',
    remedy:
      'Let the tile point to /auth/saml/login, or switch IdP-initiated sign-in on: it cannot be bound to a browser.',
  },
  saml_subject_markup: {
    ...UNPROVEN,
    cause: 'The NameID has markup or a comment inside.',
    remedy: ATTACK,
  },
  saml_subject_invalid: {
    text: FORGED,
    cause: 'The assertion has no NameID, or a transient one.',
    remedy: 'Have the identity provider send a persistent NameID or an e-mail address, or set SAML_ATTRIBUTE_SUBJECT.',
  },
  saml_response_invalid: {
    text: FORGED,
    cause: 'The document is not a SAML response that can be understood.',
    remedy: 'The detail in the sync log says what. Report it to the identity provider.',
  },
} as const satisfies Record<string, RefusalWords>;
