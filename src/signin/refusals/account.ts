/** Refusals of people whom a connector vouched for: just-in-time provisioning decides. */
import type { RefusalWords } from './refusal-words.ts';

export const ACCOUNT_REFUSALS = {
  not_provisioned: {
    text: 'You have no account here yet, and accounts are not made at the first sign-in. Ask your administrator to add you.',
    cause:
      'DISABLE_SSO_PROVISIONING is true, and nobody with this name, verified e-mail address or external id was provisioned or invited.',
    remedy:
      'Assign the person to the SCIM application at the identity provider, or invite them; or allow provisioning at the first sign-in.',
  },
  no_seat: {
    text: 'All seats of this installation are taken. Ask your administrator.',
    cause: 'The person would be created at this sign-in, and as many people are active as SEATS allows.',
    remedy: 'Deactivate somebody who has left, or raise SEATS.',
  },
  account_deactivated: {
    text: 'Your account was deactivated. Ask your administrator.',
    cause: 'The identity provider or an admin deactivated this user. Signing in does not bring anybody back.',
    remedy: 'Activate the user where they are managed: at the identity provider, or in the console.',
  },
  account_removed: {
    text: 'Your account was removed. Ask your administrator.',
    cause: 'The user was removed. Signing in does not bring anybody back.',
    remedy: 'Have the identity provider provision them again, or invite them.',
  },
  email_not_verified: {
    text: 'Your sign-in service does not confirm that the e-mail address is yours, so it was not used. Ask your administrator.',
    cause:
      'An account with this e-mail address exists, but the identity provider does not say that the address is verified.',
    remedy:
      'Have it send `email_verified`, link by user name or external id instead, or, if it only hands out addresses that it controls, say so in the settings.',
  },
  account_taken: {
    text: 'An account with your name or e-mail address exists and is not linked to this way of signing in. Ask your administrator.',
    cause:
      'The user name or e-mail address belongs to a user who may not be linked by it: SSO_LINK_BY does not name that way, or the user is an admin, for whom only a verified e-mail address or the external id counts, or somebody made the account at their first sign-in with an address that nobody vouched for.',
    remedy:
      'Have the identity provider send `email_verified`, set a linking claim, or name the way in SSO_LINK_BY. For an admin who is locked out: `admin setup-link`.',
  },
  account_ambiguous: {
    text: 'More than one account fits you. Ask your administrator.',
    cause: 'The claims match several users of the organization.',
    remedy: 'Make user names and e-mail addresses unique, or set a linking claim that is.',
  },
} as const satisfies Record<string, RefusalWords>;
