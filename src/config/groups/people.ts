/** Seats, provisioning on first sign-in, sessions. */
import { hours, wholeNumber, yesOrNo } from '../variable.ts';

export const people = {
  SEATS: wholeNumber({
    min: 1,
    max: 10_000_000,
    fallback: undefined,
    meaning: 'Seats of the licence. Without it: unlimited.',
  }),
  DISABLE_SSO_PROVISIONING: yesOrNo({
    fallback: 'false',
    meaning: '`true`: nobody is created at their first sign-in.',
  }),
  SESSION_HOURS: hours({ max: 8760, fallback: '12', meaning: 'Hours after which a person has to sign in again.' }),
};
