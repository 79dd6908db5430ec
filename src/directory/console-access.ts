/** Who may open the console while nobody can sign in yet: whoever holds a one-time link of the command line. */
import type { DirectoryParts } from './parts.ts';
import { hashSecret } from './secret.ts';
import { redeemSetupLink } from './setup-links.ts';

export interface ConsoleAccess {
  /** Uses the link up; undefined when it is unknown, used or expired. */
  redeemSetupLink(
    secret: string,
  ): Promise<{ readonly sessionToken: string; readonly organizationId: string } | undefined>;
  findSession(sessionToken: string): Promise<{ readonly organizationId: string } | undefined>;
}

export function createConsoleAccess(parts: DirectoryParts): ConsoleAccess {
  const { store } = parts;
  return {
    redeemSetupLink: (secret) => store.write((db) => redeemSetupLink(parts, db, secret)),
    findSession: (sessionToken) => store.setupLinks.findSession(store.reader, hashSecret(sessionToken), parts.now()),
  };
}
