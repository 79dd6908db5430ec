/** What openid-client throws, as a refusal. Details name claims and error codes, never tokens. */
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { type Refusal, type RefusalCode, refuse } from '../refusals.ts';
import { IssuerMismatch } from './provider.ts';

/** What failed at the endpoints, whichever: nothing there can be blamed on the person. */
const REACHING = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);
const SETTING_UP = new Set([
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_INVALID_SERVER_METADATA',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
  'OAUTH_REQUEST_PROTOCOL_FORBIDDEN',
]);

const BY_CLAIM: Readonly<Record<string, RefusalCode>> = {
  aud: 'oidc_audience_wrong',
  azp: 'oidc_audience_wrong',
  nonce: 'oidc_nonce_wrong',
  exp: 'oidc_token_expired',
  nbf: 'oidc_token_from_future',
};

/** @throws what is a fault of our own and not the provider's */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof IssuerMismatch) return refuse('oidc_issuer_wrong', error.message).refusal;
  if (error instanceof AuthorizationResponseError) return refuse('provider_refused', errorText(error)).refusal;
  if (error instanceof ResponseBodyError) {
    const code = error.error === 'invalid_grant' ? 'oidc_code_refused' : 'provider_misconfigured';
    return refuse(code, errorText(error)).refusal;
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return refuse('provider_misconfigured', `the provider answered ${error.status}`).refusal;
  }
  if (error instanceof ClientError) return fromClientError(error);
  if (isNetworkFault(error)) return refuse('provider_unreachable', networkText(error)).refusal;
  throw error;
}

function fromClientError(error: ClientError): Refusal {
  const reasons = chain(error);
  const text = reasons.map((reason) => reason.message).join(': ');
  const { code = '' } = error;
  if (REACHING.has(code)) return refuse('provider_unreachable', text).refusal;
  if (SETTING_UP.has(code)) return refuse('provider_misconfigured', text).refusal;
  const network = reasons.find(isNetworkFault);
  if (network !== undefined) return refuse('provider_unreachable', networkText(network)).refusal;
  return refuse(toCode(code, text, claimOf(reasons)), text).refusal;
}

function toCode(code: string, text: string, claim: string | undefined): RefusalCode {
  if (/"alg" header|unsupported JWS algorithm|unsupported.*"alg"/.test(text)) return 'oidc_algorithm_wrong';
  if (/signature verification failed/.test(text) || code === 'OAUTH_KEY_SELECTION_FAILED')
    return 'oidc_signature_wrong';
  if (/"state"/.test(text)) return 'oidc_state_wrong';
  if (/"nonce"/.test(text)) return 'oidc_nonce_wrong';
  if (/"iss" \(issuer\)|"issuer"|metadata issuer/.test(text)) return 'oidc_issuer_wrong';
  if (/"sub" property/.test(text)) return 'oidc_userinfo_mismatch';
  return BY_CLAIM[claim ?? ''] ?? 'oidc_answer_invalid';
}

/** The error with everything that it stands on. */
function chain(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}

/** oauth4webapi names the claim in the innermost cause. */
function claimOf(reasons: readonly Error[]): string | undefined {
  const cause: unknown = reasons.at(-1)?.cause;
  return typeof cause === 'object' && cause !== null && 'claim' in cause && typeof cause.claim === 'string'
    ? cause.claim
    : undefined;
}

/** `fetch` throws a TypeError whose cause has the system's code. */
function isNetworkFault(error: unknown): error is Error {
  return error instanceof TypeError && error.cause instanceof Error;
}

function networkText(error: Error): string {
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `${cause instanceof Error ? cause.message : error.message}${code}`.trim();
}

function errorText({ error, error_description: description }: { error: string; error_description?: string }): string {
  return `${error}${description === undefined ? '' : `: ${description}`}`.slice(0, 300);
}
