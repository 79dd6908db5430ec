/** The ways to sign in that are made from settings: one map from type name to factory. */

import type { LdapSettings, OidcSettings, SamlSettings } from '../config/sign-in.ts';
import type { Connector, ConnectorParts } from './connector.ts';
import { createLdapConnector } from './ldap/ldap.ts';
import { createOidcConnector } from './oidc/oidc.ts';
import { createSamlConnector } from './saml/saml.ts';

/** Null: not configured. */
export interface ConnectorSettings {
  readonly oidc: OidcSettings | null;
  readonly saml: SamlSettings | null;
  readonly ldap: LdapSettings | null;
}

const FACTORIES: {
  readonly [T in keyof ConnectorSettings]: (
    settings: NonNullable<ConnectorSettings[T]>,
    parts: ConnectorParts,
  ) => Connector;
} = {
  oidc: createOidcConnector,
  saml: createSamlConnector,
  ldap: createLdapConnector,
};

/** In the order in which the sign-in page shows them. */
const ORDER = Object.keys(FACTORIES) as (keyof ConnectorSettings)[];

export function createConnectors(settings: ConnectorSettings, parts: ConnectorParts): readonly Connector[] {
  return ORDER.flatMap((type) => createConnector(type, settings, parts));
}

function createConnector<T extends keyof ConnectorSettings>(
  type: T,
  settings: ConnectorSettings,
  parts: ConnectorParts,
): Connector[] {
  const own = settings[type];
  return own === null ? [] : [FACTORIES[type](own as NonNullable<ConnectorSettings[T]>, parts)];
}
