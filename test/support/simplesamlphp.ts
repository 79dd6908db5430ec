/** SimpleSAMLphp (Debian) as a SAML identity provider, on PHP's own server, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from './certificate.ts';
import { createVisitor, readForm } from './cookie-jar.ts';
import { freePort } from './free-port.ts';

export interface SimpleSamlOptions {
  readonly entityId: string;
  readonly consumer: string;
  /** PEM; set: assertions are encrypted for it. */
  readonly encryptFor?: string;
}

export interface SimpleSaml {
  readonly metadataUrl: string;
  /** Signs in there and gives the form that the browser would post to us. */
  signIn(url: string, user: string, password: string): Promise<URLSearchParams>;
  stop(): Promise<void>;
}

const FORMAT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

export async function startSimpleSaml(options: SimpleSamlOptions): Promise<SimpleSaml> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-ssp-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  writeFolder(folder, base, options);
  const child = spawn(
    'php',
    [
      '-d',
      'variables_order=EGPCS',
      '-d',
      'display_errors=0',
      '-S',
      `127.0.0.1:${port}`,
      '-t',
      '/usr/share/simplesamlphp/www',
    ],
    { env: { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: join(folder, 'config') }, stdio: 'ignore' },
  );
  const metadataUrl = `${base}/saml2/idp/metadata.php`;
  await untilAnswering(metadataUrl, child);
  return {
    metadataUrl,
    async signIn(url, user, password) {
      const visitor = createVisitor();
      const { action, fields } = readForm(await visitor.follow(url));
      fields.set('username', user);
      fields.set('password', password);
      return readForm(await visitor.follow(action, fields)).fields;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`php ended with ${child.exitCode}`);
    const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined);
    if (answer?.ok) return;
    if (answer !== undefined) throw new Error(`SimpleSAMLphp answered ${answer.status}: ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('SimpleSAMLphp did not start');
}

function writeFolder(folder: string, base: string, { entityId, consumer, encryptFor }: SimpleSamlOptions): void {
  for (const name of ['config', 'metadata', 'cert', 'log', 'data', 'tmp', 'sessions']) mkdirSync(join(folder, name));
  const { certificate, key } = createCertificate({ name: 'idp.example.test' });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  cpSync('/etc/simplesamlphp/acl.php', join(folder, 'config/acl.php'));
  write('cert/idp.crt', certificate);
  write('cert/idp.pem', key);
  write('config/config.php', configOf(folder, base));
  write('config/authsources.php', PEOPLE);
  write(
    'metadata/saml20-idp-hosted.php',
    `<?php
$metadata['${base}/idp'] = ['host' => '__DEFAULT__', 'privatekey' => 'idp.pem', 'certificate' => 'idp.crt', 'auth' => 'users',
  'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'NameIDFormat' => '${FORMAT}',
  'authproc' => [3 => ['class' => 'saml:AttributeNameID', 'attribute' => 'uid', 'Format' => '${FORMAT}']]];
`,
  );
  const certData = encryptFor?.replaceAll(/-----[^-]+-----|\s/g, '');
  const encryption =
    certData === undefined
      ? ''
      : `'assertion.encryption' => true, 'certData' => '${certData}', 'sharedkey_algorithm' => 'http://www.w3.org/2009/xmlenc11#aes256-gcm',`;
  write(
    'metadata/saml20-sp-remote.php',
    `<?php
$metadata['${entityId}'] = ['AssertionConsumerService' => '${consumer}', 'saml20.sign.response' => true, 'saml20.sign.assertion' => true, ${encryption}];
`,
  );
}

function configOf(folder: string, base: string): string {
  return `<?php
require '/etc/simplesamlphp/config.php';
$config = array_merge($config, [
  'baseurlpath' => '${base}/', 'certdir' => '${folder}/cert/', 'loggingdir' => '${folder}/log/', 'datadir' => '${folder}/data/',
  'tempdir' => '${folder}/tmp', 'metadatadir' => '${folder}/metadata/', 'logging.handler' => 'file', 'statistics.out' => [],
  'secretsalt' => '0123456789abcdef0123456789abcdef', 'auth.adminpassword' => 'a-password-of-this-test', 'timezone' => 'UTC',
  'enable.saml20-idp' => true, 'session.cookie.secure' => false, 'session.cookie.samesite' => null,
  'admin.checkforupdates' => false, 'session.phpsession.savepath' => '${folder}/sessions', 'store.type' => 'phpsession',
  'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
  'metadata.sources' => [['type' => 'flatfile', 'directory' => '${folder}/metadata']],
]);
`;
}

const PEOPLE = `<?php
$config = ['admin' => ['core:AdminPassword'], 'users' => ['exampleauth:UserPass',
  'ann:annpw' => ['uid' => ['ann'], 'mail' => ['ann@example.test'], 'displayName' => ['Ann Ärcher'], 'groups' => ['eng', 'admins']],
  'bob:bobpw' => ['uid' => ['bob'], 'mail' => ['bob@example.test'], 'displayName' => ['Bob & <Bond>'], 'groups' => []],
]];
`;
