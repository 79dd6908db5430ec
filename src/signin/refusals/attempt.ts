/** Refusals around an attempt, whatever the way to sign in. */
import type { RefusalWords } from './refusal-words.ts';

export const ATTEMPT_REFUSALS = {
  attempt_unknown: {
    text: 'This sign-in has ended or was used already. Start again.',
    cause:
      'The answer belongs to no sign-in that is under way: it took longer than 15 minutes, the page was loaded again, the address was kept as a bookmark, or somebody made it up.',
    remedy: 'Sign in again from the sign-in page. If it happens to everybody, look whether all nodes use one database.',
  },
  attempt_of_another_browser: {
    text: 'This sign-in was begun in another browser. Start again in this one.',
    cause:
      'The answer came without the cookie of the browser that began: cookies are blocked, the link was opened in another browser, PUBLIC_URL differs from the address in use, or somebody tries to sign another person in as themselves.',
    remedy:
      'Open Drawbridge under PUBLIC_URL, allow its cookies, and sign in again. SAML needs https, because its answer comes from another site.',
  },
  connector_not_configured: {
    text: 'This way to sign in is not set up here.',
    cause: 'The address of a connector was opened whose settings are not in the environment.',
    remedy: 'Set its variables (docs/configuration.md) or use another way to sign in.',
  },
  provider_unreachable: {
    text: 'The sign-in service of your organization cannot be reached just now. Try again in a few minutes.',
    cause: 'The identity provider did not answer, answered with a fault, or its certificate is not trusted.',
    remedy:
      'The detail in the sync log says which. Check the address, the network and proxies; for a private certificate authority set NODE_EXTRA_CA_CERTS (LDAP: LDAP_CA_FILE). The test button in the settings tries it.',
  },
  provider_refused: {
    text: 'The sign-in service of your organization did not let you in.',
    cause:
      'The identity provider sent an error instead of an answer: not assigned to the application, cancelled, a policy.',
    remedy: 'The detail in the sync log is what it said. Assign the person or their group to the application there.',
  },
  provider_misconfigured: {
    text: 'Signing in is not set up correctly. Tell your administrator.',
    cause: 'Identity provider and settings do not fit: unknown client, wrong secret, missing endpoint, missing key.',
    remedy: 'The detail in the sync log says which. Compare both sides with the guide in docs/sso/.',
  },
  identity_incomplete: {
    text: 'Your sign-in service did not say enough about you. Tell your administrator.',
    cause: 'The answer has no subject, or neither a user name nor an e-mail address under the configured names.',
    remedy: 'Have the identity provider send the claims or attributes that the guide lists, or set the names it uses.',
  },
} as const satisfies Record<string, RefusalWords>;
