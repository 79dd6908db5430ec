/** Ways to sign in: from checked values to what each connector is given, and what may not stand together. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ConfigFault } from './environment.ts';
import { isLoopback } from './variable.ts';
import type { Values, VariableName } from './variables.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuth: NonNullable<Values['OIDC_CLIENT_AUTH']>;
  /** For the two client_secret methods. */
  readonly clientSecret: string | undefined;
  /** For private_key_jwt: PEM of a private key (PKCS #8), with its certificate behind it where the provider wants that. */
  readonly clientKey: string | undefined;
  readonly clientKeyId: string | undefined;
  /** Who the assertion of private_key_jwt is for: the specification says issuer, Okta and Entra ID want the endpoint. */
  readonly assertionAudience: Values['OIDC_CLIENT_ASSERTION_AUDIENCE'];
  readonly scopes: string;
  readonly clockToleranceSeconds: number;
  readonly label: string;
  readonly claims: {
    readonly userName: string;
    readonly email: string;
    readonly emailVerified: string;
    readonly name: string;
    /** Undefined: groups are not read. */
    readonly groups: string | undefined;
    /** Compared with the externalId of provisioned users. */
    readonly link: string | undefined;
  };
  /** Addresses count as verified although the provider does not say so. */
  readonly trustEmail: boolean;
}

export interface SamlSettings {
  /** A file or an https URL. */
  readonly idpMetadata: string;
  /** Undefined: the address of our metadata. */
  readonly entityId: string | undefined;
  readonly label: string;
  /** PEM; signs requests and decrypts assertions. */
  readonly key: string | undefined;
  readonly certificate: string | undefined;
  readonly signRequests: boolean;
  readonly wantEncrypted: boolean;
  readonly allowIdpInitiated: boolean;
  readonly clockToleranceSeconds: number;
  readonly nameIdFormat: Values['SAML_NAME_ID_FORMAT'];
  /** Names of attributes; undefined: the usual ones, or (subject, groups, link) none. */
  readonly attributes: {
    readonly subject: string | undefined;
    readonly userName: string | undefined;
    readonly email: string | undefined;
    readonly name: string | undefined;
    readonly groups: string | undefined;
    readonly link: string | undefined;
  };
  readonly trustEmail: boolean;
}

export interface LdapSettings {
  /** ldap:// and ldaps:// URLs of servers with the same content, tried in this order. */
  readonly servers: readonly string[];
  /** Upgrades ldap:// to TLS before anything is sent. */
  readonly startTls: boolean;
  /** PEM; undefined: the authorities of the system. */
  readonly authorities: readonly string[] | undefined;
  readonly timeoutSeconds: number;
  readonly label: string;
  /** Entry to search as; null: anonymous. */
  readonly bind: { readonly dn: string; readonly password: string } | null;
  readonly baseDn: string;
  /** With `{username}` in it. */
  readonly userFilter: string;
  readonly groups: GroupSource;
  /** Names of attributes of a person. */
  readonly attributes: {
    /** Undefined: whichever the entry has of those that servers give every entry. */
    readonly subject: string | undefined;
    readonly userName: string;
    readonly email: string;
    readonly name: string;
    readonly memberOf: string;
    readonly link: string | undefined;
  };
  readonly trustEmail: boolean;
}

type GroupSource =
  | { readonly from: 'none' }
  | { readonly from: 'memberof' }
  /** `filter` has `{dn}` or `{username}` in it; `name` is the attribute of a group with its name. */
  | { readonly from: 'search'; readonly baseDn: string; readonly filter: string; readonly name: string };

export function toOidc(values: Values): OidcSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = values;
  if (issuer === undefined || clientId === undefined) return null;
  return {
    issuer,
    clientId,
    clientAuth: clientAuthOf(values),
    clientSecret: values.OIDC_CLIENT_SECRET,
    clientKey: values.OIDC_CLIENT_KEY,
    clientKeyId: values.OIDC_CLIENT_KEY_ID,
    assertionAudience: values.OIDC_CLIENT_ASSERTION_AUDIENCE,
    scopes: values.OIDC_SCOPES,
    clockToleranceSeconds: values.OIDC_CLOCK_TOLERANCE_SECONDS,
    label: values.OIDC_LABEL,
    claims: {
      userName: values.OIDC_CLAIM_USERNAME,
      email: values.OIDC_CLAIM_EMAIL,
      emailVerified: values.OIDC_CLAIM_EMAIL_VERIFIED,
      name: values.OIDC_CLAIM_NAME,
      groups: values.OIDC_CLAIM_GROUPS,
      link: values.OIDC_CLAIM_LINK,
    },
    trustEmail: values.OIDC_TRUST_EMAIL,
  };
}

function clientAuthOf(values: Values): OidcSettings['clientAuth'] {
  if (values.OIDC_CLIENT_AUTH !== undefined) return values.OIDC_CLIENT_AUTH;
  if (values.OIDC_CLIENT_SECRET !== undefined) return 'client_secret_basic';
  return values.OIDC_CLIENT_KEY === undefined ? 'none' : 'private_key_jwt';
}

