/**
 * Environment -> one frozen, checked Config; every fault reported together.
 *
 * Owns: the shape of the configuration. The variables themselves stand in config/variables.ts, what may not stand
 * together in config/combinations.ts. Does not own: what a setting does. Called by cli/ and app.ts; other rooms are
 * given the values that they need.
 */
import { findBadCombinations, findDoubts } from './config/combinations.ts';
import { type ConfigFault, type Environment, readEnvironment, type Setting } from './config/environment.ts';
import type { LinkWay } from './config/groups/people.ts';
import { type LdapSettings, type OidcSettings, type SamlSettings, toLdap, toOidc, toSaml } from './config/sign-in.ts';
import { findUnknownNames } from './config/unknown-names.ts';
import { isLoopback } from './config/variable.ts';
import { type DatabaseAddress, type TrustProxy, VARIABLE_GROUPS, type Values } from './config/variables.ts';

export type { ConfigFault, Environment, Setting } from './config/environment.ts';

export interface Config {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Origin without a slash at the end. */
    readonly publicUrl: string;
    /** False: `publicUrl` was made from host and port (with port 0 the real one is known after listening only). */
    readonly publicUrlGiven: boolean;
    readonly trustProxy: TrustProxy;
  };
  readonly database: DatabaseAddress & { readonly poolSize: number; readonly writeQueueMax: number };
  readonly scim: {
    /** Requests per second for one connection; 0: no limit. */
    readonly rateLimit: number;
    readonly maxBodyBytes: number;
    readonly maxOperations: number;
    readonly bulkMaxOperations: number;
    readonly filterMaxLength: number;
    readonly filterMaxDepth: number;
    readonly pageDefault: number;
    readonly pageMax: number;
    readonly cursorTtlSeconds: number;
  };
  readonly api: {
    /** Requests per minute of one credential; 0: no limit. */
    readonly ratePerMinute: number;
    readonly maxBodyBytes: number;
    readonly idempotencyHours: number;
  };
  readonly syncLog: {
    /** 0: for ever. */
    readonly retentionDays: number;
    readonly bodyMaxBytes: number;
  };
  /** Null: unlimited. */
  readonly seats: number | null;
  readonly provisionOnSignIn: boolean;
  readonly sessionHours: number;
  readonly sessionIdleMinutes: number;
  readonly signIn: {
    readonly linkBy: readonly LinkWay[];
    readonly bootstrapAdminEmail: string | null;
    /** Whom to ask, in words. */
    readonly contact: string | null;
  };
  readonly oidc: OidcSettings | null;
  readonly saml: SamlSettings | null;
  readonly ldap: LdapSettings | null;
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  readonly tracker: TrackerConfig | null;
  readonly ledger: {
    /** 0: only when told to. */
    readonly verifyDays: number;
  };
  readonly targets: {
    /** 32 bytes each, hex; the first one seals. Empty: one is kept in the database. */
    readonly secretsKeys: readonly string[];
    readonly networks: readonly string[];
  };
  readonly log: { readonly level: NonNullable<Values['LOG_LEVEL']> };
  /** Sentences about what works and is probably not meant; `serve` logs them, `check-config` shows them. */
  readonly warnings: readonly string[];
  /** What was read and from where, secrets masked, for `check-config`. */
  readonly settings: readonly Setting[];
}

export interface TrackerConfig {
  readonly kind: 'wandb' | 'mlflow' | 'reported';
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  /** The name that it knows a person by, where it does not tell. */
  readonly userName: Values['TRACKER_USER_NAME'];
  /** Requests per second; 0: no limit. */
  readonly rateLimit: number;
  readonly timeoutSeconds: number;
  readonly keepRunIds: boolean;
}

/** Thrown by loadConfig; its message lists every fault, one to a line, and holds no secret. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map((fault) => `  ${fault.name}: given ${fault.given}; wanted ${fault.wanted}`);
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads and checks the environment (variables of docs/configuration.md, each also from the file that `<name>_FILE` names).
 * @throws ConfigError with every fault
 */
export function loadConfig(env: Environment): Config {
  const { values, settings, faults: ownFaults } = readEnvironment(env);
  const unknown = findUnknownNames(env);
  const failed = new Set(ownFaults.map((fault) => fault.name.replace(/_FILE$/, '')));
  const faults = [...ownFaults, ...findBadCombinations(values, failed), ...unknown.faults];
  if (faults.length > 0) throw new ConfigError(faults);
  return deepFreeze({ ...toConfig(values), warnings: [...findDoubts(values), ...unknown.warnings], settings });
}

