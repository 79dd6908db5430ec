/** Every environment variable that Drawbridge reads, in the order of docs/configuration.md, which is generated from here. */
import { hours, isSafeWebUrl, oneOf, parsed, text, url, type Variable, wholeNumber, yesOrNo } from './variable.ts';

const safeUrl = 'an https URL (http only on this machine)';
const MEBIBYTE = 1024 * 1024;

export type DatabaseAddress =
  | { readonly engine: 'sqlite'; readonly path: string }
  | { readonly engine: 'postgres'; readonly url: string };

function readDatabaseUrl(given: string): DatabaseAddress | undefined {
  // In memory nothing would survive a restart, and an acknowledged write has to.
  if (/^sqlite:(?!\/\/)./.test(given) && !given.includes(':memory:')) return { engine: 'sqlite', path: given.slice(7) };
  if (/^postgres(ql)?:\/\/[^/]/.test(given) && URL.canParse(given)) return { engine: 'postgres', url: given };
  return undefined;
}

/** false, a number of proxies, or the proxies' addresses: what Express calls `trust proxy`. */
export type TrustProxy = false | number | readonly string[];

const PROXY_ADDRESS =
  /^(loopback|linklocal|uniquelocal|[0-9.]+(\/\d{1,2})?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(\/\d{1,3})?)$/;

function readTrustProxy(given: string): TrustProxy | undefined {
  if (given === 'false') return false;
  if (/^[1-9]$/.test(given)) return Number(given);
  const addresses = given.split(',').map((address) => address.trim());
  return addresses.every((address) => PROXY_ADDRESS.test(address)) ? addresses : undefined;
}

const server = {
  HOST: text({ fallback: '127.0.0.1', meaning: 'Address to listen on. `0.0.0.0` for all, as in the container image.' }),
  PORT: wholeNumber({ min: 0, max: 65535, fallback: '8080', meaning: 'Port to listen on; 0 takes a free one.' }),
  PUBLIC_URL: url({
    fallback: undefined,
    wanted: `${safeUrl} without path, query or credentials`,
    accepts: (u) => isSafeWebUrl(u) && u.pathname === '/' && !u.search && !u.hash && !u.username && !u.password,
    reading: (u) => u.origin,
    meaning:
      'Address under which people and identity providers reach Drawbridge. Without it, the address on this machine. Okta refuses a host name with an underscore.',
  }),
  TRUST_PROXY: parsed({
    fallback: 'false',
    wanted: 'false, a number of proxies from 1 to 9, or addresses and subnets separated by commas',
    read: readTrustProxy,
    meaning: 'Reverse proxies whose `X-Forwarded-*` headers are believed.',
  }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    fallback: 'info',
    meaning: 'Least severe log lines to write, as JSON lines on standard output.',
  }),
};

const database = {
  DATABASE_URL: parsed({
    fallback: 'sqlite:data/drawbridge.sqlite',
    wanted: '`sqlite:<path>` or `postgres://user:password@host/database`',
    read: readDatabaseUrl,
    secret: true,
    meaning: 'Where everything is kept.',
  }),
  DATABASE_POOL_SIZE: wholeNumber({
    min: 2,
    max: 500,
    fallback: '10',
    meaning: 'PostgreSQL connections of this process.',
  }),
  WRITE_QUEUE_MAX: wholeNumber({
    min: 1,
    max: 1_000_000,
    fallback: '10000',
    meaning: 'Writes that may wait; past it a request is answered 503 with `Retry-After`.',
  }),
};

const scim = {
  SCIM_RATE_LIMIT: wholeNumber({
    min: 0,
    max: 1_000_000,
    fallback: '200',
    meaning: 'Requests per second for one connection; past it 429 with `Retry-After`. 0: no limit.',
  }),
  SCIM_MAX_BODY_BYTES: wholeNumber({
    min: 1024,
    max: 1024 * MEBIBYTE,
    fallback: String(8 * MEBIBYTE),
    meaning: 'Largest request body; past it 413.',
  }),
  SCIM_MAX_OPERATIONS: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '1000',
    meaning: 'Most operations in one PATCH; past it 413.',
  }),
  SCIM_BULK_MAX_OPERATIONS: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '1000',
    meaning: 'Most operations in one bulk request; past it 413.',
  }),
  SCIM_FILTER_MAX_LENGTH: wholeNumber({
    min: 64,
    max: 65536,
    fallback: '4096',
    meaning: 'Longest filter, in characters; past it 400.',
  }),
  SCIM_FILTER_MAX_DEPTH: wholeNumber({
    min: 1,
    max: 100,
    fallback: '16',
    meaning: 'Deepest nesting in a filter; past it 400.',
  }),
  SCIM_PAGE_DEFAULT: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '100',
    meaning: 'Resources on a page when the client names no count.',
  }),
  SCIM_PAGE_MAX: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '1000',
    meaning: 'Most resources on a page; a larger count is cut to it.',
  }),
  SCIM_CURSOR_TTL_SECONDS: wholeNumber({
    min: 1,
    max: 604_800,
    fallback: '3600',
    meaning: 'Seconds for which a paging cursor is valid.',
  }),
};

