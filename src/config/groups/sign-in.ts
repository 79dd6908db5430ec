/** Ways to sign in. */
import { isSafeWebUrl, SAFE_URL, text, trimSlash, url } from '../variable.ts';

export const signIn = {
  OIDC_ISSUER: url({
    fallback: undefined,
    wanted: SAFE_URL,
    accepts: isSafeWebUrl,
    // Providers compare it to the letter, and some end theirs with a slash.
    reading: (_, given) => given,
    meaning: 'Issuer of the OpenID provider.',
  }),
  OIDC_CLIENT_ID: text({ fallback: undefined, meaning: 'Client id that the OpenID provider gave.' }),
  OIDC_CLIENT_SECRET: text({
    fallback: undefined,
    secret: true,
    meaning: 'Client secret. Without it: a public client with PKCE.',
  }),
  OIDC_SCOPES: text({
    fallback: 'openid email profile',
    pattern: /^(?=(.* )?openid( |$))[\x21-\x7e]+( [\x21-\x7e]+)*$/,
    wanted: 'scopes separated by one blank, `openid` among them',
    meaning: 'Scopes to ask for.',
  }),
  SAML_IDP_METADATA: text({
    fallback: undefined,
    pattern: /^(https:\/\/\S+|(?![a-z]+:\/\/).+)$/i,
    wanted: 'a file or an https URL',
    meaning: 'Metadata document of the SAML identity provider.',
  }),
  LDAP_URL: url({
    fallback: undefined,
    wanted: 'an ldap:// or ldaps:// URL without credentials',
    accepts: (u) => /^ldaps?:$/.test(u.protocol) && u.hostname !== '' && !u.username && !u.password,
    reading: (u) => trimSlash(u.href),
    meaning: 'Directory server.',
  }),
  LDAP_BIND_DN: text({ fallback: undefined, meaning: 'Entry to bind as for searching. Without it: anonymous search.' }),
  LDAP_BIND_PASSWORD: text({ fallback: undefined, secret: true, meaning: 'Its password.' }),
  LDAP_BASE_DN: text({ fallback: undefined, meaning: 'Where people are searched.' }),
  LDAP_USER_FILTER: text({
    fallback: '(|(uid={username})(mail={username}))',
    pattern: /^\(.*\{username\}.*\)$/,
    wanted: 'an LDAP filter in parentheses with {username} in it',
    meaning: 'Finds a person; `{username}` is what they typed, escaped.',
  }),
  LDAP_GROUP_BASE_DN: text({ fallback: undefined, meaning: 'Where groups are searched. Without it: no groups.' }),
};
