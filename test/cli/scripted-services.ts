/** The services of the command line, answering from a script, so that the shell around them is tested by itself. */
import { EventEmitter } from 'node:events';
import { runCli } from '../../src/cli/cli.ts';
import type {
  CliServices,
  ConnectionSummary,
  NewToken,
  RoleSummary,
  RunningServer,
  TeamSummary,
} from '../../src/cli/services.ts';
import type { Environment } from '../../src/config.ts';
import { AppError } from '../../src/errors.ts';
import { scriptedLedger } from './scripted-ledger.ts';
import { scriptedPeople } from './scripted-people.ts';
import { scriptedTargets } from './scripted-targets.ts';

export const connection: ConnectionSummary = {
  id: '0197',
  name: 'okta',
  dialect: 'okta',
  organization: 'default',
  state: 'active',
  scimUrl: 'http://127.0.0.1:8080/scim/v2',
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  lastUsedAt: null,
  tokens: [{ hint: 'aB3x', expiresAt: null }],
};

const TEAM: TeamSummary = {
  id: '0199',
  name: 'vision',
  storage: 'AWS runs.example',
  members: 3,
  admins: 0,
  createdAt: Date.UTC(2026, 0, 2),
  archivedAt: null,
};

const ROLE: RoleSummary = {
  id: '0200',
  name: 'Labeler',
  description: '',
  inherits: 'viewer',
  permissions: ['run:stop'],
  users: 2,
  teams: 1,
};

function toNewToken(name: string): NewToken {
  const { id, dialect, organization, scimUrl } = connection;
  return { id, name, dialect, organization, scimUrl, token: 'the-token' };
}

export const services: CliServices = {
  signIn: {
    rules: async () => ({ rules: [] }),
    setRules: async () => undefined,
    sessions: async () => [],
    endSessions: async () => 2,
  },
  teams: {
    list: async () => [TEAM],
    create: async (_organization, { name, storage }) => {
      if (storage !== undefined) throw new AppError('invalid_value', JSON.stringify(storage));
      return { ...TEAM, name };
    },
    setArchived: async (_organization, name, archived) => ({ ...TEAM, name, archivedAt: archived ? 0 : null }),
  },
  roles: {
    list: async () => [ROLE],
    create: async (_organization, role) => ({ ...ROLE, ...role }),
    delete: async (_organization, name) => {
      if (name !== ROLE.name) throw new AppError('not_found', `There is no custom role "${name}".`);
      return { ...ROLE, captured: [{ connection: 'okta', rule: 'pattern', users: 1 }] };
    },
  },
  organizations: {
    create: async (name) => ({ id: '0196', name, createdAt: connection.createdAt }),
    list: async () => [],
  },
  connections: {
    list: async (organization) => (organization === 'empty' ? [] : [connection]),
    create: async ({ name }) => {
      if (name === 'taken') throw new AppError('uniqueness', 'A connection taken exists already. Choose another name.');
      return toNewToken(name);
    },
    pause: async ({ connection: name }) => {
      if (name !== 'okta') throw new AppError('not_found', `There is no connection ${name}.`);
      return { ...connection, state: 'paused' };
    },
    resume: async () => connection,
    rotateToken: async () => toNewToken('okta'),
    approveAdoption: async (_ref, user) => user,
    rules: async () => [{ id: 'default' }],
    setRules: async (_ref, document) => {
      if (!Array.isArray(document)) throw new AppError('invalid_value', 'The rules must be a list.');
      return {
        gains: [{ user: 'ada', scope: 'team', team: 'vision', role: 'admin' }],
        losses: [],
        counts: { gains: 3, losses: 0, users: 3 },
        ...{ newTeams: { count: 0, names: [] }, refusal: null, run: null },
        warnings: {
          count: 22,
          texts: Array.from({ length: 21 }, (_, index) => `The group "g${index}\u001b[31m" names no role.`),
        },
      };
    },
  },
  admin: {
    createSetupLink: async () => ({ url: 'http://127.0.0.1:8080/admin/setup#x', expiresAt: Date.UTC(2026, 0, 1) }),
  },
  explain: async (_organization, user) => ({
    user: { id: '0198', userName: user, displayName: 'Ada\u001b[31m', active: false, connection: 'okta' },
    effective: false,
    roles: [
      { scope: 'organization', team: null, role: 'member', grants: [], exclusion: null, archived: false },
      {
        scope: 'team',
        team: 'vision',
        role: 'admin',
        exclusion: null,
        archived: false,
        grants: [
          {
            role: 'admin',
            origin: 'rule',
            connection: 'okta',
            rule: 'leads',
            group: 'Leads',
            since: 0,
            exchangeId: null,
          },
        ],
      },
      {
        ...{ scope: 'team', team: 'nlp', role: null, archived: false },
        exclusion: { by: 'Boss', since: 0, reason: 'left' },
        grants: [
          { role: 'member', origin: 'admin', connection: null, rule: null, group: null, since: 0, exchangeId: null },
        ],
      },
    ],
  }),
  ...scriptedPeople,
  ledger: scriptedLedger,
  targets: scriptedTargets,
};

const running: RunningServer = {
  consoleUrl: 'http://127.0.0.1:8080/admin',
  scimUrl: 'http://127.0.0.1:8080/scim/v2',
  setupUrl: null,
  hasConnections: false,
  stop: async () => {},
};

export interface RunOptions {
  readonly env?: Environment;
  readonly isTTY?: boolean;
  readonly signals?: EventEmitter;
  readonly server?: Partial<RunningServer>;
  readonly exit?: (code: number) => void;
  readonly now?: () => number;
}

/** Runs a command line and gives what it answered. */
export async function run(args: readonly string[], options: RunOptions = {}) {
  const written = { out: '', err: '', opened: 0, closed: 0 };
  const code = await runCli(args, {
    env: options.env ?? {},
    stdout: { isTTY: options.isTTY, write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    openServices: async () => {
      written.opened += 1;
      const close = async () => {
        written.closed += 1;
      };
      return { ...services, close };
    },
    openServer: async () => ({ ...running, ...options.server }),
    openMigrator: async () => ({
      state: async () => [{ name: '0001-first', applied: true }],
      up: async () => ['0001-first'],
      down: async (steps) => Array.from({ length: steps }, (_, i) => `000${i}`),
      close: async () => {},
    }),
    signals: options.signals ?? new EventEmitter(),
    exit: options.exit ?? (() => {}),
    now: options.now ?? (() => 0),
  });
  return { code, ...written };
}
