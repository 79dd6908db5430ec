/** OpenLDAP (Debian's slapd) on this machine, unprivileged, in a folder of its own, with TLS, memberOf and a password policy. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { untilListening } from './peer.ts';

export const BASE = 'dc=example,dc=test';
export const PEOPLE = `ou=people,${BASE}`;
export const GROUPS = `ou=groups,${BASE}`;

export interface Slapd {
  readonly ldap: string;
  readonly ldaps: string;
  /** PEM of the authority that signed its certificate. */
  readonly authority: string;
  /** Changes entries as the administrator. */
  modify(ldif: string): void;
  stop(): Promise<void>;
}

export async function startSlapd(): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-slapd-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const authority = createCertificate({ name: 'Test CA', isAuthority: true });
  const own = createCertificate({ name: 'localhost', hosts: ['localhost', '127.0.0.1'], by: authority });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'db'));
  write('ca.crt', authority.certificate);
  write('own.crt', own.certificate);
  write('own.key', own.key);
  write('slapd.conf', configOf(folder));
  write('base.ldif', ENTRIES);
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'base.ldif')], {
    stdio: 'pipe',
  });
  const ldap = `ldap://127.0.0.1:${port}`;
  const addresses = `${ldap} ldaps://127.0.0.1:${tlsPort}`;
  // -d keeps it in the foreground.
  const child = spawn('/usr/sbin/slapd', ['-f', join(folder, 'slapd.conf'), '-h', addresses, '-d', '0'], {
    stdio: 'ignore',
  });
  await untilListening(port);
  const modify = (ldif: string) =>
    execFileSync('/usr/bin/ldapmodify', ['-x', '-H', ldap, '-D', `cn=admin,${BASE}`, '-w', 'adminpw'], {
      input: ldif,
      stdio: 'pipe',
    });
  // Not with slapadd, which leaves memberOf out.
  modify(MEMBERSHIPS);
  return {
    ldap,
    ldaps: `ldaps://127.0.0.1:${tlsPort}`,
    authority: authority.certificate,
    modify,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(folder: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload refint
moduleload ppolicy
pidfile ${folder}/slapd.pid
TLSCACertificateFile ${folder}/ca.crt
TLSCertificateFile ${folder}/own.crt
TLSCertificateKeyFile ${folder}/own.key
TLSVerifyClient never
# A bind with a name and no password succeeds here, as nobody: the trap of RFC 4513, section 5.1.2.
allow bind_anon_cred bind_anon_dn
referral ldap://elsewhere.example.test
database mdb
suffix "${BASE}"
rootdn "cn=admin,${BASE}"
rootpw adminpw
directory ${folder}/db
maxsize 67108864
dbnosync
index objectClass,uid,mail,cn,member eq
overlay memberof
memberof-group-oc groupOfNames
memberof-member-ad member
memberof-memberof-ad memberOf
overlay refint
refint_attributes member
overlay ppolicy
ppolicy_default "cn=default,ou=policies,${BASE}"
ppolicy_use_lockout
access to attrs=userPassword by anonymous auth by self write by * none
access to * by dn.exact="cn=svc,${BASE}" read by self read by users none by anonymous none
`;
}

const unit = (name: string) => `dn: ou=${name},${BASE}\nobjectClass: organizationalUnit\nou: ${name}\n`;

interface Person {
  readonly uid: string;
  readonly cn: string;
  readonly mail?: string;
  readonly password: string;
  readonly more?: string;
}

const person = ({ uid, cn, mail, password, more }: Person) => `dn: uid=${uid},${PEOPLE}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${cn}
sn: ${cn}
mail: ${mail ?? `${uid}@example.test`}
userPassword: ${password}
${more ?? ''}`;

const ENTRIES = [
  `dn: ${BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n`,
  unit('people'),
  unit('groups'),
  unit('policies'),
  `dn: cn=default,ou=policies,${BASE}\nobjectClass: device\nobjectClass: pwdPolicy\ncn: default\npwdAttribute: userPassword\npwdMaxFailure: 3\npwdLockout: TRUE\npwdLockoutDuration: 600\npwdMustChange: TRUE\n`,
  `dn: cn=svc,${BASE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: svc\nuserPassword: svcpw\n`,
  person({ uid: 'ann', cn: 'Ann Archer (Ops) * \\', password: 'annpw', more: 'employeeNumber: 42\n' }),
  person({ uid: 'bob', cn: 'Bob', password: 'bobpw' }),
  person({ uid: 'locked', cn: 'Locked', password: 'lockedpw' }),
  person({ uid: 'twin1', cn: 'Twin', mail: 'twin@example.test', password: 'twinpw' }),
  person({ uid: 'twin2', cn: 'Twin', mail: 'twin@example.test', password: 'twinpw' }),
  `dn:: ${Buffer.from(`uid=Müller\\, (x)*,${PEOPLE}`).toString('base64')}\nobjectClass: inetOrgPerson\nuid:: ${Buffer.from('Müller, (x)*').toString('base64')}\ncn: M\nsn: M\nmail: mueller@example.test\nuserPassword: müllerpw\n`,
  `dn: ou=branch,${PEOPLE}\nobjectClass: referral\nobjectClass: extensibleObject\nou: branch\nref: ldap://branch.example.test/ou=branch,${PEOPLE}\n`,
].join('\n');

const group = (name: string, ...members: string[]) =>
  `dn: cn=${name},${GROUPS}\nchangetype: add\nobjectClass: groupOfNames\ncn: ${name.replaceAll('\\', '')}\n${members.map((dn) => `member: ${dn}\n`).join('')}\n`;

const MEMBERSHIPS = [
  group('eng', `uid=ann,${PEOPLE}`, `uid=bob,${PEOPLE}`),
  group('data\\, science', `uid=ann,${PEOPLE}`),
  group('empty', `cn=svc,${BASE}`),
].join('');