const syncLog = {
  SYNCLOG_RETENTION_DAYS: wholeNumber({
    min: 0,
    max: 36_500,
    fallback: '180',
    meaning: 'Days for which exchanges are kept. 0: for ever.',
  }),
  SYNCLOG_BODY_MAX_BYTES: wholeNumber({
    min: 0,
    max: 16 * MEBIBYTE,
    fallback: '65536',
    meaning: 'Bytes of a request or answer body that an exchange keeps.',
  }),
};

const people = {
  SEATS: wholeNumber({
    min: 1,
    max: 10_000_000,
    fallback: undefined,
    meaning: 'Seats of the licence. Without it: unlimited.',
  }),
  DISABLE_SSO_PROVISIONING: yesOrNo({
    fallback: 'false',
    meaning: '`true`: nobody is created at their first sign-in.',
  }),
  SESSION_HOURS: hours({ max: 8760, fallback: '12', meaning: 'Hours after which a person has to sign in again.' }),
};

const signIn = {
  OIDC_ISSUER: url({
    fallback: undefined,
    wanted: safeUrl,
    accepts: isSafeWebUrl,
    // Providers compare it to the letter, and some end theirs with a slash.
    reading: (_, given) => given,
    meaning: 'Issuer of the OpenID provider.',
  }),
  OIDC_CLIENT_ID: text({ fallback: undefined, meaning: 'Client id that the OpenID provider gave.' }),
  OIDC_CLIENT_SECRET: text({
    fallback: undefined,
    secret: true,
    meaning: 'Client secret. Without it: a public client with PKCE.',
  }),
  OIDC_SCOPES: text({
    fallback: 'openid email profile',
    pattern: /^(?=(.* )?openid( |$))[\x21-\x7e]+( [\x21-\x7e]+)*$/,
    wanted: 'scopes separated by one blank, `openid` among them',
    meaning: 'Scopes to ask for.',
  }),
  SAML_IDP_METADATA: text({
    fallback: undefined,
    pattern: /^(https:\/\/\S+|(?![a-z]+:\/\/).+)$/i,
    wanted: 'a file or an https URL',
    meaning: 'Metadata document of the SAML identity provider.',
  }),
  LDAP_URL: url({
    fallback: undefined,
    wanted: 'an ldap:// or ldaps:// URL without credentials',
    accepts: (u) => /^ldaps?:$/.test(u.protocol) && u.hostname !== '' && !u.username && !u.password,
    reading: (u) => trimSlash(u.href),
    meaning: 'Directory server.',
  }),
  LDAP_BIND_DN: text({ fallback: undefined, meaning: 'Entry to bind as for searching. Without it: anonymous search.' }),
  LDAP_BIND_PASSWORD: text({ fallback: undefined, secret: true, meaning: 'Its password.' }),
  LDAP_BASE_DN: text({ fallback: undefined, meaning: 'Where people are searched.' }),
  LDAP_USER_FILTER: text({
    fallback: '(|(uid={username})(mail={username}))',
    pattern: /^\(.*\{username\}.*\)$/,
    wanted: 'an LDAP filter in parentheses with {username} in it',
    meaning: 'Finds a person; `{username}` is what they typed, escaped.',
  }),
  LDAP_GROUP_BASE_DN: text({ fallback: undefined, meaning: 'Where groups are searched. Without it: no groups.' }),
};

const mail = {
  SMTP_URL: url({
    fallback: undefined,
    wanted: 'smtp://[user:password@]host[:port] or smtps://...',
    accepts: (u) => /^smtps?:$/.test(u.protocol) && u.hostname !== '',
    secret: true,
    meaning: 'Mail server.',
  }),
  MAIL_FROM: text({
    fallback: undefined,
    pattern: /^([^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/,
    wanted: 'an e-mail address, `Name <address>` too',
    meaning: 'Sender of mails.',
  }),
};

const tracker = {
  TRACKER: oneOf(['wandb', 'mlflow', 'reported'], {
    fallback: undefined,
    meaning: 'Who is asked for the runs of a removed person.',
  }),
  TRACKER_URL: url({
    fallback: undefined,
    wanted: 'an https or http URL without credentials',
    accepts: (u) => /^https?:$/.test(u.protocol) && !u.username && !u.password,
    reading: (u) => trimSlash(u.href),
    meaning: 'Address of the tracker.',
  }),
  TRACKER_API_KEY: text({ fallback: undefined, secret: true, meaning: 'API key for the tracker.' }),
};

function trimSlash(href: string): string {
  return href.replace(/\/$/, '');
}

/** Headings of docs/configuration.md with their variables. */
export const VARIABLE_GROUPS = {
  Server: server,
  Database: database,
  'SCIM door': scim,
  'Sync log': syncLog,
  People: people,
  'Sign-in': signIn,
  Mail: mail,
  Tracker: tracker,
} as const;

export const VARIABLES = { ...server, ...database, ...scim, ...syncLog, ...people, ...signIn, ...mail, ...tracker };

export type VariableName = keyof typeof VARIABLES;

type ValueOf<V> = V extends Variable<infer T, infer D> ? (undefined extends D ? T | undefined : T) : never;

export type Values = { readonly [N in VariableName]: ValueOf<(typeof VARIABLES)[N]> };
