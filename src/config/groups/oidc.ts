/** Signing in with OpenID Connect. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isSafeWebUrl, oneOf, parsed, SAFE_URL, text, url, wholeNumber, yesOrNo } from '../variable.ts';

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** @returns the text itself: what signs with it parses it once more */
export function readPrivateKey(pem: string, accepts: (key: KeyObject) => boolean): string | undefined {
  try {
    return accepts(createPrivateKey(pem)) ? pem : undefined;
  } catch {
    return undefined;
  }
}

/** Whether client assertions can be signed with it: RFC 7518 has an algorithm for it. */
function canSign({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  return type === 'rsa' || type === 'ed25519' || (type === 'ec' && CURVES.includes(details?.namedCurve ?? ''));
}

export const oidc = {
  OIDC_ISSUER: url({
    fallback: undefined,
    wanted: SAFE_URL,
    accepts: isSafeWebUrl,
    // Providers compare it to the letter, and some end theirs with a slash.
    reading: (_, given) => given,
    meaning: 'Issuer of the OpenID provider, as `issuer` stands in its discovery document.',
  }),
  OIDC_CLIENT_ID: text({ fallback: undefined, meaning: 'Client id that the OpenID provider gave.' }),
  OIDC_CLIENT_SECRET: text({
    fallback: undefined,
    secret: true,
    meaning: 'Client secret. With neither secret nor key: a public client with PKCE.',
  }),
  OIDC_CLIENT_AUTH: oneOf(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'], {
    fallback: undefined,
    meaning:
      'How the client proves who it is. Without it: `client_secret_basic` with a secret, `private_key_jwt` with a key, else `none`.',
  }),
  OIDC_CLIENT_KEY: parsed({
    fallback: undefined,
    secret: true,
    wanted: 'a private key in PEM form (RSA, P-256, P-384, P-521 or Ed25519)',
    read: (given) => readPrivateKey(given, canSign),
    meaning:
      'Private key for `private_key_jwt`. If its certificate stands behind it, the assertion names the certificate, as Entra ID wants.',
  }),
  OIDC_CLIENT_KEY_ID: text({ fallback: undefined, meaning: 'Id (`kid`) of that key at the provider.' }),
  OIDC_CLIENT_ASSERTION_AUDIENCE: oneOf(['issuer', 'token_endpoint'], {
    fallback: 'issuer',
    meaning: 'Whom the assertion of `private_key_jwt` is for. Okta and Entra ID want `token_endpoint`.',
  }),
  OIDC_SCOPES: text({
    fallback: 'openid email profile',
    pattern: /^(?=(.* )?openid( |$))[\x21-\x7e]+( [\x21-\x7e]+)*$/,
    wanted: 'scopes separated by one blank, `openid` among them',
    meaning: 'Scopes to ask for.',
  }),
  OIDC_CLOCK_TOLERANCE_SECONDS: wholeNumber({
    min: 0,
    max: 300,
    fallback: '30',
    meaning: 'Seconds by which the clocks of the provider and of this machine may differ.',
  }),
  OIDC_LABEL: text({ fallback: 'single sign-on', meaning: 'Name on the button: `Sign in with ...`.' }),
  OIDC_CLAIM_USERNAME: text({ fallback: 'preferred_username', meaning: 'Claim with the user name.' }),
  OIDC_CLAIM_EMAIL: text({ fallback: 'email', meaning: 'Claim with the e-mail address.' }),
  OIDC_CLAIM_EMAIL_VERIFIED: text({
    fallback: 'email_verified',
    meaning: 'Claim that says whether the address is verified. Entra ID: `xms_edov`.',
  }),
  OIDC_CLAIM_NAME: text({ fallback: 'name', meaning: 'Claim with the name for people to read.' }),
  OIDC_CLAIM_GROUPS: text({ fallback: undefined, meaning: 'Claim with the groups. Without it: groups are not read.' }),
  OIDC_CLAIM_LINK: text({
    fallback: undefined,
    meaning:
      'Claim that is compared with the SCIM externalId of provisioned people. Okta: `sub`; Entra ID: `oid`, if its SCIM mapping sends objectId.',
  }),
  OIDC_TRUST_EMAIL: yesOrNo({
    fallback: 'false',
    meaning:
      '`true`: every address counts as verified. Only for a provider whose addresses people cannot choose themselves.',
  }),
};
