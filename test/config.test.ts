import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, describeConfig, type Environment, loadConfig } from '../src/config.ts';

const pemOf = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const KEY = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const RSA = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const EXCHANGE = pemOf(generateKeyPairSync('x25519'));

function faultsOf(env: Environment): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

function toFile(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-config-')), 'value');
  writeFileSync(file, content);
  return file;
}

const SECRET = 'hunter2-hunter2';

describe('configuration', () => {
  it('needs nothing: SQLite in data/, on this machine', () => {
    const config = loadConfig({});
    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      publicUrlGiven: false,
      trustProxy: false,
    });
    expect(config.database).toMatchObject({ engine: 'sqlite', path: 'data/drawbridge.sqlite', poolSize: 10 });
    expect(config).toMatchObject({ seats: null, provisionOnSignIn: true, sessionHours: 12, oidc: null, warnings: [] });
    expect(config.scim).toMatchObject({ rateLimit: 200, maxBodyBytes: 8 * 1024 * 1024, pageMax: 1000 });
  });

  it('cannot be changed after loading', () => {
    const config = loadConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.server)).toBe(true);
    expect(Object.isFrozen(config.settings[0])).toBe(true);
  });

  it('counts an empty value as none', () => {
    expect(loadConfig({ SEATS: '', OIDC_ISSUER: '', PORT: '' })).toMatchObject({ seats: null, oidc: null });
  });

  const accepted: { name: string; env: Environment; want: object }[] = [
    { name: 'seats', env: { SEATS: '25' }, want: { seats: 25 } },
    { name: 'no rate limit', env: { SCIM_RATE_LIMIT: '0' }, want: { scim: { rateLimit: 0 } } },
    { name: 'provisioning off', env: { DISABLE_SSO_PROVISIONING: 'true' }, want: { provisionOnSignIn: false } },
    { name: 'half hours', env: { SESSION_HOURS: '0.5' }, want: { sessionHours: 0.5 } },
    {
      name: 'public URL with a slash',
      env: { PUBLIC_URL: 'https://a.example/' },
      want: { server: { publicUrl: 'https://a.example', publicUrlGiven: true } },
    },
    {
      name: 'http on this machine',
      env: { PUBLIC_URL: 'http://localhost:9' },
      want: { server: { publicUrl: 'http://localhost:9' } },
    },
    { name: 'IPv6 loopback', env: { HOST: '::1', PORT: '1' }, want: { server: { publicUrl: 'http://[::1]:1' } } },
    { name: 'one proxy', env: { TRUST_PROXY: '1' }, want: { server: { trustProxy: 1 } } },
    {
      name: 'proxies by address',
      env: { TRUST_PROXY: 'loopback, 10.0.0.0/8' },
      want: { server: { trustProxy: ['loopback', '10.0.0.0/8'] } },
    },
    {
      name: 'PostgreSQL',
      env: { DATABASE_URL: 'postgres://u:p@h/d' },
      want: { database: { engine: 'postgres', url: 'postgres://u:p@h/d' } },
    },
    {
      name: 'OpenID provider',
      env: { OIDC_ISSUER: 'https://i.example/x/', OIDC_CLIENT_ID: 'c' },
      want: { oidc: { issuer: 'https://i.example/x/', clientId: 'c', scopes: 'openid email profile' } },
    },
    {
      name: 'SAML by file',
      env: { SAML_IDP_METADATA: '/etc/idp.xml' },
      want: { saml: { idpMetadata: '/etc/idp.xml' } },
    },
    {
      name: 'LDAP',
      env: { LDAP_URL: 'ldaps://l.example', LDAP_BASE_DN: 'dc=x' },
      want: { ldap: { servers: ['ldaps://l.example'], bind: null, groups: { from: 'none' } } },
    },
    {
      name: 'several LDAP servers, with StartTLS and groups by search',
      env: {
        LDAP_URL: 'ldap://a.example, ldap://b.example:1389/',
        LDAP_STARTTLS: 'true',
        LDAP_BASE_DN: 'dc=x',
        LDAP_GROUP_BASE_DN: 'ou=g',
      },
      want: {
        ldap: { servers: ['ldap://a.example', 'ldap://b.example:1389'], groups: { from: 'search', baseDn: 'ou=g' } },
      },
    },
    {
      name: 'an OpenID client with a secret',
      env: { OIDC_ISSUER: 'https://i.example', OIDC_CLIENT_ID: 'c', OIDC_CLIENT_SECRET: 's' },
      want: { oidc: { clientAuth: 'client_secret_basic' } },
    },
    {
      name: 'a public OpenID client',
      env: { OIDC_ISSUER: 'https://i.example', OIDC_CLIENT_ID: 'c' },
      want: { oidc: { clientAuth: 'none' } },
    },
    {
      name: 'an OpenID client with a key',
      env: { OIDC_ISSUER: 'https://i.example', OIDC_CLIENT_ID: 'c', OIDC_CLIENT_KEY: KEY },
      want: { oidc: { clientAuth: 'private_key_jwt', clientKey: KEY } },
    },
    {
      name: 'mail',
      env: { SMTP_URL: 'smtp://m.example:25', MAIL_FROM: 'Drawbridge <a@b.example>' },
      want: { mail: { from: 'Drawbridge <a@b.example>' } },
    },
    {
      name: 'MLflow inside a private network',
      env: { TRACKER: 'mlflow', TRACKER_URL: 'http://mlflow:5000' },
      want: { tracker: { kind: 'mlflow', url: 'http://mlflow:5000' } },
    },
    {
      name: 'service links of Kubernetes',
      env: { LDAP_SERVICE_HOST: '10.0.0.1', LDAP_PORT: 'tcp://10.0.0.1:389', LDAP_PORT_389_TCP_ADDR: '10.0.0.1' },
      want: { ldap: null },
    },
  ];
  it.each(accepted)('accepts $name', ({ env, want }) => {
    expect(loadConfig(env)).toMatchObject(want);
  });

  const refused: { name: string; env: Environment; faults: string[] }[] = [
    { name: 'a port that is no number', env: { PORT: 'http' }, faults: ['PORT'] },
    { name: 'a port too high', env: { PORT: '65536' }, faults: ['PORT'] },
    { name: 'no seats at all', env: { SEATS: '0' }, faults: ['SEATS'] },
    { name: 'a negative limit', env: { SCIM_RATE_LIMIT: '-1' }, faults: ['SCIM_RATE_LIMIT'] },
    {
      name: 'neither true nor false',
      env: { DISABLE_SSO_PROVISIONING: 'maybe' },
      faults: ['DISABLE_SSO_PROVISIONING'],
    },
    { name: 'an unknown log level', env: { LOG_LEVEL: 'loud' }, faults: ['LOG_LEVEL'] },
    { name: 'http in public', env: { PUBLIC_URL: 'http://a.example' }, faults: ['PUBLIC_URL'] },
    { name: 'a public URL with a path', env: { PUBLIC_URL: 'https://a.example/scim' }, faults: ['PUBLIC_URL'] },
    {
      name: 'a public URL that only begins like this machine',
      env: { PUBLIC_URL: 'http://localhost.evil.example' },
      faults: ['PUBLIC_URL'],
    },
    { name: 'believing every proxy', env: { TRUST_PROXY: 'true' }, faults: ['TRUST_PROXY'] },
    { name: 'another database', env: { DATABASE_URL: 'mysql://h/d' }, faults: ['DATABASE_URL'] },
    { name: 'a database in memory', env: { DATABASE_URL: 'sqlite::memory:' }, faults: ['DATABASE_URL'] },
    { name: 'an issuer without client', env: { OIDC_ISSUER: 'https://i.example' }, faults: ['OIDC_CLIENT_ID'] },
    { name: 'a client without issuer', env: { OIDC_CLIENT_ID: 'c' }, faults: ['OIDC_ISSUER'] },
    {
      name: 'an issuer in the clear',
      env: { OIDC_ISSUER: 'http://i.example', OIDC_CLIENT_ID: 'c' },
      faults: ['OIDC_ISSUER'],
    },
    { name: 'scopes without openid', env: { OIDC_SCOPES: 'email profile' }, faults: ['OIDC_SCOPES'] },
    {
      name: 'SAML metadata in the clear',
      env: { SAML_IDP_METADATA: 'http://i.example/m' },
      faults: ['SAML_IDP_METADATA'],
    },
    {
      name: 'a bind DN without password',
      env: { LDAP_URL: 'ldaps://l', LDAP_BASE_DN: 'dc=x', LDAP_BIND_DN: 'cn=a' },
      faults: ['LDAP_BIND_PASSWORD'],
    },
    {
      name: 'passwords to a directory in the clear',
      env: { LDAP_URL: 'ldap://l.example', LDAP_BASE_DN: 'dc=x' },
      faults: ['LDAP_URL'],
    },
    {
      name: 'a group search without a base',
      env: { LDAP_URL: 'ldaps://l', LDAP_BASE_DN: 'dc=x', LDAP_GROUPS: 'search' },
      faults: ['LDAP_GROUP_BASE_DN'],
    },
    { name: 'an authority that is no certificate', env: { LDAP_CA: 'x' }, faults: ['LDAP_CA'] },
    {
      name: 'client authentication without a secret',
      env: { OIDC_ISSUER: 'https://i.example', OIDC_CLIENT_ID: 'c', OIDC_CLIENT_AUTH: 'client_secret_post' },
      faults: ['OIDC_CLIENT_SECRET'],
    },
    {
      name: 'client authentication without a key',
      env: { OIDC_ISSUER: 'https://i.example', OIDC_CLIENT_ID: 'c', OIDC_CLIENT_AUTH: 'private_key_jwt' },
      faults: ['OIDC_CLIENT_KEY'],
    },
    { name: 'signed requests without a key', env: { SAML_SIGN_REQUESTS: 'true' }, faults: ['SAML_KEY'] },
    { name: 'a SAML key that is not RSA', env: { SAML_KEY: KEY }, faults: ['SAML_KEY'] },
    { name: 'a SAML key without certificate', env: { SAML_KEY: RSA }, faults: ['SAML_CERTIFICATE'] },
    {
      name: 'a client key with which nothing can be signed',
      env: { OIDC_ISSUER: 'https://i.example', OIDC_CLIENT_ID: 'c', OIDC_CLIENT_KEY: EXCHANGE },
      faults: ['OIDC_CLIENT_KEY'],
    },
    { name: 'a key that is none', env: { SAML_KEY: 'x' }, faults: ['SAML_KEY'] },
    { name: 'an LDAP filter without the name', env: { LDAP_USER_FILTER: '(uid=*)' }, faults: ['LDAP_USER_FILTER'] },
    { name: 'mail without sender', env: { SMTP_URL: 'smtp://m' }, faults: ['MAIL_FROM'] },
    {
      name: 'a tracker without address and key',
      env: { TRACKER: 'wandb' },
      faults: ['TRACKER_URL', 'TRACKER_API_KEY'],
    },
    {
      name: 'a tracker key in the clear',
      env: { TRACKER: 'mlflow', TRACKER_URL: 'http://m.example', TRACKER_API_KEY: 'k' },
      faults: ['TRACKER_URL'],
    },
    {
      name: 'a page larger than the largest',
      env: { SCIM_PAGE_DEFAULT: '50', SCIM_PAGE_MAX: '10' },
      faults: ['SCIM_PAGE_DEFAULT'],
    },
    { name: 'a file that is not there', env: { SEATS_FILE: '/nowhere/seats' }, faults: ['SEATS_FILE'] },
    {
      name: 'every fault at once',
      env: { PORT: 'x', SEATS: 'y', LOG_LEVEL: 'z' },
      faults: ['PORT', 'LOG_LEVEL', 'SEATS'],
    },
  ];
  it.each(refused)('refuses $name', ({ env, faults }) => {
    expect(faultsOf(env).faults.map((fault) => fault.name)).toEqual(faults);
  });

  it('says what was given and what is wanted', () => {
    expect(faultsOf({ PORT: 'http' }).message).toContain('PORT: given "http"; wanted a whole number from 0 to 65535');
  });

  it('asks whether a misspelt name was meant', () => {
    const { message } = faultsOf({ SCIM_RATE_LIMTI: '5', OIDC_CLIENT_SECRT_FILE: '/x' });
    expect(message).toContain(
      'SCIM_RATE_LIMTI: given a name that Drawbridge does not know; wanted a known name; did you mean SCIM_RATE_LIMIT?',
    );
    expect(message).toContain('did you mean OIDC_CLIENT_SECRET_FILE?');
  });

  it('only warns about a misspelt name that could be of another program', () => {
    expect(loadConfig({ PUBLIC_URLS: 'x', SESSION_MANAGER: 'y', HOSTS: 'z' }).warnings).toEqual([
      'PUBLIC_URLS is not read; did you mean PUBLIC_URL?',
    ]);
  });

  it('warns about an underscore, which Okta refuses', () => {
    expect(loadConfig({ PUBLIC_URL: 'https://a_b.example' }).warnings.join()).toContain('Okta refuses');
  });

  it('warns when all may connect and links name this machine only', () => {
    expect(loadConfig({ HOST: '0.0.0.0' }).warnings.join()).toContain('Set PUBLIC_URL');
  });
});

