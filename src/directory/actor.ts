/** Who asks for a change, in which organization, and through what. Every use-case gets one. */
export interface Actor {
  readonly kind: 'connection' | 'user' | 'service_account' | 'cli' | 'system';
  /** Connection, user or service account id; null for the command line and the system itself. */
  readonly id: string | null;
  /** For people to read: the connection's name, the person's name, `command line`. */
  readonly name: string;
}

export interface Context {
  readonly organizationId: string;
  readonly actor: Actor;
  /** The exchange that caused this; null outside the SCIM door. */
  readonly exchangeId: string | null;
  /** Why, when the actor gave a reason. */
  readonly reason?: string;
}
