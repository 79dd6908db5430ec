/** From a checked assertion to an Identity. */

import type { SamlSettings } from '../../config/sign-in.ts';
import type { Identity } from '../identity.ts';
import { type Refusal, refuse } from '../refusals.ts';
import type { Assertion } from './assertion.ts';

const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

/** What identity providers call things when nobody changed it: Okta, Entra ID and AD FS, Shibboleth (OIDs), Keycloak. */
const USUAL = {
  userName: ['userName', 'username', 'uid', `${CLAIMS}/upn`, `${CLAIMS}/name`, 'urn:oid:0.9.2342.19200300.100.1.1'],
  email: ['email', 'mail', 'emailAddress', `${CLAIMS}/emailaddress`, 'urn:oid:0.9.2342.19200300.100.1.3'],
  name: [
    'displayName',
    'name',
    'cn',
    'http://schemas.microsoft.com/identity/claims/displayname',
    'urn:oid:2.16.840.1.113730.3.1.241',
    'urn:oid:2.5.4.3',
  ],
} as const;

export function toIdentity(assertion: Assertion, settings: SamlSettings): Identity | Refusal {
  const { attributes: names } = settings;
  const { nameId, nameIdFormat, attributes } = assertion;
  const first = (name: string | undefined) => (name === undefined ? null : (attributes.get(name)?.[0] ?? null));
  const find = (name: string | undefined, usual: readonly string[]) =>
    name === undefined ? (usual.map(first).find((value) => value !== null) ?? null) : first(name);

  const subject = names.subject === undefined ? nameId : first(names.subject);
  if (subject === null) return refuse('saml_subject_invalid', `there is no ${names.subject ?? 'NameID'}`).refusal;
  if (names.subject === undefined && nameIdFormat === TRANSIENT) {
    return refuse('saml_subject_invalid', 'the NameID is transient: another one at every sign-in').refusal;
  }
  const lasting = nameIdFormat === TRANSIENT ? null : nameId;
  const email = find(names.email, USUAL.email) ?? (nameIdFormat === EMAIL ? nameId : null);
  return {
    connector: 'saml',
    issuer: assertion.issuer ?? '',
    subject,
    userName: find(names.userName, USUAL.userName) ?? lasting,
    email,
    emailVerified: email !== null && settings.trustEmail,
    name: find(names.name, USUAL.name),
    groups: names.groups === undefined ? null : [...new Set(attributes.get(names.groups) ?? [])],
    externalId: first(names.link),
    claims: toClaims(assertion),
    upstream: { sid: assertion.sessionIndex, hint: null },
  };
}

function toClaims({ nameId, nameIdFormat, attributes }: Assertion): Identity['claims'] {
  const shown: Record<string, string | readonly string[]> = {};
  if (nameId !== null) shown.NameID = nameId;
  if (nameIdFormat !== null) shown['NameID format'] = nameIdFormat.replace(/^.*:/, '');
  for (const [name, values] of attributes) shown[name] = values.length === 1 ? (values[0] ?? '') : values.slice(0, 200);
  return shown;
}