describe('a value from a file', () => {
  it('is read without the line end', () => {
    expect(loadConfig({ SEATS_FILE: toFile('12\n') }).seats).toBe(12);
  });

  it('cannot stand beside the variable itself', () => {
    const { faults } = faultsOf({ SEATS: '1', SEATS_FILE: toFile('2') });
    expect(faults).toEqual([{ name: 'SEATS', given: 'both SEATS and SEATS_FILE', wanted: 'only one of them' }]);
  });

  it.each(describeConfig().map(({ name }) => name))('is possible for %s', (name) => {
    const { faults } = faultsOf({ [`${name}_FILE`]: '/nowhere' });
    expect(faults.map((fault) => fault.name)).toContain(`${name}_FILE`);
  });
});

describe('a secret', () => {
  it.each([
    { env: { DATABASE_URL: `mysql://u:${SECRET}@h` } },
    { env: { SMTP_URL: `http://u:${SECRET}@h`, MAIL_FROM: 'a@b.example' } },
    { env: { PUBLIC_URL: `https://u:${SECRET}@h.example` } },
    { env: { LDAP_URL: `ldap://u:${SECRET}@h`, LDAP_BASE_DN: 'dc=x' } },
    { env: { TRACKER_API_KEY: SECRET } },
  ])('is not in a fault ($env)', ({ env }) => {
    expect(faultsOf(env).message).not.toContain(SECRET);
  });

  it('is masked in what check-config shows', () => {
    const env = {
      DATABASE_URL: `postgres://u:${SECRET}@db.example/d?password=${SECRET}`,
      OIDC_ISSUER: 'https://i.example',
      OIDC_CLIENT_ID: 'c',
      OIDC_CLIENT_SECRET: SECRET,
      SMTP_URL: `smtp://u:${SECRET}@h`,
      MAIL_FROM: 'a@b.example',
    };
    const { settings } = loadConfig(env);
    expect(JSON.stringify(settings)).not.toContain(SECRET);
    expect(settings.find((setting) => setting.name === 'DATABASE_URL')?.shown).toBe('postgres://db.example/d');
  });
});
