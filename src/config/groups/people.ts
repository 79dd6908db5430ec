/** Seats, provisioning on first sign-in, sessions. */
import { hours, parsed, text, wholeNumber, yesOrNo } from '../variable.ts';

const LINK_WAYS = ['email', 'user_name'] as const;
export type LinkWay = (typeof LINK_WAYS)[number];

function readLinkWays(given: string): readonly LinkWay[] | undefined {
  if (given === 'none') return [];
  const ways = given.split(',').map((way) => LINK_WAYS.find((known) => known === way.trim()));
  return ways.every((way) => way !== undefined) ? ways : undefined;
}

export const people = {
  SEATS: wholeNumber({
    min: 1,
    max: 10_000_000,
    fallback: undefined,
    meaning:
      'Seats of the licence: active people of each organization. Without it: unlimited. Lowered below what is taken, nobody loses access, nobody is let in, and admins are told.',
  }),
  DISABLE_SSO_PROVISIONING: yesOrNo({
    fallback: 'false',
    meaning: '`true`: nobody is created at their first sign-in.',
  }),
  SSO_LINK_BY: parsed({
    fallback: 'email,user_name',
    wanted: '`email`, `user_name`, both separated by a comma, or `none`',
    read: readLinkWays,
    meaning:
      'By what somebody who signs in for the first time is taken for a provisioned or invited user, beside the external id: a verified e-mail address, the user name. An admin never by user name.',
  }),
  BOOTSTRAP_ADMIN_EMAIL: text({
    fallback: undefined,
    pattern: /^[^<>@\s]+@[^<>@\s]+$/,
    wanted: 'an e-mail address',
    meaning:
      'While there is no admin: only this person becomes one by signing in, with an address that the identity provider says is verified (or whose addresses are trusted: `OIDC_TRUST_EMAIL` and the like). Without it: whoever signs in first. `admin setup-link` works besides.',
  }),
  SIGN_IN_CONTACT: text({
    fallback: undefined,
    meaning: 'Whom people who are refused shall ask, as the page says it: `the platform team, platform@example.com`.',
  }),
  SESSION_IDLE_MINUTES: wholeNumber({
    min: 5,
    max: 525_600,
    fallback: '120',
    meaning: 'Minutes without a request after which a person has to sign in again.',
  }),
  SESSION_HOURS: hours({ max: 8760, fallback: '12', meaning: 'Hours after which a person has to sign in again.' }),
};
