/** Active Directory as Samba speaks it (Debian), in a folder of its own. Its ports are fixed (389, 636) and need root. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from './certificate.ts';
import { untilListening } from './peer.ts';

export const DOMAIN = 'DC=ad,DC=example,DC=test';
export const ADMIN_PASSWORD = 'Passw0rd.of-this-test';

export interface Samba {
  readonly authority: string;
  stop(): Promise<void>;
}

export async function startSamba(): Promise<Samba> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-samba-'));
  const authority = createCertificate({ name: 'Test CA', isAuthority: true });
  const own = createCertificate({ name: 'dc1', hosts: ['localhost', '127.0.0.1'], by: authority });
  provision(folder);
  const configuration = join(folder, 'dc/etc/smb.conf');
  writeFileSync(join(folder, 'ca.crt'), authority.certificate);
  writeFileSync(join(folder, 'own.crt'), own.certificate);
  writeFileSync(join(folder, 'own.key'), own.key, { mode: 0o600 });
  writeFileSync(configuration, narrowed(readFileSync(configuration, 'utf8'), folder));
  const child = spawn('/usr/sbin/samba', ['-i', '-M', 'single', '-s', configuration, '--debuglevel=0'], {
    stdio: 'ignore',
  });
  await untilListening(636);
  execFileSync(
    '/usr/bin/ldapmodify',
    ['-x', '-H', 'ldaps://127.0.0.1', '-D', 'administrator@ad.example.test', '-w', ADMIN_PASSWORD],
    {
      env: { ...process.env, LDAPTLS_REQCERT: 'never' },
      input: ENTRIES,
      stdio: 'pipe',
    },
  );
  return {
    authority: authority.certificate,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function provision(folder: string): void {
  const options = ['--realm=AD.EXAMPLE.TEST', '--domain=ADX', `--adminpass=${ADMIN_PASSWORD}`, '--server-role=dc'];
  const place = [`--targetdir=${join(folder, 'dc')}`, '--dns-backend=NONE', '--host-name=dc1', '--host-ip=127.0.0.1'];
  const local = ['--option=interfaces=127.0.0.1', '--option=bind interfaces only=yes'];
  execFileSync('/usr/bin/samba-tool', ['domain', 'provision', ...options, ...place, ...local], { stdio: 'pipe' });
}

/** LDAP only, and nothing outside of the folder. */
function narrowed(configuration: string, folder: string): string {
  for (const name of ['pid', 'ncalrpc', 'ntp']) mkdirSync(join(folder, name));
  const own = `[global]
  server services = ldap
  tls enabled = yes
  tls keyfile = ${folder}/own.key
  tls certfile = ${folder}/own.crt
  tls cafile = ${folder}/ca.crt
  pid directory = ${folder}/pid
  ncalrpc dir = ${folder}/ncalrpc
  ntp signd socket directory = ${folder}/ntp
  log file = ${folder}/log
`;
  return configuration.replace(/^\s*(server services|log file) = .*$/gm, '').replace(/^\[global\]$/m, own.trimEnd());
}

const secret = (password: string) => Buffer.from(`"${password}"`, 'utf16le').toString('base64');

/** Made disabled, then with a password, then with the flags that are wanted: the order that the directory asks for. */
function person(name: string, flags: number, more = ''): string {
  return `dn: CN=${name},CN=Users,${DOMAIN}
changetype: add
objectClass: user
sAMAccountName: ${name}
userPrincipalName: ${name}@corp.test
mail: ${name}@example.test
displayName: ${name.toUpperCase()} of Drawbridge
unicodePwd:: ${secret(`Passw0rd.${name}`)}
userAccountControl: ${flags}
${more}
`;
}

const ENABLED = 512;
const DISABLED = 514;

const group = (name: string, ...members: string[]) =>
  `dn: CN=${name},CN=Users,${DOMAIN}
changetype: add
objectClass: group
sAMAccountName: ${name}
${members.map((member) => `member: CN=${member},CN=Users,${DOMAIN}\n`).join('')}
`;

const ENTRIES = [
  person('svc', ENABLED),
  person('ann', ENABLED),
  person('gone', DISABLED),
  person('late', ENABLED, 'accountExpires: 129000000000000000\n'),
  person('fresh', ENABLED, 'pwdLastSet: 0\n'),
  group('inner', 'ann'),
  group('outer', 'inner'),
].join('');
