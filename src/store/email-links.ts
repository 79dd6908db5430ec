/** One-time links by e-mail, by hash. */
import type { EmailLinkStore } from '../directory/entry/email-link.ts';
import { databaseOf } from './statement.ts';

export function createEmailLinkStore(): EmailLinkStore {
  return {
    async insert(db, { hash, organizationId, email, returnTo, createdAt, expiresAt }) {
      const times = { created_at: createdAt, expires_at: expiresAt };
      const row = { hash, organization_id: organizationId, email, return_to: returnTo, ...times };
      await databaseOf(db).insertInto('email_links').values(row).execute();
    },
    async take(db, hash, at) {
      const row = await databaseOf(db)
        .deleteFrom('email_links')
        .where('hash', '=', hash)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined || row.expires_at <= at) return undefined;
      return {
        organizationId: row.organization_id,
        email: row.email,
        returnTo: row.return_to,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
      };
    },
    async prune(db, before) {
      await databaseOf(db).deleteFrom('email_links').where('expires_at', '<', before).execute();
    },
  };
}
