/** Settings for tests of the LDAP connector. */
import type { LdapSettings } from '../../../src/config/sign-in.ts';

export function ldapSettings(servers: readonly string[], change: Partial<LdapSettings> = {}): LdapSettings {
  return {
    servers,
    startTls: false,
    authorities: undefined,
    timeoutSeconds: 2,
    label: 'Example',
    bind: { dn: 'cn=svc,dc=example,dc=test', password: 'svcpw' },
    baseDn: 'ou=people,dc=example,dc=test',
    userFilter: '(|(uid={username})(mail={username}))',
    groups: { from: 'none' },
    attributes: {
      subject: undefined,
      userName: 'uid',
      email: 'mail',
      name: 'cn',
      memberOf: 'memberOf',
      link: undefined,
    },
    trustEmail: false,
    ...change,
  };
}