export function toSaml(values: Values): SamlSettings | null {
  if (values.SAML_IDP_METADATA === undefined) return null;
  return {
    idpMetadata: values.SAML_IDP_METADATA,
    entityId: values.SAML_ENTITY_ID,
    label: values.SAML_LABEL,
    key: values.SAML_KEY,
    certificate: values.SAML_CERTIFICATE,
    signRequests: values.SAML_SIGN_REQUESTS,
    wantEncrypted: values.SAML_WANT_ENCRYPTED,
    allowIdpInitiated: values.SAML_ALLOW_IDP_INITIATED,
    clockToleranceSeconds: values.SAML_CLOCK_TOLERANCE_SECONDS,
    nameIdFormat: values.SAML_NAME_ID_FORMAT,
    attributes: {
      subject: values.SAML_ATTRIBUTE_SUBJECT,
      userName: values.SAML_ATTRIBUTE_USERNAME,
      email: values.SAML_ATTRIBUTE_EMAIL,
      name: values.SAML_ATTRIBUTE_NAME,
      groups: values.SAML_ATTRIBUTE_GROUPS,
      link: values.SAML_ATTRIBUTE_LINK,
    },
    trustEmail: values.SAML_TRUST_EMAIL,
  };
}

export function toLdap(values: Values): LdapSettings | null {
  const { LDAP_URL: servers, LDAP_BASE_DN: baseDn, LDAP_BIND_DN: dn, LDAP_BIND_PASSWORD: password } = values;
  if (servers === undefined || baseDn === undefined) return null;
  return {
    servers,
    startTls: values.LDAP_STARTTLS,
    authorities: values.LDAP_CA,
    timeoutSeconds: values.LDAP_TIMEOUT_SECONDS,
    label: values.LDAP_LABEL,
    bind: dn === undefined || password === undefined ? null : { dn, password },
    baseDn,
    userFilter: values.LDAP_USER_FILTER,
    groups: toGroupSource(values),
    attributes: {
      subject: values.LDAP_ATTRIBUTE_SUBJECT,
      userName: values.LDAP_ATTRIBUTE_USERNAME,
      email: values.LDAP_ATTRIBUTE_EMAIL,
      name: values.LDAP_ATTRIBUTE_NAME,
      memberOf: values.LDAP_ATTRIBUTE_MEMBEROF,
      link: values.LDAP_ATTRIBUTE_LINK,
    },
    trustEmail: values.LDAP_TRUST_EMAIL,
  };
}

function toGroupSource(values: Values): GroupSource {
  const { LDAP_GROUP_BASE_DN: baseDn, LDAP_GROUPS: from = baseDn === undefined ? 'none' : 'search' } = values;
  if (from !== 'search') return { from };
  return { from, baseDn: baseDn ?? '', filter: values.LDAP_GROUP_FILTER, name: values.LDAP_GROUP_NAME };
}

/** [what is set, what it needs, whether it is set in a way that needs it] */
const NEEDS: readonly (readonly [VariableName, VariableName, (values: Values) => boolean])[] = [
  ['OIDC_CLIENT_AUTH', 'OIDC_CLIENT_SECRET', (v) => v.OIDC_CLIENT_AUTH?.startsWith('client_secret') ?? false],
  ['OIDC_CLIENT_AUTH', 'OIDC_CLIENT_KEY', (v) => v.OIDC_CLIENT_AUTH === 'private_key_jwt'],
  ['OIDC_CLIENT_KEY', 'OIDC_CLIENT_ID', (v) => v.OIDC_CLIENT_KEY !== undefined],
  ['SAML_KEY', 'SAML_CERTIFICATE', (v) => v.SAML_KEY !== undefined],
  ['SAML_CERTIFICATE', 'SAML_KEY', (v) => v.SAML_CERTIFICATE !== undefined],
  ['SAML_SIGN_REQUESTS', 'SAML_KEY', (v) => v.SAML_SIGN_REQUESTS],
  ['SAML_WANT_ENCRYPTED', 'SAML_KEY', (v) => v.SAML_WANT_ENCRYPTED],
  ['LDAP_GROUPS', 'LDAP_GROUP_BASE_DN', (v) => v.LDAP_GROUPS === 'search'],
];

/** @param isGiven whether a variable has a value, or a faulty one that is reported already */
export function findSignInFaults(values: Values, isGiven: (name: VariableName) => boolean): ConfigFault[] {
  const faults = NEEDS.filter(([, needed, applies]) => applies(values) && !isGiven(needed)).map(
    ([name, needed]): ConfigFault => ({
      name: needed,
      given: `nothing, although ${name} is ${values[name] === true ? 'true' : 'set'}`,
      wanted: `a value, because ${name} needs it`,
    }),
  );
  return [...faults, ...findKeyFaults(values), ...findClearText(values)];
}

function findKeyFaults({ SAML_KEY: key, SAML_CERTIFICATE: certificate }: Values): ConfigFault[] {
  if (key === undefined || certificate === undefined) return [];
  if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return [];
  return [{ name: 'SAML_CERTIFICATE', given: 'a certificate of another key', wanted: 'the certificate of SAML_KEY' }];
}

/** A password for every application of the house would be readable on the way. */
function findClearText({ LDAP_URL: servers = [], LDAP_STARTTLS: startTls = false }: Values): ConfigFault[] {
  const clear = servers.find((server) => server.startsWith('ldap:') && !isLoopback(new URL(server).hostname));
  if (clear === undefined || startTls) return [];
  return [{ name: 'LDAP_URL', given: `${clear} without LDAP_STARTTLS`, wanted: 'ldaps://, or LDAP_STARTTLS=true' }];
}
