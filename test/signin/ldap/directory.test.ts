/** Against a directory in this process: Active Directory's dialect, servers that fail, certificates, cut connections. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import ldap from 'ldapjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { LdapSettings } from '../../../src/config/sign-in.ts';
import { createLdapConnector } from '../../../src/signin/ldap/ldap.ts';
import { fillFilter, firstName } from '../../../src/signin/ldap/search.ts';
import { type RefusalCode, wordsForPage } from '../../../src/signin/refusals.ts';
import { createCertificate } from '../../support/certificate.ts';
import { freePort } from '../../support/free-port.ts';
import { type LdapServer, type LdapServerOptions, startLdapServer } from '../../support/ldap-server.ts';
import { memoryParts } from '../oidc/settings.ts';
import { ldapSettings } from './settings.ts';

const ANN = 'uid=ann,ou=people,dc=example,dc=test';
const SERVICE = 'cn=svc,dc=example,dc=test';
const people: LdapServerOptions = {
  entries: [
    {
      dn: ANN,
      attributes: { uid: 'ann', mail: 'ann@example.test', cn: 'Ann', entryUUID: 'e-1', objectclass: 'person' },
    },
  ],
  passwordOf: (dn) => (dn === ANN ? 'annpw' : 'svcpw'),
};

const open: { stop(): Promise<void> }[] = [];
async function start(change: Partial<LdapServerOptions> = {}): Promise<LdapServer> {
  const server = await startLdapServer({ ...people, ...change });
  open.push(server);
  return server;
}
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});

const signInAt = (servers: readonly string[], change: Partial<LdapSettings> = {}, password = 'annpw') =>
  createLdapConnector(ldapSettings(servers, change), memoryParts()).finish({ userName: 'ann', password });

describe('Active Directory', () => {
  const SAM = { userFilter: '(sAMAccountName={username})' };
  const entry = {
    dn: 'CN=Archer\\, Ann,OU=Staff,OU=people,DC=example,DC=test',
    attributes: {
      sAMAccountName: 'ann',
      userPrincipalName: 'ann@corp.test',
      mail: 'ann@example.test',
      displayName: 'Ann Archer',
      memberOf: ['CN=Data\\, Science,OU=Groups,DC=example,DC=test', 'CN=eng,OU=Groups,DC=example,DC=test'],
      objectGUID: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
    },
  };
  const domain: Partial<LdapServerOptions> = {
    entries: [entry],
    passwordOf: (dn) => (dn === SERVICE ? 'svcpw' : 'annpw'),
  };
  const attributes = { ...ldapSettings([]).attributes, userName: 'userPrincipalName', name: 'displayName' };

  it('has its GUID as subject, as Windows writes it, and groups by memberOf', async () => {
    const { url } = await start(domain);
    expect(await signInAt([url], { ...SAM, attributes, groups: { from: 'memberof' } })).toMatchObject({
      identity: {
        subject: '33221100-5544-7766-8899-aabbccddeeff',
        userName: 'ann@corp.test',
        name: 'Ann Archer',
        groups: ['Data, Science', 'eng'],
      },
    });
  });

  it('is asked for nested groups by its matching rule, with the DN escaped', async () => {
    const filters: string[] = [];
    const { url } = await start({
      ...domain,
      onSearch: (filter) => {
        filters.push(filter);
        return undefined;
      },
    });
    const filter = '(member:1.2.840.113556.1.4.1941:={dn})';
    await signInAt([url], {
      ...SAM,
      attributes,
      groups: { from: 'search', baseDn: 'dc=example,dc=test', filter, name: 'cn' },
    });
    expect(filters.at(-1)).toContain('1.2.840.113556.1.4.1941:=CN=Archer\\2c Ann');
  });

  const CODES: readonly { data: string; code: RefusalCode }[] = [
    { data: '525', code: 'ldap_user_unknown' },
    { data: '52e', code: 'credentials_wrong' },
    { data: '530', code: 'ldap_not_allowed_here' },
    { data: '531', code: 'ldap_not_allowed_here' },
    { data: '532', code: 'ldap_password_expired' },
    { data: '533', code: 'ldap_account_disabled' },
    { data: '701', code: 'ldap_account_expired' },
    { data: '773', code: 'ldap_password_must_change' },
    { data: '775', code: 'ldap_account_locked' },
    { data: '0', code: 'credentials_wrong' },
  ];
  it.each(CODES)('data $data is $code in the log, and wrong credentials on the page', async ({ data, code }) => {
    const text = `80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data ${data}, v4563`;
    const { url } = await start({ ...domain, refusalOf: () => text });
    const outcome = await signInAt([url], { ...SAM, attributes }, 'no');
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code } });
    expect(wordsForPage(code)).toEqual(wordsForPage('credentials_wrong'));
  });

  it('points to other partitions in every search of the root: somebody who is there is found all the same', async () => {
    const references = ['ldap://ForestDnsZones.example.test/DC=ForestDnsZones,DC=example,DC=test'];
    const { url } = await start({ ...domain, references });
    expect(await signInAt([url], { ...SAM, attributes })).toMatchObject({ kind: 'identity' });
  });
});

describe('a person', () => {
  it('is never bound as when the password is empty, nor when nobody was found', async () => {
    const server = await start({ entries: [] });
    await signInAt([server.url], {}, '');
    expect(server.binds).toEqual([]);
    await signInAt([server.url]);
    expect(server.binds).toEqual([SERVICE]);
  });

  it('without anything that lasts in the entry is refused', async () => {
    const { url } = await start({ entries: [{ dn: ANN, attributes: { uid: 'ann', mail: 'a@example.test' } }] });
    expect(await signInAt([url])).toMatchObject({ refusal: { code: 'identity_incomplete' } });
  });

  it('without a user name and an address is refused', async () => {
    const { url } = await start();
    const attributes = { ...ldapSettings([]).attributes, userName: 'x', email: 'y' };
    expect(await signInAt([url], { attributes })).toMatchObject({ refusal: { code: 'identity_incomplete' } });
  });

  it('has a verified address only where the operator trusts the directory', async () => {
    const { url } = await start();
    expect(await signInAt([url])).toMatchObject({ identity: { emailVerified: false } });
    expect(await signInAt([url], { trustEmail: true })).toMatchObject({ identity: { emailVerified: true } });
  });
});

describe('a server that cannot work', () => {
  it.each([
    { name: 'busy', fault: () => new ldap.BusyError('busy'), code: 'provider_unreachable' },
    { name: 'unavailable', fault: () => new ldap.UnavailableError('no'), code: 'provider_unreachable' },
    { name: 'a referral', fault: () => new ldap.ReferralError('ldap://elsewhere'), code: 'ldap_referral' },
    { name: 'TLS wanted', fault: () => new ldap.StrongAuthRequiredError('TLS'), code: 'provider_misconfigured' },
  ] as const)('$name', async ({ fault, code }) => {
    const { url } = await start({ onSearch: () => fault() });
    expect(await signInAt([url])).toMatchObject({ refusal: { code } });
  });

  it('lets the next one answer, and is left in peace afterwards', async () => {
    let asked = 0;
    const broken = await start({
      onSearch: () => {
        asked += 1;
        return new ldap.UnavailableError('no');
      },
    });
    const good = await start();
    let now = Date.now();
    const connector = createLdapConnector(ldapSettings([broken.url, good.url]), memoryParts({ now: () => now }));
    const signIn = () => connector.finish({ userName: 'ann', password: 'annpw' });
    expect(await signIn()).toMatchObject({ kind: 'identity' });
    expect(await signIn()).toMatchObject({ kind: 'identity' });
    expect(asked).toBe(1);
    now += 30_000;
    await signIn();
    expect(asked).toBe(2);
  });

  it('does not hand a wrong password on to the next one', async () => {
    const first = await start();
    const second = await start();
    expect(await signInAt([first.url, second.url], {}, 'no')).toMatchObject({ refusal: { code: 'credentials_wrong' } });
    expect(second.binds).toEqual([]);
  });
});

describe('a server that does not answer', () => {
  function listen(onSocket: (socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    open.push({
      stop: () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(`ldap://127.0.0.1:${(server.address() as AddressInfo).port}`));
    });
  }

  /** The answer to an extended request: success, under the same message id. */
  const startTlsAnswer = (request: Buffer) =>
    Buffer.from([0x30, 0x0c, 0x02, 0x01, request[4] ?? 0, 0x78, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00]);

  it.each([
    { name: 'at all', startTls: false },
    { name: 'to StartTLS', startTls: true },
  ])('$name is given up after the limit', async ({ startTls }) => {
    const url = await listen((socket) => socket.resume());
    const before = Date.now();
    const outcome = await signInAt([url], { startTls, timeoutSeconds: 1 });
    expect(outcome).toMatchObject({ refusal: { code: 'provider_unreachable' } });
    expect(Date.now() - before).toBeLessThan(3000);
  });

  it('to the TLS handshake is given up after the limit', async () => {
    const url = await listen((socket) => socket.once('data', (data) => socket.write(startTlsAnswer(data))));
    const outcome = await signInAt([url], { startTls: true, timeoutSeconds: 1 });
    expect(outcome).toMatchObject({
      refusal: { code: 'provider_unreachable', detail: expect.stringContaining('StartTLS') },
    });
  });

  it('after StartTLS is not sent a password in the clear', async () => {
    const authority = createCertificate({ name: 'CA', isAuthority: true });
    const own = createCertificate({ name: 'l', hosts: ['127.0.0.1'], by: authority });
    const inside = createTlsServer({ cert: own.certificate, key: own.key }, (socket) => {
      socket.on('error', () => undefined);
      // Cuts the connection as soon as it is safe: whoever connects again does so in the clear.
      socket.destroy();
    });
    const heard: Buffer[] = [];
    let connections = 0;
    const url = await listen((socket) => {
      connections += 1;
      if (connections > 1) {
        socket.on('data', (data) => heard.push(data));
        return;
      }
      socket.once('data', (data) => {
        socket.write(startTlsAnswer(data));
        inside.emit('connection', socket);
      });
    });
    const outcome = await signInAt([url], {
      startTls: true,
      authorities: [authority.certificate],
      timeoutSeconds: 1,
    });
    expect(outcome).toMatchObject({ refusal: { code: 'provider_unreachable' } });
    expect(Buffer.concat(heard).toString()).not.toContain('svcpw');
    expect(connections).toBe(1);
  });

  it('after StartTLS is not asked again in the clear', async () => {
    const authority = createCertificate({ name: 'CA', isAuthority: true });
    const own = createCertificate({ name: 'l', hosts: ['127.0.0.1'], by: authority });
    const behind = await start({ isSilentAboutRoot: true });
    const inside = createTlsServer({ cert: own.certificate, key: own.key }, (socket) => {
      const onward = connect(Number(new URL(behind.url).port), '127.0.0.1');
      for (const each of [socket, onward]) each.on('error', () => undefined);
      socket.pipe(onward).pipe(socket);
    });
    const inTheClear: Buffer[] = [];
    const url = await listen((socket) =>
      socket.once('data', (data) => {
        if (!data.includes('1.3.6.1.4.1.1466.20037')) return void inTheClear.push(data);
        socket.write(startTlsAnswer(data));
        return void inside.emit('connection', socket);
      }),
    );
    const groups = { from: 'search', baseDn: 'dc=example,dc=test', filter: '(member={dn})', name: 'cn' } as const;
    const authorities = [authority.certificate];
    const outcome = await signInAt([url], { startTls: true, authorities, groups, timeoutSeconds: 1 });
    expect(inTheClear).toEqual([]);
    expect(outcome).toMatchObject({ refusal: { code: 'provider_unreachable', detail: 'the connection was lost' } });
  });

  it('because nobody listens is refused at once', async () => {
    const before = Date.now();
    expect(await signInAt([`ldap://127.0.0.1:${await freePort()}`])).toMatchObject({
      refusal: { code: 'provider_unreachable', detail: expect.stringContaining('ECONNREFUSED') },
    });
    expect(Date.now() - before).toBeLessThan(1000);
  });
});

