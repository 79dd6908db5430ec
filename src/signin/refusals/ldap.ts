/** Refusals of LDAP. The page tells them apart only where that helps nobody who guesses. */
import type { RefusalWords } from './refusal-words.ts';

const WRONG = 'User name or password is wrong.';

export const LDAP_REFUSALS = {
  credentials_wrong: {
    text: WRONG,
    cause: 'The directory did not take the password (error 49; Active Directory: data 52e).',
    remedy: 'Try again; reset the password in the directory.',
  },
  credentials_empty: {
    text: 'Enter user name and password.',
    cause:
      'The user name or the password was empty. A bind without a password is anonymous and succeeds on some servers, so it is never sent.',
    remedy: 'Nothing to do. Many of them in a row are somebody trying.',
  },
  ldap_user_unknown: {
    text: WRONG,
    cause: 'LDAP_USER_FILTER finds nobody below LDAP_BASE_DN by this name.',
    remedy: 'Compare both with the entry; the test button in the settings counts what the filter can find.',
    shownAs: 'credentials_wrong',
  },
  ldap_user_ambiguous: {
    text: WRONG,
    cause: 'LDAP_USER_FILTER finds more than one entry by this name.',
    remedy: 'Make the filter or LDAP_BASE_DN narrower.',
    shownAs: 'credentials_wrong',
  },
  ldap_account_disabled: {
    text: WRONG,
    cause: 'The account is disabled in the directory (Active Directory: data 533).',
    remedy: 'Enable it in the directory, if it should be.',
    shownAs: 'credentials_wrong',
  },
  ldap_account_expired: {
    text: WRONG,
    cause: 'The account has expired in the directory (Active Directory: data 701).',
    remedy: 'Extend it in the directory, if it should be.',
    shownAs: 'credentials_wrong',
  },
  ldap_account_locked: {
    text: WRONG,
    cause:
      'The account is locked after too many wrong passwords (Active Directory: data 775; OpenLDAP: password policy).',
    remedy: 'Wait, or unlock it in the directory; look for who tries.',
    shownAs: 'credentials_wrong',
  },
  ldap_password_expired: {
    text: WRONG,
    cause: 'The password has expired in the directory (Active Directory: data 532).',
    remedy: 'Change it where your organization does that.',
    shownAs: 'credentials_wrong',
  },
  ldap_password_must_change: {
    text: WRONG,
    cause: 'The password must be changed at the next sign-in (Active Directory: data 773).',
    remedy: 'Change it where your organization does that.',
    shownAs: 'credentials_wrong',
  },
  ldap_not_allowed_here: {
    text: WRONG,
    cause: 'The directory forbids signing in at this time or from this machine (Active Directory: data 530, 531).',
    remedy: 'Change the restriction in the directory, if it should be.',
    shownAs: 'credentials_wrong',
  },
  ldap_referral: {
    text: 'The sign-in service of your organization cannot be used just now. Tell your administrator.',
    cause:
      'The directory points to another server. Referrals are not followed: the password would go to a server that nobody configured.',
    remedy:
      'Point LDAP_URL and LDAP_BASE_DN at a server that holds the entries (Active Directory with several domains: the global catalog, port 3269).',
  },
  ldap_certificate_untrusted: {
    text: 'The sign-in service of your organization cannot be reached just now. Try again in a few minutes.',
    cause: 'The certificate of the directory is not by a trusted authority, has expired, or is for another name.',
    remedy: 'Set LDAP_CA_FILE to the authority, and LDAP_URL to the name in the certificate.',
  },
  ldap_service_bind_failed: {
    text: 'Signing in is not set up correctly. Tell your administrator.',
    cause: 'The directory does not take LDAP_BIND_DN with LDAP_BIND_PASSWORD.',
    remedy: 'Check both; the test button in the settings tries it. Active Directory wants TLS for it (error 8).',
  },
} as const satisfies Record<string, RefusalWords>;
