/** The post over real mail servers: well-behaved, refusing, hanging, slow, gone. */
import { afterEach, expect, it } from 'vitest';
import { invitePeople, readInvite, resendInvite, revokeInvite } from '../../src/directory/invites/invites.ts';
import type { Mail } from '../../src/directory/mail.ts';
import type { Worker } from '../../src/jobs/worker.ts';
import { createTemplates } from '../../src/mail/templates.ts';
import { describeDirectory, type TestDirectory, type TestOrganization } from '../support/directory.ts';
import { type PostOptions, PUBLIC_URL, startPost, withPost } from '../support/post.ts';
import { startSilentSmtp, startSmtp } from '../support/smtp.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.stop();
});

async function smtp(options: Parameters<typeof startSmtp>[0] = {}) {
  const server = await startSmtp(options);
  running.push({ stop: () => server.close() });
  return server;
}

function post(organization: TestOrganization, options: PostOptions): Worker {
  const worker = startPost(organization.parts, options);
  running.push(worker);
  return worker;
}

async function setUp(directory: TestDirectory): Promise<TestOrganization> {
  // What other tests left to be sent is none of this one's business.
  const { parts } = directory;
  for (const { key } of await parts.store.jobs.page(parts.store.reader, 'mail', 'due', '', 1000))
    await parts.store.write((db) => parts.store.jobs.cancel(db, { queue: 'mail', key }));
  return directory.organization({ parts: withPost(parts) });
}

async function invite(organization: TestOrganization, addresses = 'ada@post.example'): Promise<string> {
  const input = { addresses, role: 'member', teams: [] } as const;
  const { parts, operator } = organization;
  const [answer] = await organization.run((work) => invitePeople(parts, work, operator, input));
  if (answer?.outcome !== 'invited') throw new Error(answer?.outcome);
  expect(answer.link).toBeNull();
  return answer.invite.id;
}

const view = ({ parts, operator }: TestOrganization, id: string) => readInvite(parts, operator, id);

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 500; tries += 1) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to that');
}

const mailOf = async (organization: TestOrganization, id: string): Promise<Mail | null> =>
  (await view(organization, id)).mail;

