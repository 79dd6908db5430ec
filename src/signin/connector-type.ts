/** The ways to sign in. */
export type ConnectorType = 'oidc' | 'saml' | 'ldap' | 'email';