describe('a certificate', () => {
  const authority = createCertificate({ name: 'Test CA', isAuthority: true });
  const authorities = [authority.certificate];
  const certify = (hosts: readonly string[], days = 30) =>
    createCertificate({ name: 'ldap', hosts, by: authority, days });

  it('that is right lets in', async () => {
    const { url } = await start({ tls: certify(['127.0.0.1']) });
    expect(await signInAt([url], { authorities })).toMatchObject({ kind: 'identity' });
  });

  it.each([
    { name: 'of another host', tls: () => certify(['other.example.test']), authorities },
    { name: 'that has expired', tls: () => certify(['127.0.0.1'], -1), authorities },
    { name: 'of an unknown authority', tls: () => certify(['127.0.0.1']), authorities: undefined },
    { name: 'that signs itself', tls: () => createCertificate({ name: 'l', hosts: ['127.0.0.1'] }), authorities },
  ])('$name keeps the password here', async ({ tls, authorities: trusted }) => {
    const server = await start({ tls: tls() });
    expect(await signInAt([server.url], { authorities: trusted })).toMatchObject({
      refusal: { code: 'ldap_certificate_untrusted' },
    });
    expect(server.binds).toEqual([]);
  });
});

describe('a filter', () => {
  it.each([
    { given: 'ann', want: '(uid=ann)' },
    { given: '*)(uid=*', want: '(uid=\\2a\\29\\28uid=\\2a)' },
    { given: 'a\\b\u0000', want: '(uid=a\\5cb\\00)' },
    { given: '{dn}', want: '(uid={dn})' },
    { given: '$&', want: '(uid=$&)' },
  ])('takes $given as text', ({ given, want }) => {
    expect(fillFilter('(uid={username})', { username: given, dn: 'x' })).toBe(want);
  });
});

describe('the first name of a DN', () => {
  it.each([
    { dn: 'CN=eng,DC=x', want: 'eng' },
    { dn: 'cn=Data\\, Science,DC=x', want: 'Data, Science' },
    { dn: 'CN=\\C3\\84rzte\\2C x,DC=x', want: 'Ärzte, x' },
    { dn: 'cn=a+uid=b,DC=x', want: 'a' },
    { dn: 'cn=back\\\\slash,DC=x', want: 'back\\slash' },
    { dn: 'nonsense', want: '' },
  ])('of $dn', ({ dn, want }) => {
    expect(firstName(dn)).toBe(want);
  });
});
