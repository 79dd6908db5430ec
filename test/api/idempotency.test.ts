/** Idempotency-Key: sent again, a request does nothing twice and gets the first answer, whatever races or dies. */
import { hash } from 'node:crypto';
import { expect, it } from 'vitest';
import { describeApi, type TestApi } from '../support/api-server.ts';

const key = (name: string) => ({ 'idempotency-key': `key-of-${name}` });
const okta = (name: string) => ({ name, dialect: 'okta' });

async function countNamed(api: TestApi, name: string): Promise<number> {
  const { store } = api.core;
  const all = await store.connections.list(store.reader, api.organizationId);
  return all.filter((connection) => connection.name === name).length;
}

describeApi('an Idempotency-Key', (api) => {
  it('gives the first answer again, with the secret that is shown once', async () => {
    const admin = api().as({});
    const first = await admin.post('/connections', okta('Once'), key('once'));
    const again = await admin.post('/connections', okta('Once'), key('once'));
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(await countNamed(api(), 'Once')).toBe(1);
  });

  it('keeps that secret in a form that the database cannot give away', async () => {
    const { engine } = api().core;
    const made = await api().as({}).post('/connections', okta('Sealed'), key('sealed'));
    const kept = await engine.reader.selectFrom('kept_answers').select('answer').execute();
    expect(kept.length).toBeGreaterThan(0);
    for (const { answer } of kept) {
      expect(answer).not.toContain(made.body.token.token);
      expect(Buffer.from(answer ?? '', 'base64url').toString('latin1')).not.toContain(made.body.token.token);
    }
  });

  it('is refused with 422 for another request', async () => {
    const admin = api().as({});
    await admin.post('/connections', okta('First'), key('other-body'));
    const refused = await admin.post('/connections', okta('Second'), key('other-body'));
    expect([refused.status, refused.body.code]).toEqual([422, 'idempotency_mismatch']);
    expect(await countNamed(api(), 'Second')).toBe(0);
  });

  it('belongs to one principal, and its answer to one credential', async () => {
    const id = '0190a0a0-0000-7000-8000-00000000000a';
    await api().as({ id }).post('/connections', okta('Mine'), key('shared'));
    expect((await api().as({}).post('/connections', okta('Theirs'), key('shared'))).status).toBe(201);
    const withOtherKey = await api().as({ id }).post('/connections', okta('Mine'), key('shared'));
    expect([withOtherKey.status, withOtherKey.body.code]).toEqual([409, 'conflict']);
  });

  it('lets a refused request be sent again', async () => {
    const admin = api().as({});
    await admin.post('/connections', okta('Taken'));
    const refused = await admin.post('/connections', okta('Taken'), key('refused'));
    expect(refused.status).toBe(409);
    expect((await admin.post('/connections', okta('Free'), key('refused'))).status).toBe(201);
  });

  it('does it once when ten come at the same time: the others wait or get the answer', async () => {
    const admin = api().as({});
    const racing = await Promise.all(
      Array.from({ length: 10 }, () => admin.post('/connections', okta('Raced'), key('raced'))),
    );
    const codes = racing.map(({ status, body }) => (status === 201 ? 201 : body.code));
    expect(codes).toContain(201);
    expect(codes.every((code) => code === 201 || code === 'in_flight')).toBe(true);
    expect(await countNamed(api(), 'Raced')).toBe(1);
    for (const refused of racing.filter(({ status }) => status === 409)) {
      expect(refused.headers.get('retry-after')).toBe('1');
    }
    expect((await admin.post('/connections', okta('Raced'), key('raced'))).status).toBe(201);
  });

  it.each(['short', 'with blank', 'ä'.repeat(10)])('is refused when it is no key: %s', async (given) => {
    const headers = { 'idempotency-key': Buffer.from(given, 'utf8').toString('latin1') };
    const answer = await api().as({}).post('/connections', okta('No key'), headers);
    expect(answer.body).toMatchObject({ status: 400, errors: [{ in: 'header', name: 'Idempotency-Key' }] });
  });
});

const clock = { at: Date.now() };

describeApi(
  'an Idempotency-Key in time',
  (api) => {
    it('is free again after its hours', async () => {
      const admin = api().as({});
      await admin.post('/connections', okta('Early'), key('expiring'));
      clock.at += 24 * 3_600_000;
      expect((await admin.post('/connections', okta('Late'), key('expiring'))).status).toBe(201);
    });

    it('of a request whose process died is free after a minute', async () => {
      const { store } = api().core;
      const id = '0190a0a0-0000-7000-8000-00000000000b';
      const admin = api().as({ id });
      const claim = {
        ...{ organizationId: api().organizationId, principal: `user:${id}`, fingerprint: 'x', claimedBy: 'dead' },
        ...{ keyHash: hash('sha256', 'key-of-dead', 'hex'), at: clock.at },
        ...{ leaseUntil: clock.at + 60_000, expiresAt: clock.at + 3_600_000 },
      };
      await store.write((db) => store.keptAnswers.claim(db, claim));
      expect((await admin.post('/connections', okta('Dead'), key('dead'))).status).toBe(422);
      clock.at += 60_000;
      expect((await admin.post('/connections', okta('Dead'), key('dead'))).status).toBe(201);
    });
  },
  { now: () => clock.at },
);
