/** The outbox in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { Mail, MailStore } from '../directory/mail.ts';
import { firstIdAt } from '../synclog/exchange-id.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf } from './statement.ts';

type MailRow = Omit<Mail, 'content'> & { readonly content: string };

function toMail(row: MailRow): Mail {
  return { ...row, content: JSON.parse(row.content) };
}

export function createMailStore({ kind, json }: Engine): MailStore {
  const idList = createIdList(kind);
  const select: RawBuilder<MailRow> = sql`select id, organization_id as "organizationId", kind, recipient as "to",
    about_id as "aboutId", ${json.text(sql.ref('content'))} as content, state, attempts, server_reply as "serverReply",
    created_at as "createdAt", updated_at as "updatedAt" from mails`;
  return {
    async find(db, id) {
      const { rows } = await sql<MailRow>`${select} where id = ${id}`.execute(databaseOf(db));
      return rows.map(toMail)[0];
    },
    async insert(db, mail) {
      await sql`insert into mails (id, organization_id, kind, recipient, about_id, content, state, attempts,
          server_reply, created_at, updated_at)
        values (${mail.id}, ${mail.organizationId}, ${mail.kind}, ${mail.to}, ${mail.aboutId},
          ${json.value(JSON.stringify(mail.content))}, ${mail.state}, ${mail.attempts}, ${mail.serverReply},
          ${mail.createdAt}, ${mail.updatedAt})`.execute(databaseOf(db));
    },
    async dropWaiting(db, aboutId, at) {
      const dropped = databaseOf(db).updateTable('mails').set({ state: 'dropped', updated_at: at });
      await dropped.where('about_id', '=', aboutId).where('state', '=', 'waiting').execute();
    },
    async newestAbout(db, aboutIds) {
      const named = idList.includes(sql.ref('about_id'), idList.encode(aboutIds));
      const newest = sql`select max(id) from mails where ${named} group by about_id`;
      const { rows } = await sql<MailRow>`${select} where id in (${newest})`.execute(databaseOf(db));
      return new Map(rows.map((row) => [row.aboutId ?? '', toMail(row)]));
    },
    async setState(db, id, { state, attempts, serverReply, at }) {
      const row = { state, attempts, server_reply: serverReply, updated_at: at };
      await databaseOf(db).updateTable('mails').set(row).where('id', '=', id).execute();
    },
    async failed(db, organizationId, limit) {
      const { rows } = await sql<MailRow>`${select} where organization_id = ${organizationId} and state = 'failed'
        and not exists (select 1 from mails as later where later.about_id = mails.about_id and later.id > mails.id)
        order by id desc limit ${limit}`.execute(databaseOf(db));
      return rows.map(toMail);
    },
    async prune(db, before, limit) {
      const old = sql`select id from mails where id < ${firstIdAt(before)} and state <> 'waiting' order by id limit ${limit}`;
      const result = await sql`delete from mails where id in (${old})`.execute(databaseOf(db));
      return Number(result.numAffectedRows ?? 0n);
    },
  };
}
