/** Signing in with LDAP. */
import { X509Certificate } from 'node:crypto';
import { oneOf, parsed, text, trimSlash, wholeNumber, yesOrNo } from '../variable.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function readServers(given: string): readonly string[] | undefined {
  const servers = given.split(',').map((server) => server.trim());
  return servers.every(isServer) ? servers.map((server) => trimSlash(new URL(server).href)) : undefined;
}

function isServer(server: string): boolean {
  if (!URL.canParse(server)) return false;
  const { protocol, hostname, username, password } = new URL(server);
  return /^ldaps?:$/.test(protocol) && hostname !== '' && !username && !password;
}

function readAuthorities(pem: string): readonly string[] | undefined {
  const certificates = pem.match(CERTIFICATE) ?? [];
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch {
    return undefined;
  }
  return certificates.length > 0 ? certificates : undefined;
}

export const ldap = {
  LDAP_URL: parsed({
    fallback: undefined,
    wanted: 'ldap:// or ldaps:// URLs without credentials, separated by commas',
    read: readServers,
    meaning: 'Directory servers with the same content, tried in this order.',
  }),
  LDAP_STARTTLS: yesOrNo({ fallback: 'false', meaning: '`true`: ldap:// is upgraded to TLS before anything is sent.' }),
  LDAP_CA: parsed({
    fallback: undefined,
    wanted: 'certificates in PEM form',
    read: readAuthorities,
    meaning: "Certificate authorities of the servers, in place of the system's. Mostly given as `LDAP_CA_FILE`.",
  }),
  LDAP_TIMEOUT_SECONDS: wholeNumber({
    min: 1,
    max: 60,
    fallback: '5',
    meaning: 'Seconds to wait for a connection, and for each answer, before the next server is tried.',
  }),
  LDAP_LABEL: text({ fallback: 'your directory account', meaning: 'Heading of the form: `Sign in with ...`.' }),
  LDAP_BIND_DN: text({ fallback: undefined, meaning: 'Entry to bind as for searching. Without it: anonymous search.' }),
  LDAP_BIND_PASSWORD: text({ fallback: undefined, secret: true, meaning: 'Its password.' }),
  LDAP_BASE_DN: text({ fallback: undefined, meaning: 'Where people are searched.' }),
  LDAP_USER_FILTER: text({
    fallback: '(|(uid={username})(mail={username}))',
    pattern: /^\(.*\{username\}.*\)$/,
    wanted: 'an LDAP filter in parentheses with {username} in it',
    meaning: 'Finds a person; `{username}` is what they typed, escaped.',
  }),
  LDAP_GROUPS: oneOf(['none', 'memberof', 'search'], {
    fallback: undefined,
    meaning:
      'Where groups come from: an attribute of the person, or a search. Without it: `search` if `LDAP_GROUP_BASE_DN` is set, else `none`.',
  }),
  LDAP_GROUP_BASE_DN: text({ fallback: undefined, meaning: 'Where groups are searched. Without it: no groups.' }),
  LDAP_GROUP_FILTER: text({
    fallback: '(member={dn})',
    pattern: /^\(.*\{(dn|username)\}.*\)$/,
    wanted: 'an LDAP filter in parentheses with {dn} or {username} in it',
    meaning:
      "Finds the groups of a person; `{dn}` is their entry, `{username}` their user name, both escaped. With Active Directory's nested groups: `(member:1.2.840.113556.1.4.1941:={dn})`.",
  }),
  LDAP_GROUP_NAME: text({ fallback: 'cn', meaning: 'Attribute of a group with its name.' }),
  LDAP_ATTRIBUTE_SUBJECT: text({
    fallback: undefined,
    meaning:
      'Attribute that identifies a person for good. Without it: objectGUID, entryUUID, nsUniqueId, ipaUniqueID or GUID, whichever the entry has.',
  }),
  LDAP_ATTRIBUTE_USERNAME: text({
    fallback: 'uid',
    meaning: 'Attribute with the user name. Active Directory: `sAMAccountName` or `userPrincipalName`.',
  }),
  LDAP_ATTRIBUTE_EMAIL: text({ fallback: 'mail', meaning: 'Attribute with the e-mail address.' }),
  LDAP_ATTRIBUTE_NAME: text({ fallback: 'cn', meaning: 'Attribute with the name for people to read.' }),
  LDAP_ATTRIBUTE_MEMBEROF: text({
    fallback: 'memberOf',
    meaning: 'Attribute with the groups of a person, for `LDAP_GROUPS=memberof`.',
  }),
  LDAP_ATTRIBUTE_LINK: text({
    fallback: undefined,
    meaning: 'Attribute that is compared with the SCIM externalId of provisioned people.',
  }),
  LDAP_TRUST_EMAIL: yesOrNo({
    fallback: 'false',
    meaning:
      '`true`: every address counts as verified. Only where people cannot change their own address in the directory.',
  }),
};
