/** Tables of sign-ins under way. */
export interface SignInAttemptTables {
  sign_in_attempts: {
    /** SHA-256 of the state, hex */
    state_hash: string;
    /** SHA-256 of the browser's cookie, hex */
    browser_hash: string;
    /** oidc | saml | ldap | email */
    connector: string;
    /** JSON text */
    kept: string;
    return_to: string;
    expires_at: number;
  };
  single_uses: {
    /** What kind of thing: `saml assertion` */
    realm: string;
    /** SHA-256 of what was used, hex */
    hash: string;
    /** Until when it could be presented again. */
    until: number;
  };
}
