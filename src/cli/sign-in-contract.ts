/** What the verbs about signing in need from the rest; sign-in-services.ts implements it. */
import type { PersonRef } from './people-contract.ts';

export interface SessionLine {
  readonly id: string;
  /** `oidc`, `saml`, `ldap`, `email`, `invite`, `setup` */
  readonly connector: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly remoteAddress: string | null;
  readonly userAgent: string | null;
}

export interface SignInServices {
  /** The rules for groups that come with a sign-in, as a document that setRules takes. */
  rules(organization: string): Promise<unknown>;
  /** Checks the document and saves it; it holds from each person's next sign-in on. */
  setRules(organization: string, document: unknown): Promise<void>;
  /** Of one person, newest first; those whose time is over are left out, idle ones are not. */
  sessions(ref: PersonRef): Promise<readonly SessionLine[]>;
  /** @returns how many */
  endSessions(ref: PersonRef): Promise<number>;
}
