/** Answers under an Idempotency-Key in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { AnswerClaim, KeptAnswerStore } from '../http/kept-answers.ts';
import { databaseOf } from './statement.ts';

interface KeptRow {
  readonly fingerprint: string;
  readonly answer: string | null;
}

function keyOf({ organizationId, principal, keyHash }: AnswerClaim): RawBuilder<unknown> {
  return sql`organization_id = ${organizationId} and principal = ${principal} and key_hash = ${keyHash}`;
}

export function createKeptAnswerStore(): KeptAnswerStore {
  return {
    async claim(db, claim) {
      const { organizationId, principal, keyHash, fingerprint, claimedBy, at, leaseUntil, expiresAt } = claim;
      // A claim whose process died, or an answer that has expired, is taken over by the same statement that inserts.
      const taken = await sql<{ claimed_by: string }>`insert into kept_answers
          (organization_id, principal, key_hash, fingerprint, claimed_by, lease_until, answer, expires_at)
        values (${organizationId}, ${principal}, ${keyHash}, ${fingerprint}, ${claimedBy}, ${leaseUntil}, null, ${expiresAt})
        on conflict (organization_id, principal, key_hash) do update set fingerprint = excluded.fingerprint,
          claimed_by = excluded.claimed_by, lease_until = excluded.lease_until, answer = null, expires_at = excluded.expires_at
        where kept_answers.expires_at <= ${at}
          or (kept_answers.answer is null and kept_answers.lease_until <= ${at})
        returning claimed_by`.execute(databaseOf(db));
      if (taken.rows.length > 0) return { kind: 'claimed' };
      const found = await sql<KeptRow>`select fingerprint, answer from kept_answers where ${keyOf(claim)}`.execute(
        databaseOf(db),
      );
      const row = found.rows[0];
      if (row === undefined || row.answer === null) {
        return { kind: 'in_flight', fingerprint: row?.fingerprint ?? fingerprint };
      }
      return { kind: 'kept', fingerprint: row.fingerprint, answer: row.answer };
    },
    async keep(db, claim, answer) {
      const kept = await sql<KeptRow>`update kept_answers set answer = ${answer}
        where ${keyOf(claim)} and claimed_by = ${claim.claimedBy} and answer is null returning fingerprint`.execute(
        databaseOf(db),
      );
      return kept.rows.length > 0;
    },
    async release(db, claim) {
      await sql`delete from kept_answers where ${keyOf(claim)} and claimed_by = ${claim.claimedBy}
        and answer is null`.execute(databaseOf(db));
    },
    async prune(db, before, limit) {
      await sql`delete from kept_answers where (organization_id, principal, key_hash) in
        (select organization_id, principal, key_hash from kept_answers where expires_at <= ${before} limit ${limit})`.execute(
        databaseOf(db),
      );
    },
  };
}
