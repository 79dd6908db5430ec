/** What a directory's errors mean: for the log as precisely as it says, for the page as little as it may. */
import { PasswordPolicyError, ResultCodeError } from 'ldapts';
import { type Refusal, type RefusalCode, refuse } from '../refusals.ts';
import { type PolicyError, PolicyRefusal } from './password-policy.ts';
import { LdapTimeout } from './session.ts';

/** Result codes of RFC 4511, appendix A. */
const CODE = {
  referral: 10,
  strongAuthRequired: 8,
  confidentialityRequired: 13,
  constraintViolation: 19,
  noSuchObject: 32,
  inappropriateAuth: 48,
  invalidCredentials: 49,
  insufficientAccess: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
} as const;

/** Active Directory says in the text of error 49 what it means: `..., data 52e, v4563`. Windows system error codes, hex. */
const ACTIVE_DIRECTORY: Readonly<Record<string, RefusalCode>> = {
  '525': 'ldap_user_unknown',
  '52e': 'credentials_wrong',
  '530': 'ldap_not_allowed_here',
  '531': 'ldap_not_allowed_here',
  '532': 'ldap_password_expired',
  '533': 'ldap_account_disabled',
  '701': 'ldap_account_expired',
  '773': 'ldap_password_must_change',
  '775': 'ldap_account_locked',
};

const POLICY: Readonly<Record<number, RefusalCode>> = {
  [PasswordPolicyError.PasswordExpired]: 'ldap_password_expired',
  [PasswordPolicyError.AccountLocked]: 'ldap_account_locked',
  [PasswordPolicyError.ChangeAfterReset]: 'ldap_password_must_change',
};

const UNTRUSTED =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Whether another server could do better: this one is away, cannot be trusted, or cannot work just now. */
export function isServerFault(error: unknown): boolean {
  if (error instanceof PolicyRefusal) return isServerFault(error.cause);
  if (error instanceof ResultCodeError) return error.code === CODE.busy || error.code === CODE.unavailable;
  return true;
}

/** Of the connection, the service's bind and the searches: nothing there is the person's fault. */
export function toDirectoryRefusal(error: unknown): Refusal {
  const text = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ResultCodeError)) {
    if (UNTRUSTED.test(systemCode(error))) return refuse('ldap_certificate_untrusted', text).refusal;
    if (/filter/i.test(text) && !(error instanceof LdapTimeout)) return refuse('provider_misconfigured', text).refusal;
    return refuse('provider_unreachable', text).refusal;
  }
  switch (error.code) {
    case CODE.referral:
      return refuse('ldap_referral', text).refusal;
    case CODE.busy:
    case CODE.unavailable:
      return refuse('provider_unreachable', text).refusal;
    default:
      return refuse('provider_misconfigured', text).refusal;
  }
}

/** Of the bind as the service. */
export function toServiceRefusal(error: unknown): Refusal {
  if (!(error instanceof ResultCodeError) || isServerFault(error)) return toDirectoryRefusal(error);
  if (error.code === CODE.referral) return refuse('ldap_referral', error.message).refusal;
  return refuse('ldap_service_bind_failed', error.message).refusal;
}

/** Of the bind as the person. */
export function toPersonRefusal(error: unknown): Refusal {
  return error instanceof PolicyRefusal ? refusalOf(error.cause, error.policy) : refusalOf(error, null);
}

function refusalOf(error: unknown, policy: PolicyError): Refusal {
  if (!(error instanceof ResultCodeError)) return toDirectoryRefusal(error);
  const byPolicy = policy === null ? undefined : POLICY[policy];
  const byText = ACTIVE_DIRECTORY[/\bdata ([0-9a-f]+)/i.exec(error.message)?.[1]?.toLowerCase() ?? ''];
  const code = byPolicy ?? byText ?? toPersonCode(error.code);
  return code === undefined ? toDirectoryRefusal(error) : refuse(code, error.message).refusal;
}

function toPersonCode(code: number): RefusalCode | undefined {
  switch (code) {
    case CODE.invalidCredentials:
    case CODE.inappropriateAuth:
    case CODE.noSuchObject:
    case CODE.insufficientAccess:
      return 'credentials_wrong';
    // 389 Directory Server and Oracle's: locked after too many tries.
    case CODE.constraintViolation:
      return 'ldap_account_locked';
    // The same: the account is inactivated.
    case CODE.unwillingToPerform:
      return 'ldap_account_disabled';
    default:
      return undefined;
  }
}

/** What a bind that succeeded still says: the password is good for changing it only. */
export function toPolicyRefusal(policy: PolicyError): Refusal | undefined {
  const code = policy === null ? undefined : POLICY[policy];
  return code === undefined ? undefined : refuse(code, 'said by the password policy').refusal;
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
