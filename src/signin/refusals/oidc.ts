/** Refusals of OpenID Connect. */
import type { RefusalWords } from './refusal-words.ts';

const FORGED = 'The answer of the sign-in service could not be trusted. Start again.';
const FORGED_REMEDY =
  'Sign in again. If it goes on, compare OIDC_ISSUER and OIDC_CLIENT_ID with the provider; if they are right, treat it as an attack.';

export const OIDC_REFUSALS = {
  oidc_state_wrong: {
    text: FORGED,
    cause: 'The `state` in the answer is not the one that was sent.',
    remedy: FORGED_REMEDY,
  },
  oidc_issuer_wrong: {
    text: FORGED,
    cause:
      'The ID token, the answer (`iss`, RFC 9207) or the discovery document names another issuer than OIDC_ISSUER.',
    remedy:
      'Write OIDC_ISSUER exactly as `issuer` stands in the discovery document, with or without the slash at the end. Entra ID: the v2.0 address with the tenant id. If it is right, treat it as an attack.',
  },
  oidc_audience_wrong: {
    text: FORGED,
    cause: 'The ID token was made for another application (`aud`, `azp`).',
    remedy: 'Compare OIDC_CLIENT_ID with the provider. If it is right, treat it as an attack.',
  },
  oidc_nonce_wrong: {
    text: FORGED,
    cause: 'The `nonce` in the ID token is missing or not the one that was sent: a token of another sign-in.',
    remedy: FORGED_REMEDY,
  },
  oidc_token_expired: {
    text: 'The answer of the sign-in service came too late. Start again.',
    cause: 'The ID token has expired, or the clocks differ by more than OIDC_CLOCK_TOLERANCE_SECONDS.',
    remedy: 'Set the clocks (NTP). A larger tolerance only hides it.',
  },
  oidc_token_from_future: {
    text: 'The clocks of the sign-in service and of this server do not agree. Tell your administrator.',
    cause: 'The ID token was issued in the future (`iat`, `nbf`): the clocks differ by more than the tolerance.',
    remedy: 'Set the clocks (NTP).',
  },
  oidc_signature_wrong: {
    text: FORGED,
    cause: 'The ID token is not signed by a key that the provider publishes, or was changed after it was signed.',
    remedy:
      'If the provider changed its keys just now, sign in again. If it is right otherwise, treat it as an attack.',
  },
  oidc_algorithm_wrong: {
    text: FORGED,
    cause:
      'The ID token is signed with an algorithm that the provider does not list, not at all (`none`), or with a shared key (HS256).',
    remedy:
      'Have the provider sign with RS256, PS256, ES256 or the like. If it does already, treat it as an attack: a public key passed off as a shared one looks like this.',
  },
  oidc_code_refused: {
    text: 'This sign-in has ended or was used already. Start again.',
    cause:
      'The provider did not take the code: used already, expired, or the PKCE verifier did not fit (`invalid_grant`).',
    remedy: 'Sign in again. If it happens to everybody, compare the redirect address at the provider.',
  },
  oidc_pkce_missing: {
    text: FORGED,
    cause: 'The kept part of the attempt has no PKCE verifier, so the code is not exchanged.',
    remedy: FORGED_REMEDY,
  },
  oidc_answer_invalid: {
    text: FORGED,
    cause:
      'The answer of the provider is not what OpenID Connect says: no ID token, a claim of another type, twice the same parameter.',
    remedy: 'The detail in the sync log says what. Report it to the provider.',
  },
  oidc_userinfo_mismatch: {
    text: FORGED,
    cause: 'UserInfo tells of another subject than the ID token.',
    remedy: 'Report it to the provider. If it cannot explain it, treat it as an attack.',
  },
  oidc_logout_token_invalid: {
    text: 'The logout token was refused.',
    cause:
      'A back-channel logout came with a token that is not signed by the provider, not for us, too old, used before, or not a logout token.',
    remedy: 'The detail in the sync log says which. Compare issuer and client id with the provider.',
  },
} as const satisfies Record<string, RefusalWords>;
