/** Against a real OpenLDAP: everything that signs in, and everything that must not. */
import { Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LdapSettings } from '../../../src/config/sign-in.ts';
import { createLdapConnector } from '../../../src/signin/ldap/ldap.ts';
import { wordsForPage } from '../../../src/signin/refusals.ts';
import { createCertificate } from '../../support/certificate.ts';
import { freePort } from '../../support/free-port.ts';
import { describeWithPeer, SLAPD } from '../../support/peer.ts';
import { BASE, GROUPS, PEOPLE, type Slapd, startSlapd } from '../../support/slapd.ts';
import { memoryParts } from '../oidc/settings.ts';
import { ldapSettings } from './settings.ts';

describeWithPeer('signing in with LDAP, against OpenLDAP', SLAPD, () => {
  let slapd: Slapd;
  beforeAll(async () => {
    slapd = await startSlapd();
  });
  afterAll(() => slapd?.stop());

  const connect = (change: Partial<LdapSettings> = {}) =>
    createLdapConnector(ldapSettings([slapd.ldap], change), memoryParts());
  const signIn = (userName: string, password: string, change: Partial<LdapSettings> = {}) =>
    connect(change).finish({ userName, password });

  describe('lets in', () => {
    it('a person by user name, with what the directory says', async () => {
      expect(
        await signIn('ann', 'annpw', { attributes: { ...ldapSettings([]).attributes, link: 'employeeNumber' } }),
      ).toMatchObject({
        kind: 'identity',
        identity: {
          connector: 'ldap',
          issuer: PEOPLE,
          subject: expect.stringMatching(/^[0-9a-f-]{36}$/),
          userName: 'ann',
          email: 'ann@example.test',
          emailVerified: false,
          name: 'Ann Archer (Ops) * \\',
          groups: null,
          externalId: '42',
          claims: { dn: `uid=ann,${PEOPLE}` },
        },
      });
    });

    it.each(['ann@example.test', '  ann ', 'ANN'])('a person by "%s"', async (userName) => {
      expect(await signIn(userName, 'annpw')).toMatchObject({ identity: { userName: 'ann' } });
    });

    it('a name full of letters that filters and DNs escape', async () => {
      expect(await signIn('Müller, (x)*', 'müllerpw')).toMatchObject({ identity: { userName: 'Müller, (x)*' } });
    });

    it('with groups by search', async () => {
      const groups = { from: 'search', baseDn: GROUPS, filter: '(member={dn})', name: 'cn' } as const;
      expect(await signIn('ann', 'annpw', { groups })).toMatchObject({
        identity: { groups: ['data, science', 'eng'] },
      });
      expect(await signIn('Müller, (x)*', 'müllerpw', { groups })).toMatchObject({ identity: { groups: [] } });
    });

    it('with groups by memberOf', async () => {
      const groups = { from: 'memberof' } as const;
      expect(await signIn('ann', 'annpw', { groups })).toMatchObject({
        identity: { groups: ['data, science', 'eng'] },
      });
      expect(await signIn('twin1', 'twinpw', { groups })).toMatchObject({ identity: { groups: [] } });
    });

    it('over ldaps and over StartTLS, with an authority of our own', async () => {
      const authorities = [slapd.authority];
      const over = (settings: LdapSettings) =>
        createLdapConnector(settings, memoryParts()).finish({ userName: 'ann', password: 'annpw' });
      expect(await over(ldapSettings([slapd.ldaps], { authorities }))).toMatchObject({ kind: 'identity' });
      expect(await over(ldapSettings([slapd.ldap], { authorities, startTls: true }))).toMatchObject({
        kind: 'identity',
      });
    });

    it('from the second server when the first is down', async () => {
      const servers = [`ldap://127.0.0.1:${await freePort()}`, slapd.ldap];
      const connector = createLdapConnector(ldapSettings(servers), memoryParts());
      expect(await connector.finish({ userName: 'ann', password: 'annpw' })).toMatchObject({ kind: 'identity' });
    });
  });

  describe('refuses', () => {
    it.each([
      { name: 'wrong password', user: 'ann', password: 'no', code: 'credentials_wrong' },
      { name: 'a person who is not there', user: 'nobody', password: 'x', code: 'ldap_user_unknown' },
      { name: 'a name that fits two', user: 'twin@example.test', password: 'twinpw', code: 'ldap_user_ambiguous' },
      { name: 'empty password', user: 'ann', password: '', code: 'credentials_empty' },
      { name: 'no name', user: '  ', password: 'x', code: 'credentials_empty' },
      { name: 'a name longer than any', user: 'a'.repeat(257), password: 'x', code: 'ldap_user_unknown' },
      { name: 'filter injection: a star', user: '*', password: 'annpw', code: 'ldap_user_unknown' },
      { name: 'filter injection: everybody', user: 'x)(uid=*', password: 'annpw', code: 'ldap_user_unknown' },
      { name: 'filter injection: another clause', user: 'ann)(|(uid=*', password: 'annpw', code: 'ldap_user_unknown' },
      { name: 'filter injection: a NUL', user: 'ann\u0000', password: 'annpw', code: 'ldap_user_unknown' },
      { name: 'filter injection: escapes of its own', user: '\\61nn', password: 'annpw', code: 'ldap_user_unknown' },
      { name: 'a place of the filter in the name', user: '{username}', password: 'annpw', code: 'ldap_user_unknown' },
    ])('$name', async ({ user, password, code }) => {
      expect(await signIn(user, password)).toMatchObject({ kind: 'refused', refusal: { code } });
    });

    it('an empty password, although this server would have taken it for a bind', async () => {
      const client = new Client({ url: slapd.ldap });
      await expect(client.bind(`uid=ann,${PEOPLE}`, '')).resolves.toBeUndefined();
      await client.unbind();
      expect(await signIn('ann', '')).toMatchObject({ refusal: { code: 'credentials_empty' } });
    });

    it('a locked account, told apart in the log and not on the page', async () => {
      for (let attempt = 0; attempt < 3; attempt += 1) await signIn('locked', 'no');
      const outcome = await signIn('locked', 'lockedpw');
      expect(outcome).toMatchObject({ refusal: { code: 'ldap_account_locked' } });
      expect(wordsForPage('ldap_account_locked')).toEqual(wordsForPage('credentials_wrong'));
    });

    it('a password that was reset and has to be changed', async () => {
      slapd.modify(`dn: uid=bob,${PEOPLE}\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\n`);
      expect(await signIn('bob', 'bobpw')).toMatchObject({ refusal: { code: 'ldap_password_must_change' } });
      slapd.modify(`dn: uid=bob,${PEOPLE}\nchangetype: modify\ndelete: pwdReset\n`);
      expect(await signIn('bob', 'bobpw')).toMatchObject({ kind: 'identity' });
    });

    it('referral: a base on another server', async () => {
      expect(await signIn('ann', 'annpw', { baseDn: 'dc=other,dc=test' })).toMatchObject({
        refusal: { code: 'ldap_referral' },
      });
    });

    it('referral: a branch on another server is not followed', async () => {
      expect(await signIn('somebody', 'x')).toMatchObject({
        refusal: {
          code: 'ldap_user_unknown',
          detail: expect.stringContaining('not followed: ldap://branch.example.test'),
        },
      });
    });

    it('a base that is not there', async () => {
      expect(await signIn('ann', 'annpw', { baseDn: `ou=nowhere,${BASE}` })).toMatchObject({
        refusal: { code: 'provider_misconfigured' },
      });
    });

    it('a service that the directory does not take', async () => {
      const bind = { dn: `cn=svc,${BASE}`, password: 'no' };
      expect(await signIn('ann', 'annpw', { bind })).toMatchObject({ refusal: { code: 'ldap_service_bind_failed' } });
    });

    it('a search without rights', async () => {
      expect(await signIn('ann', 'annpw', { bind: null })).toMatchObject({
        refusal: { code: 'provider_misconfigured' },
      });
    });

    it('server down', async () => {
      const connector = createLdapConnector(ldapSettings([`ldap://127.0.0.1:${await freePort()}`]), memoryParts());
      const outcome = await connector.finish({ userName: 'ann', password: 'annpw' });
      expect(outcome).toMatchObject({ refusal: { code: 'provider_unreachable' } });
    });
  });

  describe('refuses a server whose certificate is wrong', () => {
    const overTls = (settings: LdapSettings) =>
      createLdapConnector(settings, memoryParts()).finish({ userName: 'ann', password: 'annpw' });
    const untrusted = { refusal: { code: 'ldap_certificate_untrusted' } };

    it.each([
      { name: 'unknown authority', change: () => ({}) },
      {
        name: 'another authority',
        change: () => ({ authorities: [createCertificate({ name: 'Other CA', isAuthority: true }).certificate] }),
      },
    ])('$name, over ldaps and over StartTLS', async ({ change }) => {
      expect(await overTls(ldapSettings([slapd.ldaps], change()))).toMatchObject(untrusted);
      expect(await overTls(ldapSettings([slapd.ldap], { ...change(), startTls: true }))).toMatchObject(untrusted);
    });
  });

  describe('the test in the settings', () => {
    it('says what works', async () => {
      const groups = { from: 'search', baseDn: GROUPS, filter: '(member={dn})', name: 'cn' } as const;
      const { ok, steps } = await connect({ groups }).test();
      expect({ ok, count: steps.length }).toEqual({ ok: true, count: 3 });
      expect(steps[0]?.detail).toContain(`bound as cn=svc,${BASE}`);
    });

    it.each([
      { name: 'a wrong service password', change: { bind: { dn: `cn=svc,${BASE}`, password: 'no' } } },
      { name: 'a wrong base', change: { baseDn: `ou=nowhere,${BASE}` } },
      { name: 'a filter that finds nobody', change: { userFilter: '(employeeType={username})' } },
    ])('says what does not: $name', async ({ change }) => {
      const { ok, steps } = await connect(change).test();
      expect(ok).toBe(false);
      expect(JSON.stringify(steps)).not.toContain('svcpw');
    });
  });
});
