/** Jobs in SQL: marked in the transaction of whoever wants the work, claimed under a lease. */
import { sql } from 'kysely';
import type { Claim, Job, JobStore } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

type Row = Omit<Job, 'payload'> & { readonly payload: string | null };

function toJob({ payload, ...row }: Row): Job {
  return { ...row, payload: payload === null ? null : JSON.parse(payload) };
}

export function createJobStore({ json, rowLocks }: Engine): JobStore {
  const columns = sql`queue, key, organization_id as "organizationId", ${json.text(sql.ref('payload'))} as payload, state,
    due_at as "dueAt", attempts, generation, last_error as "lastError", created_at as "createdAt",
    updated_at as "updatedAt"`;
  const skipLocked = rowLocks ? sql`for update skip locked` : sql``;
  const isFree = (now: number) => sql`(lease_until is null or lease_until < ${now})`;

  async function claim(db: Handle, { queue, owner, now, leaseUntil, limit }: Claim): Promise<readonly Job[]> {
    // Materialized: PostgreSQL may run a bare subquery once per row, each time past the rows that are locked already, and
    // would claim everything that is due.
    const claimed = await sql<Row>`with free as materialized (
        select key from jobs where queue = ${queue} and state = 'due' and due_at <= ${now} and ${isFree(now)}
        order by due_at, key limit ${limit} ${skipLocked})
      update jobs set lease_owner = ${owner}, lease_until = ${leaseUntil}
      where queue = ${queue} and key in (select key from free)
      returning ${columns}`.execute(databaseOf(db));
    return claimed.rows.map(toJob).toSorted((a, b) => a.dueAt - b.dueAt);
  }

  return {
    async mark(db, jobs, at) {
      for (const { queue, key, organizationId, payload, dueAt } of jobs) {
        const text = payload === undefined ? sql`null` : json.value(JSON.stringify(payload));
        // Leased: runs once more afterwards. Waiting for a next try: keeps its time. Parked: starts anew.
        await sql`insert into jobs (queue, key, organization_id, payload, state, due_at, attempts, generation, created_at,
            updated_at)
          values (${queue}, ${key}, ${organizationId}, ${text}, 'due', ${dueAt}, 0, 1, ${at}, ${at})
          on conflict (queue, key) do update set
            payload = coalesce(excluded.payload, jobs.payload),
            generation = jobs.generation + 1,
            due_at = case
              when jobs.state = 'parked' or jobs.lease_owner is not null then excluded.due_at
              when jobs.attempts > 0 then jobs.due_at
              when jobs.due_at < excluded.due_at then jobs.due_at
              else excluded.due_at end,
            attempts = case when jobs.state = 'parked' then 0 else jobs.attempts end,
            state = 'due',
            updated_at = excluded.updated_at`.execute(databaseOf(db));
      }
    },
    async isDue(db, queue, now) {
      const found = await sql`select 1 from jobs where queue = ${queue} and state = 'due' and due_at <= ${now}
        and ${isFree(now)} limit 1`.execute(databaseOf(db));
      return found.rows.length > 0;
    },
    claim,
    async renew(db, { queue, key }, owner, leaseUntil) {
      const kept = await sql`update jobs set lease_until = ${leaseUntil}
        where queue = ${queue} and key = ${key} and lease_owner = ${owner} returning key`.execute(databaseOf(db));
      return kept.rows.length > 0;
    },
    async finish(db, { queue, key, generation }, owner, at) {
      await sql`delete from jobs where queue = ${queue} and key = ${key} and generation = ${generation}
        and lease_owner = ${owner}`.execute(databaseOf(db));
      // Marked meanwhile: it waits since then, and not since what was done now was marked.
      await sql`update jobs set lease_owner = null, lease_until = null, attempts = 0, last_error = null,
          created_at = updated_at, updated_at = ${at}
        where queue = ${queue} and key = ${key} and lease_owner = ${owner}`.execute(databaseOf(db));
    },
    async retry(db, { queue, key }, owner, { dueAt, attempts, reason }, at) {
      await sql`update jobs set lease_owner = null, lease_until = null, due_at = ${dueAt}, attempts = ${attempts},
          last_error = ${reason}, updated_at = ${at}
        where queue = ${queue} and key = ${key} and lease_owner = ${owner}`.execute(databaseOf(db));
    },
    async park(db, { queue, key, generation, attempts }, owner, reason, at) {
      await sql`update jobs set lease_owner = null, lease_until = null, last_error = ${reason}, updated_at = ${at},
          attempts = case when generation = ${generation} then ${attempts + 1} else 0 end,
          state = case when generation = ${generation} then 'parked' else 'due' end
        where queue = ${queue} and key = ${key} and lease_owner = ${owner}`.execute(databaseOf(db));
    },
    async unpark(db, queue, key, at) {
      const one = key === null ? sql`` : sql`and key = ${key}`;
      const freed = await sql`update jobs set state = 'due', due_at = ${at}, attempts = 0, updated_at = ${at}
        where queue = ${queue} and state = 'parked' ${one} returning key`.execute(databaseOf(db));
      return freed.rows.length;
    },
    async cancel(db, { queue, key }) {
      await sql`delete from jobs where queue = ${queue} and key = ${key}`.execute(databaseOf(db));
    },
    async cancelAll(db, queue) {
      await sql`delete from jobs where queue = ${queue}`.execute(databaseOf(db));
    },
    async find(db, { queue, key }) {
      const found = await sql<Row>`select ${columns} from jobs where queue = ${queue} and key = ${key}`.execute(
        databaseOf(db),
      );
      return found.rows[0] === undefined ? undefined : toJob(found.rows[0]);
    },
    async page(db, queue, state, afterKey, limit) {
      const found = await sql<Row>`select ${columns} from jobs where queue = ${queue} and state = ${state}
        and key > ${afterKey} order by key limit ${limit}`.execute(databaseOf(db));
      return found.rows.map(toJob);
    },
    async counts(db, organizationId) {
      const own = organizationId === null ? sql`` : sql`where organization_id = ${organizationId}`;
      type Count = Awaited<ReturnType<JobStore['counts']>>[number];
      const found =
        await sql<Count>`select queue, state, count(*) as "count", min(due_at) as "oldestDueAt" from jobs ${own}
        group by queue, state order by queue, state`.execute(databaseOf(db));
      return found.rows.map((row) => ({ ...row, count: Number(row.count), oldestDueAt: Number(row.oldestDueAt) }));
    },
  };
}
