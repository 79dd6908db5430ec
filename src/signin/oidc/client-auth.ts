/** How we prove to the token endpoint who we are. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { importPKCS8 } from 'jose';
import * as oidc from 'openid-client';
import type { OidcSettings } from '../../config/sign-in.ts';

const BY_CURVE: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** @throws Error when the key cannot be read or is of a kind that cannot sign */
export async function createClientAuth(settings: OidcSettings): Promise<oidc.ClientAuth> {
  switch (settings.clientAuth) {
    case 'client_secret_basic':
      return oidc.ClientSecretBasic(settings.clientSecret);
    case 'client_secret_post':
      return oidc.ClientSecretPost(settings.clientSecret);
    case 'private_key_jwt':
      return createPrivateKeyJwt(settings);
    case 'none':
      return oidc.None();
  }
}

async function createPrivateKeyJwt(settings: OidcSettings): Promise<oidc.ClientAuth> {
  const { clientKey = '', clientKeyId, assertionAudience } = settings;
  const key = createPrivateKey(clientKey);
  const thumbprint = findThumbprint(clientKey);
  const imported = await importPKCS8(key.export({ format: 'pem', type: 'pkcs8' }).toString(), algorithmOf(key));
  return (as, client, body, headers) =>
    oidc.PrivateKeyJwt(clientKeyId === undefined ? imported : { key: imported, kid: clientKeyId }, {
      [oidc.modifyAssertion](header, payload) {
        // Entra ID finds the certificate by this and not by `kid`.
        if (thumbprint !== undefined) header['x5t#S256'] = thumbprint;
        if (assertionAudience === 'token_endpoint' && as.token_endpoint !== undefined) payload.aud = as.token_endpoint;
      },
    })(as, client, body, headers);
}

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  if (type === 'rsa') return 'RS256';
  if (type === 'ed25519') return 'Ed25519';
  const byCurve = BY_CURVE[details?.namedCurve ?? ''];
  if (type === 'ec' && byCurve !== undefined) return byCurve;
  throw new Error(`a key of type ${type} cannot sign client assertions; take RSA, P-256, P-384, P-521 or Ed25519`);
}

function findThumbprint(pem: string): string | undefined {
  const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  if (certificate === undefined) return undefined;
  const { fingerprint256 } = new X509Certificate(certificate);
  return Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
}
