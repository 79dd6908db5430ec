/** Names in the environment that look like ours and are not: a misspelt limit must not pass unnoticed. */
import type { ConfigFault, Environment } from './environment.ts';
import { VARIABLES } from './variables.ts';

/** Nobody else's variables begin like this, so whatever is not known is a mistake. */
const OWN_PREFIXES = [
  'SCIM_',
  'SYNCLOG_',
  'OIDC_',
  'SAML_',
  'LDAP_',
  'TRACKER_',
  'TARGET_',
  'SECRETS_',
  'DISABLE_SSO_',
  'WRITE_QUEUE_',
];

/** Kubernetes sets these for every service of the namespace: `LDAP_SERVICE_HOST`, `LDAP_PORT_389_TCP_ADDR`. */
const SERVICE_LINK = /_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)$/;

const NAMES = Object.keys(VARIABLES);
const KNOWN = new Set(NAMES.flatMap((name) => [name, `${name}_FILE`]));

/** Faults for unknown names with a prefix of ours; warnings for others that are nearly one of our names. */
export function findUnknownNames(env: Environment): { faults: ConfigFault[]; warnings: string[] } {
  const faults: ConfigFault[] = [];
  const warnings: string[] = [];
  for (const name of Object.keys(env)) {
    if (KNOWN.has(name) || SERVICE_LINK.test(name)) continue;
    const near = nearestName(name);
    if (OWN_PREFIXES.some((prefix) => name.startsWith(prefix))) {
      faults.push({
        name,
        given: 'a name that Drawbridge does not know',
        wanted:
          near === undefined ? 'a known name; docs/configuration.md lists them' : `a known name; did you mean ${near}?`,
      });
    } else if (near !== undefined && name.length >= 8) {
      warnings.push(`${name} is not read; did you mean ${near}?`);
    }
  }
  return { faults, warnings };
}

function nearestName(name: string): string | undefined {
  const plain = name.replace(/_FILE$/, '');
  const ranked = NAMES.map((known) => ({ known, distance: editDistance(plain, known) })).sort(
    (a, b) => a.distance - b.distance,
  );
  const best = ranked[0];
  if (best === undefined || best.distance > Math.max(2, plain.length / 5)) return undefined;
  return plain === name ? best.known : `${best.known}_FILE`;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
