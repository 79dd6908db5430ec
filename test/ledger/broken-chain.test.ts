/** A ledger that somebody changed in the database: the daily walk finds it, and everybody who has to know is told. */
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainWatch } from '../../src/app/ledger-work.ts';
import { databaseOf } from '../../src/store/statement.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';
import { type LedgerRoom, openLedgerRoom } from './ledger-room.ts';

const METRIC = 'drawbridge_ledger_broken_chains';

describe.each(['sqlite', 'postgres'] as const)('a broken chain (%s)', (engine) => {
  let smtp: TestSmtp;
  let room: LedgerRoom;
  let admin: ConsoleVisitor;

  beforeAll(async () => {
    smtp = await startSmtp();
    room = await openLedgerRoom(engine, { SMTP_URL: smtp.url, MAIL_FROM: 'no-reply@drawbridge.example' });
    admin = await visitConsole(room.bridge);
    for (const name of ['ada', 'bob', 'cleo', 'dan']) {
      const id = await room.client.user(`${name}@broken.example`);
      await room.client.send('DELETE', `/Users/${id}`);
    }
  }, 60_000);

  afterAll(async () => {
    await room?.stop();
    await smtp?.close();
  });

  const behindItsBack = (statement: RawBuilder<unknown>) =>
    room.bridge.core.engine.write(async (db) => void (await statement.execute(databaseOf(db))));
  const change = (position: number, from: string, to: string) =>
    behindItsBack(
      sql`update ledger_entries set content = replace(content, ${from}, ${to}) where position = ${position}`,
    );
  const walk = () => chainWatch(room.bridge.core)({}, new AbortController().signal);
  const overview = async () => (await admin.get('/admin')).html;
  const mails = () => smtp.mails.map(({ subject }) => subject);

  /** What is on its way arrives before this one does. */
  async function settled(): Promise<readonly (string | undefined)[]> {
    await admin.get('/admin/settings');
    await admin.submit('/admin/settings/mail/test', {});
    const tests = mails().filter((subject) => subject?.startsWith('A test mail')).length;
    await expect
      .poll(() => mails().filter((subject) => subject?.startsWith('A test mail')).length)
      .toBeGreaterThan(tests);
    return mails().filter((subject) => !subject?.startsWith('A test mail'));
  }

  it('is nobody’s business while it holds', async () => {
    await walk();
    expect(await room.metric(METRIC)).toBe(0);
    expect(await overview()).not.toContain('does not hold');
  });

  it('stands on the overview with a link, in the metrics and in one mail to the admins, however often it is walked', async () => {
    await change(2, 'deleted', 'delated');
    await walk();
    await walk();
    expect(await overview()).toMatch(/does not hold from entry 2 on[\s\S]{0,200}<a[^>]* href="\/admin\/removed"/);
    expect(await room.metric(METRIC)).toBe(1);
    await expect.poll(mails).toContain('The record of removed people was changed');
    expect(await settled()).toEqual(['The record of removed people was changed']);
    const [mail] = smtp.mails;
    expect([mail?.to].flat()[0]?.text).toBe('admin@console.example');
    expect(mail?.text).toContain('does not hold from entry 2 on. The entry before it is whole.');
    expect(mail?.text).toContain(`${room.bridge.url}/admin/removed`);
  });

  it('is named by its first entry, by hand in the console and at the command line, without another mail', async () => {
    await admin.get('/admin/removed');
    const page = await admin.submit('/admin/removed/verify', {});
    expect(page.text).toContain('The chain is broken at entry 2');
    expect(page.text).toContain('The entry before it is whole');
    const verdict = await room.ledger.verify('default');
    expect(verdict).toMatchObject({ firstBreak: { position: 2 } });
    expect(await settled()).toHaveLength(1);
  });

  it('is over when the entry is as it was, and is told again when another one is changed', async () => {
    await change(2, 'delated', 'deleted');
    await walk();
    expect(await overview()).not.toContain('does not hold');
    expect(await room.metric(METRIC)).toBe(0);
    await behindItsBack(sql`delete from ledger_entries where position = 3`);
    await walk();
    expect(await overview()).toContain('does not hold from entry');
    expect(await room.metric(METRIC)).toBe(1);
    await expect.poll(() => mails().filter((subject) => subject?.includes('was changed')).length).toBe(2);
  });
});
