/** Which privacy switches an organization enforces, in SQL. */
import { type EnforcedPrivacyStore, PRIVACY_SWITCHES } from '../directory/teams/team-privacy.ts';
import { databaseOf } from './statement.ts';

export function createEnforcedPrivacyStore(): EnforcedPrivacyStore {
  return {
    async of(db, organizationId) {
      const rows = await databaseOf(db)
        .selectFrom('enforced_privacy')
        .select('switch')
        .where('organization_id', '=', organizationId)
        .execute();
      const named = new Set(rows.map((row) => row.switch));
      return new Set(PRIVACY_SWITCHES.filter((name) => named.has(name)));
    },
    async enforce(db, organizationId, name, at) {
      await databaseOf(db)
        .insertInto('enforced_privacy')
        .values({ organization_id: organizationId, switch: name, enforced_at: at })
        .onConflict((conflict) => conflict.columns(['organization_id', 'switch']).doNothing())
        .execute();
    },
    async release(db, organizationId, name) {
      await databaseOf(db)
        .deleteFrom('enforced_privacy')
        .where('organization_id', '=', organizationId)
        .where('switch', '=', name)
        .execute();
    },
  };
}
