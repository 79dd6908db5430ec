/** Sign-ins under way, and what was used once. */
import type { SignInAttemptStore } from '../directory/entry/sign-in-attempt.ts';
import { databaseOf } from './statement.ts';

export function createSignInAttemptStore(): SignInAttemptStore {
  return {
    async insert(db, { stateHash, browserHash, connector, kept, returnTo, expiresAt }) {
      const row = {
        state_hash: stateHash,
        browser_hash: browserHash,
        connector,
        kept,
        return_to: returnTo,
        expires_at: expiresAt,
      };
      await databaseOf(db).insertInto('sign_in_attempts').values(row).execute();
    },
    async take(db, stateHash, at) {
      const row = await databaseOf(db)
        .deleteFrom('sign_in_attempts')
        .where('state_hash', '=', stateHash)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined || row.expires_at <= at) return undefined;
      return {
        stateHash: row.state_hash,
        browserHash: row.browser_hash,
        connector: row.connector,
        kept: row.kept,
        returnTo: row.return_to,
        expiresAt: row.expires_at,
      };
    },
    async prune(db, before) {
      const attempts = await databaseOf(db)
        .deleteFrom('sign_in_attempts')
        .where('expires_at', '<', before)
        .executeTakeFirst();
      const uses = await databaseOf(db).deleteFrom('single_uses').where('until', '<', before).executeTakeFirst();
      return Number(attempts.numDeletedRows + uses.numDeletedRows);
    },
    async useOnce(db, use) {
      const result = await databaseOf(db)
        .insertInto('single_uses')
        .values(use)
        .onConflict((conflict) => conflict.columns(['realm', 'hash']).doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
  };
}
