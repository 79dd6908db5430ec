/** Against a real Active Directory (Samba's): its error codes, GUIDs, nested groups, and that it wants TLS. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LdapSettings } from '../../../src/config/sign-in.ts';
import { createLdapConnector } from '../../../src/signin/ldap/ldap.ts';
import type { RefusalCode } from '../../../src/signin/refusals.ts';
import { describeWithPeer, SAMBA } from '../../support/peer.ts';
import { DOMAIN, type Samba, startSamba } from '../../support/samba.ts';
import { memoryParts } from '../oidc/settings.ts';
import { ldapSettings } from './settings.ts';

describeWithPeer('signing in with LDAP, against Active Directory', SAMBA, () => {
  let samba: Samba;
  beforeAll(async () => {
    samba = await startSamba();
  }, 120_000);
  afterAll(() => samba?.stop());

  const settings = (change: Partial<LdapSettings> = {}): LdapSettings =>
    ldapSettings(['ldaps://127.0.0.1'], {
      authorities: [samba.authority],
      bind: { dn: `CN=svc,CN=Users,${DOMAIN}`, password: 'Passw0rd.svc' },
      baseDn: DOMAIN,
      userFilter: '(|(sAMAccountName={username})(userPrincipalName={username}))',
      attributes: { ...ldapSettings([]).attributes, userName: 'userPrincipalName', name: 'displayName' },
      timeoutSeconds: 5,
      ...change,
    });
  const signIn = (userName: string, password: string, change: Partial<LdapSettings> = {}) =>
    createLdapConnector(settings(change), memoryParts()).finish({ userName, password });

  it.each(['ann', 'ann@corp.test', 'ANN'])('lets in %s', async (userName) => {
    expect(await signIn(userName, 'Passw0rd.ann', { groups: { from: 'memberof' } })).toMatchObject({
      identity: {
        subject: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
        userName: 'ann@corp.test',
        email: 'ann@example.test',
        name: 'ANN of Drawbridge',
        groups: ['inner'],
      },
    });
  });

  it('knows groups within groups by its own matching rule', async () => {
    const filter = '(member:1.2.840.113556.1.4.1941:={dn})';
    const groups = { from: 'search', baseDn: DOMAIN, filter, name: 'cn' } as const;
    expect(await signIn('ann', 'Passw0rd.ann', { groups })).toMatchObject({ identity: { groups: ['inner', 'outer'] } });
  });

  const REFUSED: readonly { name: string; user: string; password: string; code: RefusalCode }[] = [
    { name: 'a wrong password', user: 'ann', password: 'no', code: 'credentials_wrong' },
    { name: 'nobody', user: 'nobody', password: 'no', code: 'ldap_user_unknown' },
    { name: 'a disabled account', user: 'gone', password: 'Passw0rd.gone', code: 'ldap_account_disabled' },
    { name: 'an expired account', user: 'late', password: 'Passw0rd.late', code: 'ldap_account_expired' },
    { name: 'a password to be changed', user: 'fresh', password: 'Passw0rd.fresh', code: 'ldap_password_must_change' },
  ];
  it.each(REFUSED)('refuses $name', async ({ user, password, code }) => {
    expect(await signIn(user, password)).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  it('takes StartTLS, and nothing in the clear', async () => {
    const servers = ['ldap://127.0.0.1'];
    expect(await signIn('ann', 'Passw0rd.ann', { servers, startTls: true })).toMatchObject({ kind: 'identity' });
    expect(await signIn('ann', 'Passw0rd.ann', { servers })).toMatchObject({
      refusal: { code: 'ldap_service_bind_failed', detail: expect.stringContaining('0x8') },
    });
  });

  it('is tested with success', async () => {
    expect(await createLdapConnector(settings(), memoryParts()).test()).toMatchObject({ ok: true });
  });
});