function toConfig(values: Values): Omit<Config, 'warnings' | 'settings'> {
  return {
    server: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL ?? toLocalUrl(values.HOST, values.PORT),
      publicUrlGiven: values.PUBLIC_URL !== undefined,
      trustProxy: values.TRUST_PROXY,
    },
    database: { ...values.DATABASE_URL, poolSize: values.DATABASE_POOL_SIZE, writeQueueMax: values.WRITE_QUEUE_MAX },
    scim: {
      rateLimit: values.SCIM_RATE_LIMIT,
      maxBodyBytes: values.SCIM_MAX_BODY_BYTES,
      maxOperations: values.SCIM_MAX_OPERATIONS,
      bulkMaxOperations: values.SCIM_BULK_MAX_OPERATIONS,
      filterMaxLength: values.SCIM_FILTER_MAX_LENGTH,
      filterMaxDepth: values.SCIM_FILTER_MAX_DEPTH,
      pageDefault: values.SCIM_PAGE_DEFAULT,
      pageMax: values.SCIM_PAGE_MAX,
      cursorTtlSeconds: values.SCIM_CURSOR_TTL_SECONDS,
    },
    api: {
      ratePerMinute: values.API_RATE_LIMIT,
      maxBodyBytes: values.API_MAX_BODY_BYTES,
      idempotencyHours: values.API_IDEMPOTENCY_HOURS,
    },
    syncLog: { retentionDays: values.SYNCLOG_RETENTION_DAYS, bodyMaxBytes: values.SYNCLOG_BODY_MAX_BYTES },
    seats: values.SEATS ?? null,
    provisionOnSignIn: !values.DISABLE_SSO_PROVISIONING,
    sessionHours: values.SESSION_HOURS,
    sessionIdleMinutes: values.SESSION_IDLE_MINUTES,
    signIn: {
      linkBy: values.SSO_LINK_BY,
      bootstrapAdminEmail: values.BOOTSTRAP_ADMIN_EMAIL ?? null,
      contact: values.SIGN_IN_CONTACT ?? null,
    },
    oidc: toOidc(values),
    saml: toSaml(values),
    ldap: toLdap(values),
    mail:
      values.SMTP_URL === undefined || values.MAIL_FROM === undefined
        ? null
        : { smtpUrl: values.SMTP_URL, from: values.MAIL_FROM },
    tracker: toTracker(values),
    ledger: { verifyDays: values.LEDGER_VERIFY_DAYS },
    targets: {
      secretsKeys: (values.SECRETS_KEY ?? []).map((key) => key.toString('hex')),
      networks: values.TARGET_NETWORKS ?? [],
    },
    log: { level: values.LOG_LEVEL },
  };
}

function toTracker(values: Values): TrackerConfig | null {
  const { TRACKER: kind, TRACKER_URL: url, TRACKER_API_KEY: apiKey, TRACKER_USER_NAME: userName } = values;
  if (kind === undefined) return null;
  const { TRACKER_RATE_LIMIT: rateLimit, TRACKER_TIMEOUT_SECONDS: timeoutSeconds } = values;
  return { kind, url, apiKey, userName, rateLimit, timeoutSeconds, keepRunIds: values.TRACKER_KEEP_RUN_IDS };
}

/** The address under which this machine itself reaches the server. */
export function toLocalUrl(host: string, port: number): string {
  const name = isLoopback(host) ? host : '127.0.0.1';
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}

export interface VariableDescription {
  readonly group: string;
  readonly name: string;
  /** What is wanted, in words. */
  readonly type: string;
  readonly default: string | undefined;
  readonly secret: boolean;
  readonly meaning: string;
}

/** What docs/configuration.md says about each variable, in its order. */
export function describeConfig(): readonly VariableDescription[] {
  return Object.entries(VARIABLE_GROUPS).flatMap(([group, variables]) =>
    Object.entries(variables).map(([name, { wanted, fallback, secret, meaning }]) => ({
      group,
      name,
      type: wanted,
      default: fallback,
      secret,
      meaning,
    })),
  );
}
