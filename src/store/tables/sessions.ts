/** Tables of signing in: sessions, links to identity providers' subjects, one-time links by e-mail. */
export interface SessionTables {
  sessions: {
    id: string;
    /** SHA-256 of the cookie's secret, hex */
    hash: string;
    organization_id: string;
    user_id: string;
    /** oidc | saml | ldap | email | setup */
    connector: string;
    issuer: string;
    /** `sid` of the identity provider */
    provider_session: string | null;
    provider_subject: string | null;
    /** What the provider wants back at sign-out, sealed with the cookie's secret. */
    provider_hint: string | null;
    created_at: number;
    expires_at: number;
    /** To the minute. */
    last_seen_at: number;
    user_agent: string | null;
    remote_address: string | null;
  };
  identity_links: {
    organization_id: string;
    connector: string;
    issuer: string;
    subject: string;
    user_id: string;
    vouched_email: string | null;
    created_at: number;
  };
  sign_in_rules: {
    organization_id: string;
    /** `{"rules": [...]}` as JSON: what groups that come with a sign-in give */
    rules: string;
    updated_at: number;
  };
  email_links: {
    /** SHA-256 of the link's secret, hex */
    hash: string;
    organization_id: string;
    /** As typed. */
    email: string;
    return_to: string;
    created_at: number;
    expires_at: number;
  };
  slowed_attempts: {
    /** SHA-256 of what is counted (an address, an account), hex */
    key: string;
    /** When everything that was tried is forgiven. */
    free_at: number;
  };
}
