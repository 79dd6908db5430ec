/** A person signed in with one browser. Known by the hash of a secret that only the browser's cookie holds. */
import type { Handle } from '../../synclog/handle.ts';
import type { OrganizationRole } from '../people/user.ts';

export interface Session {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  /** Through what the person signed in: `oidc`, `saml`, `ldap`, `email`, `setup`. */
  readonly connector: string;
  /** Who vouched: the identity provider, or this installation. */
  readonly issuer: string;
  /** The identity provider's own names for this session and person, by which it can end it (back-channel logout). */
  readonly providerSession: string | null;
  readonly providerSubject: string | null;
  readonly createdAt: number;
  /** Ends then, whatever happens. */
  readonly expiresAt: number;
  /** To the minute. */
  readonly lastSeenAt: number;
  readonly userAgent: string | null;
  readonly remoteAddress: string | null;
}

/** The person behind a session, as they are now. */
export interface SessionUser {
  readonly id: string;
  readonly userName: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: OrganizationRole;
  readonly organization: string;
}

/** The times at which sessions are still alive: not expired by `at`, and seen after `seenAfter`. */
export interface LiveAt {
  readonly at: number;
  readonly seenAfter: number;
}

export interface SessionStore {
  insert(db: Handle, session: Session & { readonly hash: string; readonly providerHint: string | null }): Promise<void>;
  /** Sealed, as it was inserted. Apart from the rest: it is large, and asked for at sign-out only. */
  providerHint(db: Handle, id: string): Promise<string | null>;
  /** Undefined too when the person has been deactivated or deleted. */
  findLive(
    db: Handle,
    hash: string,
    live: LiveAt,
  ): Promise<{ readonly session: Session; readonly user: SessionUser } | undefined>;
  /** Newest first. */
  ofUser(db: Handle, userId: string, live: LiveAt): Promise<readonly Session[]>;
  touch(db: Handle, id: string, at: number): Promise<void>;
  /** @returns the session, when there was one of this user */
  end(db: Handle, userId: string, id: string): Promise<Session | undefined>;
  /** @returns how many */
  endOfUser(db: Handle, userId: string, exceptId: string | null): Promise<number>;
  /** What the identity provider names: one session, or every session of a person. */
  ofProvider(
    db: Handle,
    issuer: string,
    named: { readonly session: string | null; readonly subject: string | null },
  ): Promise<readonly Session[]>;
  /** Forgets sessions whose length is over; idle ones stay until then, and open nothing. Says how many. */
  prune(db: Handle, before: number, limit: number): Promise<number>;
}
