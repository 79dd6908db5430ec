/**
 * The one table of reasons why a sign-in does not happen. The same words stand on the page, in the sync log and in
 * docs/sso/troubleshooting.md, which is generated from here.
 *
 * Owns: codes and words. Does not own: when one applies (connectors, just-in-time).
 */
import { ACCOUNT_REFUSALS } from './refusals/account.ts';
import { ATTEMPT_REFUSALS } from './refusals/attempt.ts';
import { LDAP_REFUSALS } from './refusals/ldap.ts';
import { LINK_REFUSALS } from './refusals/link.ts';
import { OIDC_REFUSALS } from './refusals/oidc.ts';
import type { RefusalWords } from './refusals/refusal-words.ts';
import { SAML_REFUSALS } from './refusals/saml.ts';

export type { RefusalWords } from './refusals/refusal-words.ts';

/** Headings of docs/sso/troubleshooting.md with their refusals. */
export const REFUSAL_GROUPS = {
  'Any way to sign in': ATTEMPT_REFUSALS,
  'Who is let in': ACCOUNT_REFUSALS,
  'Links by e-mail, invites, setup links': LINK_REFUSALS,
  OIDC: OIDC_REFUSALS,
  SAML: SAML_REFUSALS,
  LDAP: LDAP_REFUSALS,
} as const;

const TABLE = {
  ...{ ...ATTEMPT_REFUSALS, ...ACCOUNT_REFUSALS, ...LINK_REFUSALS },
  ...{ ...OIDC_REFUSALS, ...SAML_REFUSALS, ...LDAP_REFUSALS },
};

export type RefusalCode = keyof typeof TABLE;

export const REFUSALS: Readonly<Record<RefusalCode, RefusalWords>> = TABLE;

export interface Refusal {
  readonly code: RefusalCode;
  /** What came, for the sync log and never for the page: `audience was "x", expected "y"`. Null: the code says it all. */
  readonly detail: string | null;
}

export function refuse(
  code: RefusalCode,
  detail: string | null = null,
): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal: { code, detail } };
}

/**
 * What the page says. Where knowing more would help someone who guesses names or passwords, it is the words of another code;
 * the sync log always has the true one.
 */
export function wordsForPage(code: RefusalCode): RefusalWords & { readonly code: RefusalCode } {
  const shown = (REFUSALS[code].shownAs ?? code) as RefusalCode;
  return { ...REFUSALS[shown], code: shown };
}
