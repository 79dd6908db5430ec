/** Settings that are right one by one and wrong together: halves of a configuration, and secrets sent in the clear. */
import type { ConfigFault } from './environment.ts';
import { findSignInFaults } from './sign-in.ts';
import { isLoopback } from './variable.ts';
import type { Values, VariableName } from './variables.ts';

/** [variable, what it is of no use without] */
const NEEDS: readonly (readonly [VariableName, VariableName])[] = [
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID'],
  ['OIDC_CLIENT_ID', 'OIDC_ISSUER'],
  ['OIDC_CLIENT_SECRET', 'OIDC_CLIENT_ID'],
  ['LDAP_URL', 'LDAP_BASE_DN'],
  ['LDAP_BASE_DN', 'LDAP_URL'],
  ['LDAP_BIND_DN', 'LDAP_BIND_PASSWORD'],
  ['LDAP_BIND_PASSWORD', 'LDAP_BIND_DN'],
  ['LDAP_BIND_DN', 'LDAP_URL'],
  ['LDAP_GROUP_BASE_DN', 'LDAP_URL'],
  ['SMTP_URL', 'MAIL_FROM'],
  ['MAIL_FROM', 'SMTP_URL'],
  ['TRACKER_URL', 'TRACKER'],
  ['TRACKER_API_KEY', 'TRACKER'],
];

/** `failed` names variables whose own value is faulty already: what depends on them is not reported as well. */
export function findBadCombinations(values: Values, failed: ReadonlySet<string>): ConfigFault[] {
  const isGiven = (name: VariableName) => values[name] !== undefined || failed.has(name);
  const faults = NEEDS.filter(([name, needed]) => values[name] !== undefined && !isGiven(needed)).map(
    ([name, needed]): ConfigFault => ({
      name: needed,
      given: `nothing, although ${name} is set`,
      wanted: `${needed} too, or neither`,
    }),
  );
  faults.push(...findSignInFaults(values, isGiven));
  const asked = values.TRACKER === 'wandb' || values.TRACKER === 'mlflow';
  if (asked && !isGiven('TRACKER_URL')) faults.push(missing('TRACKER_URL', `TRACKER is ${values.TRACKER}`));
  if (values.TRACKER === 'wandb' && !isGiven('TRACKER_API_KEY'))
    faults.push(missing('TRACKER_API_KEY', 'TRACKER is wandb'));
  if (values.TRACKER_API_KEY !== undefined && isClearText(values.TRACKER_URL)) {
    faults.push({
      name: 'TRACKER_URL',
      given: 'http together with TRACKER_API_KEY',
      wanted: 'https, so that the key is not readable on the way',
    });
  }
  if ((values.SCIM_PAGE_DEFAULT ?? 0) > (values.SCIM_PAGE_MAX ?? Number.POSITIVE_INFINITY)) {
    faults.push({
      name: 'SCIM_PAGE_DEFAULT',
      given: String(values.SCIM_PAGE_DEFAULT),
      wanted: `at most SCIM_PAGE_MAX (${values.SCIM_PAGE_MAX})`,
    });
  }
  return faults;
}

/** What works and is probably not meant. */
export function findDoubts(values: Values): string[] {
  const doubts: string[] = [];
  const hostname = values.PUBLIC_URL === undefined ? undefined : new URL(values.PUBLIC_URL).hostname;
  if (hostname?.includes('_')) {
    doubts.push(`PUBLIC_URL has an underscore in its host name (${hostname}): Okta refuses such an address.`);
  }
  if (hostname === undefined && !isLoopback(values.HOST)) {
    doubts.push(
      `HOST is ${values.HOST} and PUBLIC_URL is not set: links and the SCIM address name this machine only. Set PUBLIC_URL.`,
    );
  }
  return doubts;
}

function missing(name: VariableName, because: string): ConfigFault {
  return { name, given: 'nothing', wanted: `a value, because ${because}` };
}

function isClearText(address: string | undefined): boolean {
  if (address === undefined) return false;
  const url = new URL(address);
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}
