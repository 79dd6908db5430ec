/** Runs of mapping rules in SQL: one row per connection. */
import { sql } from 'kysely';
import type { RuleRun, RuleRunStore } from '../directory/rules/rule-run.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

export function createRuleRunStore({ rowLocks }: Engine): RuleRunStore {
  const forUpdate = rowLocks ? sql`for update` : sql``;
  const one = (connectionId: string, lock: typeof forUpdate) =>
    sql<RuleRun>`select connection_id as "connectionId", organization_id as "organizationId", generation, stage, cursor,
        total, done, gained, lost, changed, started_at as "startedAt", updated_at as "updatedAt", finished_at as "finishedAt"
      from rule_runs where connection_id = ${connectionId} ${lock}`;
  return {
    find: async (db, connectionId) => (await one(connectionId, sql``).execute(databaseOf(db))).rows[0],
    lock: async (db, connectionId) => (await one(connectionId, forUpdate).execute(databaseOf(db))).rows[0],
    async save(db, { connectionId, organizationId, startedAt, updatedAt, finishedAt, ...counts }) {
      const times = { started_at: startedAt, updated_at: updatedAt, finished_at: finishedAt };
      const state = { ...counts, ...times };
      await databaseOf(db)
        .insertInto('rule_runs')
        .values({ connection_id: connectionId, organization_id: organizationId, ...state })
        .onConflict((conflict) => conflict.column('connection_id').doUpdateSet(state))
        .execute();
    },
  };
}
