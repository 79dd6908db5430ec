/** How the OpenID provider is set up; config/ reads it from the environment. */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuth: ClientAuthMethod;
  /** For the two client_secret methods. */
  readonly clientSecret: string | undefined;
  /** For private_key_jwt: PEM of a private key (PKCS #8), with its certificate behind it where the provider wants that. */
  readonly clientKey: string | undefined;
  readonly clientKeyId: string | undefined;
  /** Who the assertion of private_key_jwt is for: the specification says issuer, Okta and Entra ID want the endpoint. */
  readonly assertionAudience: 'issuer' | 'token_endpoint';
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
