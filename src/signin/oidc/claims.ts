/** From claims to an Identity. */

import type { OidcSettings } from '../../config/sign-in.ts';
import type { Claims, Identity } from '../identity.ts';
import { type Refusal, refuse } from '../refusals.ts';

export type RawClaims = Readonly<Record<string, unknown>>;

/** Claims that say nothing about the person, or that are secrets of the protocol. */
const PROTOCOL_CLAIMS = new Set([
  'aud',
  'azp',
  'exp',
  'iat',
  'nbf',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'jti',
  'rat',
]);
const LONGEST = 512;

/** Whether UserInfo has to be asked: providers keep ID tokens small and tell the rest there (Okta: "thin" tokens). */
export function lacksClaims(claims: RawClaims, { claims: names }: OidcSettings): boolean {
  const wanted = [names.email, names.userName, names.groups, names.link];
  return wanted.some((name) => name !== undefined && claims[name] === undefined);
}

export function toIdentity(
  claims: RawClaims,
  session: { readonly issuer: string; readonly idToken: string | null },
  settings: OidcSettings,
): Identity | Refusal {
  const { claims: names, trustEmail } = settings;
  const subject = toText(claims.sub);
  const userName = toText(claims[names.userName]);
  const email = toText(claims[names.email]);
  if (subject === null) return refuse('identity_incomplete', 'there is no sub').refusal;
  if (userName === null && email === null) {
    return refuse('identity_incomplete', `there is neither ${names.userName} nor ${names.email}`).refusal;
  }
  return {
    connector: 'oidc',
    issuer: session.issuer,
    subject,
    userName,
    email,
    emailVerified: email !== null && (trustEmail || isTrue(claims[names.emailVerified])),
    name: toText(claims[names.name]),
    groups: names.groups === undefined ? null : toGroups(claims[names.groups]),
    externalId: names.link === undefined ? null : toText(claims[names.link]),
    claims: toShownClaims(claims),
    upstream: { sid: toText(claims.sid), hint: session.idToken },
  };
}

function toText(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}

/** AWS Cognito sends `email_verified` as a string from UserInfo, Entra ID `xms_edov` as a number in a string. */
function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === '1';
}

/** A single group comes as text from some providers; Entra ID leaves the claim out when there are more than 200. */
function toGroups(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return null;
  return [...new Set(value.filter((group): group is string => typeof group === 'string' && group !== ''))];
}

function toShownClaims(claims: RawClaims): Claims {
  const shown: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(claims)) {
    if (PROTOCOL_CLAIMS.has(name)) continue;
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) shown[name] = value.slice(0, 200);
    else if (['string', 'number', 'boolean'].includes(typeof value)) shown[name] = String(value).slice(0, LONGEST);
    else if (value !== null && value !== undefined) shown[name] = JSON.stringify(value).slice(0, LONGEST);
  }
  return shown;
}
