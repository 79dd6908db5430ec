/** A one-time link that was sent to an e-mail address: whoever opens it reads that address's mail. */
import type { Handle } from '../../synclog/handle.ts';

export interface EmailLink {
  readonly organizationId: string;
  readonly email: string;
  /** Path to go to afterwards. */
  readonly returnTo: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface EmailLinkStore {
  insert(db: Handle, link: EmailLink & { readonly hash: string }): Promise<void>;
  /** Gives the link and forgets it, in one statement: of two who ask, one gets it. */
  take(db: Handle, hash: string, at: number): Promise<EmailLink | undefined>;
  prune(db: Handle, before: number): Promise<void>;
}
