/** Links between identity providers' subjects and users, and the users whom an unknown subject may mean. */
import { sql } from 'kysely';
import type {
  Candidate,
  IdentityLink,
  IdentityLinkStore,
  StoredSignInRules,
} from '../directory/entry/identity-link.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';
import { toUser, type UserRow, userColumns } from './user-row.ts';

interface CandidateRow extends UserRow {
  readonly deleted_at: number | null;
  readonly email_key: string | null;
  /** Numbers on SQLite. */
  readonly has_links: boolean | number;
  readonly is_vouched: boolean | number;
}

function toCandidate(row: CandidateRow): Candidate {
  return {
    ...{ user: toUser(row), isDeleted: row.deleted_at !== null, emailKey: row.email_key },
    ...{ hasLinks: Boolean(row.has_links), isAddressVouched: Boolean(row.is_vouched) },
  };
}

export function createIdentityLinkStore({ json, rowLocks }: Engine): IdentityLinkStore {
  const columns = sql`${userColumns(json)}, u.deleted_at, u.email_key,
    exists (select 1 from identity_links where user_id = u.id) as has_links,
    exists (select 1 from identity_links where user_id = u.id and vouched_email = u.email_key) as is_vouched`;
  const select = sql<IdentityLink>`select organization_id as "organizationId", connector, issuer, subject,
    user_id as "userId", vouched_email as "vouchedEmail", created_at as "createdAt" from identity_links`;
  const forUpdate = rowLocks ? sql`for update` : sql``;

  return {
    async find(db, { organizationId, connector, issuer, subject }) {
      const statement = sql<IdentityLink>`${select} where organization_id = ${organizationId}
        and connector = ${connector} and issuer = ${issuer} and subject = ${subject}`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async set(db, { organizationId, connector, issuer, subject, userId, vouchedEmail, createdAt }) {
      await sql`insert into identity_links (organization_id, connector, issuer, subject, user_id, vouched_email, created_at)
        values (${organizationId}, ${connector}, ${issuer}, ${subject}, ${userId}, ${vouchedEmail}, ${createdAt})
        on conflict (organization_id, connector, issuer, subject)
          do update set user_id = excluded.user_id, vouched_email = excluded.vouched_email,
            created_at = excluded.created_at`.execute(databaseOf(db));
    },
    async ofUser(db, userId) {
      const statement = sql<IdentityLink>`${select} where user_id = ${userId} order by created_at`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async candidates(db, organizationId, { email, userName, externalId }) {
      const connections = sql`(select id from connections where organization_id = ${organizationId})`;
      const names = [email, userName].filter((name) => name !== null);
      const parts = [
        sql`select id from users where organization_id = ${organizationId} and email_key = ${email} and deleted_at is null`,
        sql`select id from users where organization_id = ${organizationId} and email_key = ${email} and deleted_at is not null`,
        sql`select id from users where connection_id in ${connections} and external_id = ${externalId} and deleted_at is null`,
        ...names.flatMap((name) => [
          sql`select id from users where connection_id in ${connections} and user_name_key = ${name} and deleted_at is null`,
          sql`select id from users where organization_id = ${organizationId} and user_name_key = ${name}
            and connection_id is null and deleted_at is null`,
          sql`select id from users where organization_id = ${organizationId} and user_name_key = ${name}
            and deleted_at is not null`,
        ]),
      ];
      const statement = sql<CandidateRow>`select ${columns} from users as u
        where u.id in (${sql.join(parts, sql` union `)}) order by u.id limit 100`;
      return (await statement.execute(databaseOf(db))).rows.map(toCandidate);
    },
    async lockUser(db, organizationId, userId) {
      const statement = sql<CandidateRow>`select ${columns} from users as u
        where u.id = ${userId} and u.organization_id = ${organizationId} ${forUpdate}`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      return row && toCandidate(row);
    },
    async rules(db, organizationId) {
      const statement = sql<StoredSignInRules>`select ${json.text(sql.ref('rules'))} as rules, updated_at as version
        from sign_in_rules where organization_id = ${organizationId}`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async setRules(db, organizationId, { rules, version }) {
      await sql`insert into sign_in_rules (organization_id, rules, updated_at)
        values (${organizationId}, ${json.value(rules)}, ${version})
        on conflict (organization_id) do update set rules = excluded.rules, updated_at = excluded.updated_at`.execute(
        databaseOf(db),
      );
    },
  };
}
