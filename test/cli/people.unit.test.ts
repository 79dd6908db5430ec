/** The verbs for people, invites and keys: what they print, for people and for scripts. */
import { describe, expect, it } from 'vitest';
import { run } from './scripted-services.ts';

describe('people', () => {
  it('lists them as a table without control characters, and as JSON', async () => {
    const { out } = await run(['people', 'list', '--role', 'viewer', '--status', 'deactivated']);
    expect(out).toMatch(
      /^NAME +E-MAIL +ROLE +STATUS +MANAGED BY +LAST SEEN +ID\nAda\?\[31m +ada@example.com +viewer +deactivated +okta +never +0198\n$/,
    );
    const json = await run(['--json', 'people', 'list']);
    expect(JSON.parse(json.out).people[0]).toMatchObject({ id: '0198', role: 'member', lastSeenAt: null });
    expect(JSON.parse(json.out).seats).toMatchObject({ limit: 3, active: 2 });
    expect(json.err).toBe('');
  });

  it('says on standard error that there are more people than seats', async () => {
    const { err, code } = await run(['people', 'list', '--organization', 'crowded']);
    expect(code).toBe(0);
    expect(err).toMatch(/^5 people are active, and there are 3 seats .* until 3 of them have left\.\n$/);
  });

  it('says which role somebody has now, and what holds it up on standard error', async () => {
    const { out, err, code } = await run(['people', 'role', 'ada', 'viewer']);
    expect([out, err, code]).toEqual(['ada is admin of the organization now.\n', 'okta gives more\n', 0]);
    const wrong = await run(['people', 'role', 'ada', 'owner']);
    expect(wrong.code).not.toBe(0);
    expect(wrong.err).toContain('admin, member, viewer');
  });

  it('removes and tells what the next sync will do; the last admin stays', async () => {
    const { out, err } = await run(['people', 'remove', 'ada', '--reason', 'left']);
    expect([out, err]).toEqual(['ada was deactivated.\n', 'okta still assigns them\none admin left\n']);
    const last = await run(['people', 'remove', 'last']);
    expect(last.code).not.toBe(0);
    expect(last.err).toContain('at least one active admin');
  });

  it('brings back, against the connection only when that is said', async () => {
    expect((await run(['people', 'reactivate', 'ada'])).err).toBe('');
    expect((await run(['people', 'reactivate', 'ada', '--against-connection'])).err).toBe('okta says otherwise\n');
  });
});

describe('invite', () => {
  it('answers each address, with its link where no mail is sent', async () => {
    const args = ['invite', 'a@x.example', 'b@x.example', '--team', 'vision:admin', '--team', 'audio'];
    const { out } = await run(['--json', ...args]);
    expect(JSON.parse(out).invites.map(({ address, url }: { address: string; url: string }) => [address, url])).toEqual(
      [
        ['a@x.example', 'http://127.0.0.1:8080/auth/invite?key=vision.admin,audio.member'],
        ['b@x.example', 'http://127.0.0.1:8080/auth/invite?key=vision.admin,audio.member'],
      ],
    );
    expect((await run(args)).out).toContain('invited');
    expect((await run(['invite'])).code).not.toBe(0);
    expect((await run(['invite', 'send', 'list'])).out).toContain('list');
    expect((await run(['invite', '--role', 'admin', 'a@x.example'])).out).toContain('a@x.example');
  });

  it('is listed with its state and what the mail server said', async () => {
    const { out } = await run(['invite', 'list']);
    expect(out).toMatch(/a@x\.example +member +mail_failed +1970-01-02T00:00:00Z +Root +0197 +550 no such user/);
    const json = await run(['--json', 'invite', 'list', '--state', 'revoked']);
    expect(JSON.parse(json.out).invites).toMatchObject([{ state: 'revoked', expiresAt: '1970-01-02T00:00:00Z' }]);
    expect((await run(['invite', 'list', '--state', 'lost'])).err).toContain('pending, accepted, expired, revoked');
  });

  it('is sent again by mail, or as a link to hand over', async () => {
    expect((await run(['invite', 'resend', 'mailed@x.example'])).out).toBe(
      'A new mail goes to mailed@x.example. It works once, until 1970-01-02T00:00:00Z.\n',
    );
    expect((await run(['invite', 'resend', '0197'])).out).toMatch(/^http:.*key=new\n/);
  });

  it('is revoked, unless it was accepted', async () => {
    expect((await run(['invite', 'revoke', 'a@x.example'])).out).toBe('The invite of a@x.example is revoked.\n');
    const late = await run(['invite', 'revoke', 'joined@x.example']);
    expect([late.code === 0, late.err]).toEqual([false, 'This invite was accepted.\n']);
  });
});

describe('key', () => {
  it('is shown once, with what it is', async () => {
    const { out } = await run(['--json', 'key', 'create', '--name', 'nightly', '--scopes', 'read, people']);
    expect(JSON.parse(out)).toEqual({
      ...{ id: '0199', name: 'nightly', serviceAccount: 'automation', scopes: ['read', 'people'] },
      ...{ expiresAt: '1970-01-02T00:00:00Z', key: 'the-key' },
    });
    expect((await run(['key', 'create', '--name', 'nightly'])).out).toMatch(/^the-key\n\nKeep it now/);
  });

  it('is refused with a scope that there is not', async () => {
    const { code, err } = await run(['key', 'create', '--name', 'x', '--scopes', 'root']);
    expect(code).not.toBe(0);
    expect(err).toContain('read, people, teams, connections, ledger, everything');
  });

  it('is listed by its last letters, and never whole', async () => {
    const { out } = await run(['key', 'list'], { now: () => 0 });
    expect(out).toMatch(/automation +nightly +\.\.\.x7Qa +read +until 1970-01-02T00:00:00Z +never +0199/);
    expect((await run(['key', 'list'], { now: () => 86_400_000 })).out).toContain('expired');
    expect((await run(['key', 'list', '--person', 'ada'])).out).toBe('No keys.\n');
  });

  it('is revoked by its id', async () => {
    expect((await run(['key', 'revoke', '0199'])).out).toBe('The key nightly (...x7Qa) is revoked.\n');
  });
});
