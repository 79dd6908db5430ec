/** passport-saml's SAML, set up for one message: what is asked of it, and what its errors mean. */
import { randomUUID } from 'node:crypto';
import { SAML, type SamlConfig, SamlStatusError, ValidateInResponseTo } from '@node-saml/passport-saml';
import type { SamlSettings } from '../../config/sign-in.ts';
import { type Refusal, type RefusalCode, refuse } from '../refusals.ts';
import type { IdpMetadata } from './metadata.ts';

const FORMATS = {
  any: null,
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
} as const;

/** Who we are towards the identity provider. */
export interface ServiceProvider {
  readonly entityId: string;
  readonly consumer: string;
}

/** The request that a response has to answer; null: none (IdP-initiated). */
export type OpenRequest = { readonly id: string; readonly at: string } | null;

export function createSaml(
  settings: SamlSettings,
  us: ServiceProvider,
  idp: Pick<IdpMetadata, 'entityId' | 'singleSignOn' | 'certificates' | 'wantsSignedRequests'>,
  request: OpenRequest,
): SAML {
  const signs = settings.key !== undefined && (settings.signRequests || idp.wantsSignedRequests);
  const config: SamlConfig = {
    callbackUrl: us.consumer,
    issuer: us.entityId,
    audience: us.entityId,
    entryPoint: idp.singleSignOn,
    idpIssuer: idp.entityId,
    idpCert: [...idp.certificates],
    identifierFormat: FORMATS[settings.nameIdFormat],
    // Identity providers have more ways to sign in than a password, and some refuse when one is asked for.
    disableRequestedAuthnContext: true,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: settings.clockToleranceSeconds * 1000,
    validateInResponseTo: request === null ? ValidateInResponseTo.never : ValidateInResponseTo.always,
    // The attempt is in the store and was taken out of it, so only its own request is known here.
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (id) => (id === request?.id ? request.at : null),
      removeAsync: async () => null,
    },
    generateUniqueId: () => request?.id ?? newRequestId(),
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    ...(settings.key === undefined ? {} : { decryptionPvk: settings.key }),
    ...(signs ? { privateKey: settings.key, publicCert: settings.certificate } : {}),
  } as SamlConfig;
  return new SAML(config);
}

/** An XML id must not begin with a digit. */
export function newRequestId(): string {
  return `_${randomUUID()}`;
}

/** In this order: the first that fits names the refusal. */
const MEANINGS: readonly (readonly [RegExp, RefusalCode])[] = [
  [/InResponseTo/i, 'saml_in_response_to_wrong'],
  [/multiple assertions/i, 'saml_several_assertions'],
  [/signature|transforms|signed data|ref URI|signed reference/i, 'saml_signature_wrong'],
  [/not yet valid/i, 'saml_not_yet_valid'],
  [/expired|No valid subject confirmation/i, 'saml_expired'],
  [/audience/i, 'saml_audience_wrong'],
  [/decrypt|EncryptedAssertion/i, 'saml_decryption_failed'],
];

/** Whatever the library throws while it reads a response is about the response. */
export function toRefusal(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof SamlStatusError) return refuse('provider_refused', message.slice(0, 300)).refusal;
  const code = MEANINGS.find(([pattern]) => pattern.test(message))?.[1] ?? 'saml_response_invalid';
  return refuse(code, code === 'saml_decryption_failed' ? null : message.slice(0, 300)).refusal;
}