describeDirectory('the post', (directory) => {
  it('sends an invite as text and HTML that say the same, with one link', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    const id = await invite(organization);
    await post(organization, { url: server.url }).idle();
    const [mail] = server.mails;
    expect(mail?.from?.text).toBe('"Drawbridge" <no-reply@drawbridge.example>');
    expect([mail?.to].flat()[0]?.text).toBe('ada@post.example');
    expect(mail?.subject).toMatch(/^You are invited to organization \d+$/);
    const links = mail?.text?.match(/https:\S+/g) ?? [];
    expect(links).toHaveLength(1);
    expect(links[0]).toMatch(new RegExp(`^${PUBLIC_URL}/auth/invite\\?key=drawbridge_invite_[\\w-]{43}$`));
    expect(typeof mail?.html === 'string' && mail.html.includes(`href="${links[0]}"`)).toBe(true);
    expect(mail?.text).toContain('command line invites you to join organization');
    expect(await view(organization, id)).toMatchObject({ state: 'pending', mail: { state: 'sent', attempts: 1 } });
  });

  it('keeps no link in the outbox, before and after', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    const id = await invite(organization);
    const before = JSON.stringify(await mailOf(organization, id));
    await post(organization, { url: server.url }).idle();
    const after = JSON.stringify(await mailOf(organization, id));
    expect(server.mails).toHaveLength(1);
    expect(`${before}${after}`).not.toContain('drawbridge_invite');
  });

  it('writes names into mails as text', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    const { parts } = organization;
    await organization.parts.store.write((db) =>
      parts.mail.enqueue(db, {
        ...{ organizationId: organization.id, kind: 'seats_full', to: 'x@post.example', aboutId: null },
        content: { seats: '<b>5</b>\r\nBcc: eve@post.example' },
      }),
    );
    await post(organization, { url: server.url }).idle();
    const html = String(server.mails[0]?.html);
    expect(html).toContain('&lt;b&gt;5&lt;/b&gt;');
    expect(server.mails[0]?.bcc).toBeUndefined();
    expect(server.mails[0]?.text).toContain('All <b>5</b> Bcc: eve@post.example seats');
  });

  it('gives up at once when the server refuses for good, and shows what it said', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    server.refuse(550, 'No such mailbox here');
    const id = await invite(organization);
    const worker = post(organization, { url: server.url });
    await worker.idle();
    const { state, mail } = await view(organization, id);
    expect([state, mail?.state, mail?.attempts]).toEqual(['mail_failed', 'failed', 1]);
    expect(mail?.serverReply).toContain('550 No such mailbox here');
    server.refuse(undefined);
    await organization.run((work) => resendInvite(organization.parts, work, organization.operator, id));
    expect((await view(organization, id)).state).toBe('pending');
    await worker.idle();
    expect(await view(organization, id)).toMatchObject({ state: 'pending', mail: { state: 'sent' } });
  });

  it('gives up at once when the server refuses what is in it', async () => {
    const organization = await setUp(directory());
    const server = await smtp({ refusesContent: true });
    const id = await invite(organization);
    await post(organization, { url: server.url }).idle();
    const { state, mail } = await view(organization, id);
    expect([state, mail?.attempts]).toEqual(['mail_failed', 1]);
    expect(mail?.serverReply).toContain('554 Message looks like spam');
  });

  it('does not take a sender that may not send for a bad address', async () => {
    const organization = await setUp(directory());
    const server = await smtp({ refusesSender: true });
    const id = await invite(organization);
    post(organization, { url: server.url });
    const mail = await until(
      () => mailOf(organization, id),
      (one) => one?.attempts === 1,
    );
    expect(mail).toMatchObject({ state: 'waiting', serverReply: expect.stringContaining('553') });
  });

  it('tries again when the server says later, and each try has a link that works', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    server.refuse(451, 'Greylisted, come back');
    const id = await invite(organization);
    const worker = post(organization, { url: server.url });
    const waiting = await until(
      () => mailOf(organization, id),
      (mail) => mail?.attempts === 1,
    );
    expect(waiting).toMatchObject({ state: 'waiting', serverReply: expect.stringContaining('451 Greylisted') });
    expect((await view(organization, id)).state).toBe('pending');
    // The mail says that it was tried before the job is given back: only then may the clock move.
    await worker.idle();
    server.refuse(undefined);
    directory().clock.now += 3_600_000;
    await worker.idle();
    expect(server.mails).toHaveLength(1);
    expect((await mailOf(organization, id))?.attempts).toBe(2);
  });

  it('does not take a wrong password for a bad address: that is for the operator to mend', async () => {
    const organization = await setUp(directory());
    const server = await smtp({ password: 'right' });
    const id = await invite(organization);
    post(organization, { url: server.url.replace('right', 'wrong') });
    const mail = await until(
      () => mailOf(organization, id),
      (one) => one?.attempts === 1,
    );
    expect(mail).toMatchObject({ state: 'waiting', serverReply: expect.stringContaining('535') });
  });

  it('sends nothing in the clear where the address of the server says so', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    const id = await invite(organization);
    post(organization, { url: `${server.url}?requireTLS=true` });
    const mail = await until(
      () => mailOf(organization, id),
      (one) => one?.attempts === 1,
    );
    expect([mail?.state, server.mails.length]).toEqual(['waiting', 0]);
  });

  it.each(['silent', 'gone'])(
    'waits for a server that is %s no longer than its time, and tries again',
    async (kind) => {
      const organization = await setUp(directory());
      const silent = await startSilentSmtp();
      if (kind === 'gone') await silent.close();
      else running.push({ stop: () => silent.close() });
      const id = await invite(organization);
      post(organization, { url: silent.url, timeoutMs: 100 });
      const mail = await until(
        () => mailOf(organization, id),
        (one) => one?.attempts === 1,
      );
      expect(mail?.state).toBe('waiting');
      expect(mail?.serverReply).toMatch(kind === 'gone' ? /ECONNREFUSED/ : /timeout|Greeting never received/i);
    },
  );

  it('gives up after its tries', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    server.refuse(451);
    const id = await invite(organization);
    post(organization, { url: server.url, maxAttempts: 3, backoff: { firstMs: 0, maxMs: 0 } });
    const { mail } = await until(
      () => view(organization, id),
      ({ state }) => state === 'mail_failed',
    );
    expect(mail?.attempts).toBe(3);
  });

  it('parks a mail that cannot be written, and sends the others', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    const { parts } = organization;
    const templates = createTemplates({
      linkOfSignIn: async () => ({ path: '/auth/email/enter?key=x' }),
      publicUrl: () => PUBLIC_URL,
      linkOfInvite: () => Promise.reject(new Error('poison')),
    });
    const id = await invite(organization);
    const seats = {
      organizationId: organization.id,
      kind: 'seats_full',
      aboutId: null,
      content: { seats: 5 },
    } as const;
    await parts.store.write((db) => parts.mail.enqueue(db, { ...seats, to: 'admin@post.example' }));
    post(organization, { url: server.url, templates, maxAttempts: 2, backoff: { firstMs: 0, maxMs: 0 } });
    const { mail } = await until(
      () => view(organization, id),
      ({ state }) => state === 'mail_failed',
    );
    expect(mail?.serverReply).toBe('This mail could not be written: poison');
    await until(
      async () => server.mails.length,
      (count) => count === 1,
    );
    const parked = await parts.store.jobs.find(parts.store.reader, { queue: 'mail', key: mail?.id ?? '' });
    expect(parked?.state).toBe('parked');
  });

  it('drops what is over before it is sent: a revoked invite, and the older mail of one that was sent again', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    const { parts, operator } = organization;
    const revoked = await invite(organization, 'revoked@post.example');
    await organization.run((work) => revokeInvite(parts, work, operator, revoked));
    const again = await invite(organization, 'again@post.example');
    const first = await mailOf(organization, again);
    await organization.run((work) => resendInvite(parts, work, operator, again));
    await post(organization, { url: server.url }).idle();
    expect(server.mails.map((mail) => [mail.to].flat()[0]?.text)).toEqual(['again@post.example']);
    expect((await parts.store.mails.find(parts.store.reader, first?.id ?? ''))?.state).toBe('dropped');
    expect((await mailOf(organization, revoked))?.state).toBe('dropped');
  });

  it('sends many through a slow server, several at a time, each once', async () => {
    const organization = await setUp(directory());
    const server = await smtp({ slowMs: 20 });
    const addresses = Array.from({ length: 20 }, (_, n) => `many-${n}@post.example`);
    await invite(organization, addresses.join(', '));
    const workers = [post(organization, { url: server.url }), post(organization, { url: server.url })];
    await Promise.all(workers.map((worker) => worker.idle()));
    const sent = server.mails.map((mail) => [mail.to].flat()[0]?.text ?? '');
    expect(sent.toSorted()).toEqual(addresses.toSorted());
  });

  it('forgets old mails, and none that waits', async () => {
    const organization = await setUp(directory());
    const server = await smtp();
    const { parts } = organization;
    const sent = await invite(organization, 'sent@post.example');
    await post(organization, { url: server.url }).idle();
    server.refuse(451);
    const waits = await invite(organization, 'waits@post.example');
    const later = Date.now() + 1000;
    while ((await parts.store.write((db) => parts.store.mails.prune(db, later, 5))) === 5);
    expect([await mailOf(organization, sent), (await mailOf(organization, waits))?.state]).toEqual([null, 'waiting']);
  });

  it('gives back what it was sending when it stops', async () => {
    const organization = await setUp(directory());
    const silent = await startSilentSmtp();
    running.push({ stop: () => silent.close() });
    const id = await invite(organization);
    const worker = post(organization, { url: silent.url });
    const { parts } = organization;
    const job = { queue: 'mail', key: (await mailOf(organization, id))?.id ?? '' };
    await new Promise((resolve) => setTimeout(resolve, 100));
    await worker.stop();
    expect(await parts.store.jobs.find(parts.store.reader, job)).toMatchObject({ state: 'due', attempts: 0 });
  });
});
