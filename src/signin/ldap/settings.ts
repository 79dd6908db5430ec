/** How the directory is set up; config/ reads it from the environment. */
export interface LdapSettings {
  /** ldap:// and ldaps:// URLs of servers with the same content, tried in this order. */
  readonly servers: readonly string[];
  /** Upgrades ldap:// to TLS before anything is sent. */
  readonly startTls: boolean;
  /** PEM; undefined: the authorities of the system. */
  readonly authorities: readonly string[] | undefined;
  readonly timeoutSeconds: number;
  readonly label: string;
  /** Entry to search as; null: anonymous. */
  readonly bind: { readonly dn: string; readonly password: string } | null;
  readonly baseDn: string;
  /** With `{username}` in it. */
  readonly userFilter: string;
  readonly groups: GroupSource;
  /** Names of attributes of a person. */
  readonly attributes: {
    /** Undefined: whichever the entry has of those that servers give every entry. */
    readonly subject: string | undefined;
    readonly userName: string;
    readonly email: string;
    readonly name: string;
    readonly memberOf: string;
    readonly link: string | undefined;
  };
  readonly trustEmail: boolean;
}

export type GroupSource =
  | { readonly from: 'none' }
  | { readonly from: 'memberof' }
  /** `filter` has `{dn}` or `{username}` in it; `name` is the attribute of a group with its name. */
  | { readonly from: 'search'; readonly baseDn: string; readonly filter: string; readonly name: string };
