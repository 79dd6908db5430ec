/** How the SAML identity provider is set up; config/ reads it from the environment. */
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
  readonly nameIdFormat: 'any' | 'persistent' | 'emailAddress' | 'unspecified';
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
