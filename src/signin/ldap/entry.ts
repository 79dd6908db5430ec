/** From a person's entry to an Identity. */
import type { Entry } from 'ldapts';
import type { LdapSettings } from '../../config/sign-in.ts';
import type { Identity } from '../identity.ts';
import { type Refusal, refuse } from '../refusals.ts';

/** Which servers give every entry, never change and never give again: AD, OpenLDAP and others, 389 DS, FreeIPA, eDirectory. */
const USUAL_SUBJECTS = ['objectGUID', 'entryUUID', 'nsUniqueId', 'ipaUniqueID', 'GUID'] as const;
export const BINARY_ATTRIBUTES: readonly string[] = ['objectGUID', 'GUID', 'objectSid'];

/** What has to be asked for by name: operational attributes do not come by themselves. */
export function attributesToRead({ attributes, groups }: LdapSettings): string[] {
  const { subject, userName, email, name, memberOf, link } = attributes;
  const subjects = subject === undefined ? USUAL_SUBJECTS : [subject];
  const wanted = [...subjects, userName, email, name, link, groups.from === 'memberof' ? memberOf : undefined];
  return [...new Set(wanted.filter((each) => each !== undefined))];
}

/** @param groups as searched; undefined: they stand in the entry, if anywhere */
export function toIdentity(entry: Entry, groups: readonly string[] | null, settings: LdapSettings): Identity | Refusal {
  const { attributes: names } = settings;
  const first = (name: string | undefined) => (name === undefined ? null : (valuesOf(entry, name)[0] ?? null));
  const subjects = names.subject === undefined ? USUAL_SUBJECTS : [names.subject];
  const subject = subjects.map(first).find((value) => value !== null);
  if (subject === undefined || subject === null) {
    return refuse('identity_incomplete', `${entry.dn} has no ${subjects.join(', ')}`).refusal;
  }
  const userName = first(names.userName);
  const email = first(names.email);
  if (userName === null && email === null) {
    return refuse('identity_incomplete', `${entry.dn} has neither ${names.userName} nor ${names.email}`).refusal;
  }
  return {
    connector: 'ldap',
    issuer: settings.baseDn,
    subject,
    userName,
    email,
    emailVerified: email !== null && settings.trustEmail,
    name: first(names.name),
    groups,
    externalId: first(names.link),
    claims: toClaims(entry, groups, settings),
    upstream: null,
  };
}

function toClaims(entry: Entry, groups: readonly string[] | null, settings: LdapSettings): Identity['claims'] {
  const shown: Record<string, string | readonly string[]> = { dn: entry.dn };
  for (const name of attributesToRead(settings)) {
    const values = valuesOf(entry, name);
    if (values.length > 0) shown[name] = values.length === 1 ? (values[0] ?? '') : values.slice(0, 200);
  }
  if (groups !== null) shown.groups = groups.slice(0, 200);
  return shown;
}

/** Values as text, trimmed; names of attributes are compared without letter case, as LDAP does. */
export function valuesOf(entry: Entry, name: string): readonly string[] {
  const key = Object.keys(entry).find((each) => each.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? [] : (entry[key] ?? []);
  const list = Array.isArray(value) ? value : [value];
  return list
    .map((each) => (Buffer.isBuffer(each) ? fromBinary(name, each) : each.trim()))
    .filter((each) => each !== '');
}

function fromBinary(name: string, value: Buffer): string {
  return name.toLowerCase() === 'objectguid' && value.length === 16 ? toGuid(value) : value.toString('hex');
}

/** As Windows writes it: the first three groups are little-endian ([MS-DTYP] 2.3.4.2). */
function toGuid(value: Buffer): string {
  const swapped = Buffer.from(value);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
