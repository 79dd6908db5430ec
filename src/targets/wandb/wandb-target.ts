/**
 * `wandb`: W&B Server (self-managed or dedicated cloud) by its SCIM API, whose shapes are its own.
 *
 * Owns: the adapter, put together. Its parts: users.ts, teams.ts, roles.ts, user-shape.ts (what differs by version),
 * refusal.ts (words). W&B keeps no externalId, so the target's own map of ids is what ties people together. Written from
 * W&B's public documentation (docs.wandb.ai, SCIM).
 */
import type { JsonObject } from '../../schema/json.ts';
import {
  type Call,
  type RemoteResource,
  type RemoteTeam,
  type StateAdapter,
  TargetRefusal,
  TargetUnavailable,
  type TestReport,
} from '../contract.ts';
import type { HttpClient } from '../http/http-client.ts';
import { pages } from '../scim/pages.ts';
import { createRemoteCatalog, keyOf } from '../scim/remote-catalog.ts';
import { createScimClient, isSuccess, resourcesOf } from '../scim/scim-client.ts';
import type { WandbParts } from './parts.ts';
import { wandbRefusal } from './refusal.ts';
import { pushRole } from './roles.ts';
import { pushServiceAccount } from './service-accounts.ts';
import { scimBase, type WandbSecrets, type WandbSettings } from './settings.ts';
import { pushMembers, pushTeam } from './teams.ts';
import { compareUser, toUserFields } from './user-fields.ts';
import { readMemberIds, readUser } from './user-shape.ts';
import { pushUser } from './users.ts';

export interface WandbTargetParts {
  readonly settings: WandbSettings;
  readonly secrets: WandbSecrets;
  readonly http: HttpClient;
  readonly now: () => number;
}

export function createWandbTarget({ settings, secrets, http, now }: WandbTargetParts): StateAdapter {
  const authorization = toAuthorization(settings, secrets);
  const client = createScimClient({
    http,
    baseUrl: scimBase(settings),
    authorize: async () => authorization,
    canReauthorize: false,
  });
  async function* listKeys(call: Call) {
    for await (const { id, fields } of listUsers(client, call)) {
      yield { id, keys: [keyOf('email', readUser(fields).email)].filter((key) => key !== '') };
    }
  }
  const parts: WandbParts = { client, settings, catalog: createRemoteCatalog({ list: listKeys, now }) };
  return {
    version: 1,
    userFields: async (_call, wanted) => toUserFields(wanted, settings),
    refersTo: () => null,
    compareUser,
    removesArchivedTeams: false,
    memberRole: (role) => role,
    pushUser: (call, push) => pushUser(parts, call, push),
    pushTeam: (call, push) => pushTeam(parts, call, push),
    pushRole: (call, push) => pushRole(parts, call, push),
    pushServiceAccount: settings.serviceAccounts ? (call, push) => pushServiceAccount(parts, call, push) : undefined,
    pushMembers: (call, team, changes) => pushMembers(parts, call, team, changes),
    listUsers: (call) => listUsers(client, call),
    listTeams: (call) => (settings.teams ? listTeams(client, call) : none()),
    test: (call) => testWandb(parts, call),
    close: () => http.close(),
  };
}

function toAuthorization({ auth, username = '' }: WandbSettings, { apiKey }: WandbSecrets): string {
  if (auth === 'bearer') return `Bearer ${apiKey}`;
  // An organization service account has no user name: the colon stays.
  return `Basic ${Buffer.from(`${username}:${apiKey}`).toString('base64')}`;
}

async function* none(): AsyncIterable<RemoteTeam> {}

/** People only: service accounts are W&B's own. */
async function* listUsers(client: WandbParts['client'], call: Call): AsyncIterable<RemoteResource> {
  for await (const body of pages(client, call, '/Users')) {
    const user = readUser(body);
    if (!user.isService) yield { id: user.id, name: user.userName, fields: body };
  }
}

/** Roles in teams stand at the users. */
async function* listTeams(client: WandbParts['client'], call: Call): AsyncIterable<RemoteTeam> {
  const rolesOf = new Map<string, ReadonlyMap<string, string>>();
  for await (const { id, fields } of listUsers(client, call)) rolesOf.set(id, readUser(fields).teamRoles);
  for await (const body of pages(client, call, '/Groups')) {
    const name = String(body.displayName);
    const members = readMemberIds(body).filter((id) => rolesOf.has(id));
    yield {
      ...{ id: String(body.id), name, fields: {} },
      members: new Map(members.map((id) => [id, rolesOf.get(id)?.get(name) ?? 'member'])),
    };
  }
}

function describeSeats(first: JsonObject | undefined): string {
  if (first === undefined) return 'Whether it tells seats is not known: it has no users yet.';
  return first.modelsSeat === undefined ? 'It tells no seats: they are left alone.' : 'It tells seats.';
}

async function testWandb({ client, settings }: WandbParts, call: Call): Promise<TestReport> {
  try {
    const users = await client.send(call, { method: 'GET', path: '/Users?count=1', isList: true });
    if (!isSuccess(users)) throw wandbRefusal('Reading users', users);
    const seats = describeSeats(resourcesOf(users.body).find((user) => !readUser(user).isService));
    const groups = await client.send(call, { method: 'GET', path: '/Groups?count=1', isList: true });
    if (!isSuccess(groups)) throw wandbRefusal('Reading teams', groups);
    const counts = `It has ${String(users.body.totalResults)} users and ${String(groups.body.totalResults)} teams.`;
    return { ok: true, findings: [`${scimBase(settings)} lets us in.`, counts, seats] };
  } catch (error) {
    if (error instanceof TargetUnavailable || error instanceof TargetRefusal) {
      return { ok: false, findings: [error.message] };
    }
    throw error;
  }
}
