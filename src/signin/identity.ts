/** What every connector ends in: who this is, according to whom. What is done with it is just-in-time's business. */
import type { ConnectorType } from './connector-type.ts';

export interface Identity {
  readonly connector: ConnectorType;
  /**
   * Who says so: the OpenID issuer, the SAML entity id, the directory's base DN. A link is (connector, issuer, subject): the
   * same subject of another issuer is another person.
   */
  readonly issuer: string;
  /** Never changes and is never given to somebody else: `sub`, a persistent NameID, entryUUID or objectGUID. */
  readonly subject: string;
  /** As the identity provider writes it, trimmed; null: it did not say. */
  readonly userName: string | null;
  readonly email: string | null;
  /** True only where the identity provider says so, or the operator said to trust its addresses. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  /** Names or ids of groups; null: it said nothing about groups, which is not the same as none. */
  readonly groups: readonly string[] | null;
  /** Value of the linking claim, compared with the externalId of provisioned users; null: none configured or none sent. */
  readonly externalId: string | null;
  /** What was sent, for the sync log (redact before writing): texts and lists of texts only, no tokens. */
  readonly claims: Claims;
  readonly upstream: UpstreamSession | null;
}

export type Claims = Readonly<Record<string, string | readonly string[]>>;

/** The session at the identity provider, kept beside ours so that the two can end together. */
export interface UpstreamSession {
  /** By which the provider names it in a logout token; null: it names none. */
  readonly sid: string | null;
  /** Text that `logoutUrl` of the same connector wants back (OIDC: the ID token). Secret: sealed or not kept. */
  readonly hint: string | null;
}
