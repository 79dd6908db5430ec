/** One-time links of the command line, by hash. */
import type { SetupLinkStore } from '../directory/store.ts';
import { databaseOf } from './statement.ts';

export function createSetupLinkStore(): SetupLinkStore {
  return {
    async insertLink(db, { hash, organizationId, createdAt, expiresAt }) {
      const row = {
        hash,
        organization_id: organizationId,
        created_at: createdAt,
        expires_at: expiresAt,
        used_at: null,
      };
      await databaseOf(db).insertInto('setup_links').values(row).execute();
    },
    async useLink(db, hash, at) {
      const used = await databaseOf(db)
        .updateTable('setup_links')
        .set({ used_at: at })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', at)
        .returning('organization_id')
        .executeTakeFirst();
      return used && { organizationId: used.organization_id };
    },
    async isUsable(db, hash, at) {
      const link = await databaseOf(db)
        .selectFrom('setup_links')
        .select('hash')
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', at)
        .executeTakeFirst();
      return link !== undefined;
    },
  };
}
