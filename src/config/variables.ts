/**
 * Every environment variable that Drawbridge reads, in the order of docs/configuration.md, which is generated from here. A group of
 * them stands in a file of its own in groups/.
 */
import { api } from './groups/api.ts';
import { database } from './groups/database.ts';
import { ldap } from './groups/ldap.ts';
import { mail } from './groups/mail.ts';
import { oidc } from './groups/oidc.ts';
import { people } from './groups/people.ts';
import { saml } from './groups/saml.ts';
import { scim } from './groups/scim.ts';
import { server } from './groups/server.ts';
import { syncLog } from './groups/sync-log.ts';
import { targets } from './groups/targets.ts';
import { tracker } from './groups/tracker.ts';
import type { Variable } from './variable.ts';

export type { DatabaseAddress } from './groups/database.ts';
export type { TrustProxy } from './groups/server.ts';

/** Headings of docs/configuration.md with their variables. */
export const VARIABLE_GROUPS = {
  Server: server,
  Database: database,
  'SCIM door': scim,
  'JSON API': api,
  'Sync log': syncLog,
  People: people,
  'Sign-in with OpenID Connect': oidc,
  'Sign-in with SAML': saml,
  'Sign-in with LDAP': ldap,
  Mail: mail,
  Tracker: tracker,
  Targets: targets,
} as const;

export const VARIABLES = {
  ...server,
  ...database,
  ...scim,
  ...api,
  ...syncLog,
  ...people,
  ...oidc,
  ...saml,
  ...ldap,
  ...mail,
  ...tracker,
  ...targets,
};

export type VariableName = keyof typeof VARIABLES;

type ValueOf<V> = V extends Variable<infer T, infer D> ? (undefined extends D ? T | undefined : T) : never;

export type Values = { readonly [N in VariableName]: ValueOf<(typeof VARIABLES)[N]> };
