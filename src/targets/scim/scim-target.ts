/**
 * `scim`: any service provider of RFC 7643 and 7644.
 *
 * Owns: the adapter, put together. Its parts: provider.ts (what the server offers), users.ts, groups.ts, bulk.ts,
 * remote-catalog.ts (matching), authorization.ts. Does not own: when something is pushed (reconcile.ts), HTTP (http/).
 */
import { isJsonObject } from '../../schema/json.ts';
import type { Call, RemoteResource, RemoteTeam, StateAdapter } from '../contract.ts';
import type { HttpClient } from '../http/http-client.ts';
import { bearer, clientCredentials } from './authorization.ts';
import { createBulkWriter, type Writer } from './bulk.ts';
import { pushMembers, pushTeam } from './groups.ts';
import { pages } from './pages.ts';
import type { ScimParts } from './parts.ts';
import { createProviderReader } from './provider.ts';
import { createRemoteCatalog, keysOf } from './remote-catalog.ts';
import { createScimClient, type ScimClient } from './scim-client.ts';
import type { ScimSecrets, ScimSettings } from './settings.ts';
import { testScim } from './test.ts';
import { compareFields } from './user-fields.ts';
import { fieldsOf, pushUser } from './users.ts';

export interface ScimTargetParts {
  readonly settings: ScimSettings;
  readonly secrets: ScimSecrets;
  readonly http: HttpClient;
  readonly now: () => number;
}

export function createScimTarget({ settings, secrets, http, now }: ScimTargetParts): StateAdapter {
  const { tokenUrl = '', clientId = '', scope } = settings;
  const isOauth = settings.auth === 'oauth';
  const authorize = isOauth
    ? clientCredentials(http, { tokenUrl, clientId, clientSecret: secrets.clientSecret ?? '', scope }, now)
    : bearer(secrets.token ?? '');
  const client = createScimClient({ http, baseUrl: settings.url, authorize, canReauthorize: isOauth });
  const provider = createProviderReader(client, now);
  const single: Writer = { write: (call, request) => client.send(call, request) };
  const parts: ScimParts = {
    client,
    provider,
    settings,
    writer:
      settings.bulk === 'auto'
        ? createBulkWriter({ client, provider, now, requestsPerSecond: settings.requestsPerSecond })
        : single,
    catalog: createRemoteCatalog({ list: (call) => listKeys(client, call), now }),
  };
  return {
    version: 1,
    userFields: (call, wanted, book) => fieldsOf(parts, call, wanted, book),
    refersTo: ({ managerId }) => managerId,
    compareUser: compareFields,
    removesArchivedTeams: settings.deleteTeams,
    memberRole: () => '',
    pushUser: (call, push) => pushUser(parts, call, push),
    pushTeam: (call, push) => pushTeam(parts, call, push),
    ...{ pushRole: undefined, pushServiceAccount: undefined },
    pushMembers: (call, team, changes) => pushMembers(parts, call, team, changes),
    listUsers: (call) => listUsers(client, call),
    listTeams: (call) => (settings.teams ? listTeams(client, call) : none()),
    test: (call) => testScim(parts, call),
    close: () => http.close(),
  };
}

async function* none(): AsyncIterable<RemoteTeam> {}

async function* listKeys(client: ScimClient, call: Call) {
  for await (const user of listUsers(client, call)) yield keysOf(user);
}

async function* listUsers(client: ScimClient, call: Call): AsyncIterable<RemoteResource> {
  for await (const body of pages(client, call, '/Users')) {
    yield { id: String(body.id), name: String(body.userName), fields: body };
  }
}

async function* listTeams(client: ScimClient, call: Call): AsyncIterable<RemoteTeam> {
  for await (const listed of pages(client, call, '/Groups')) {
    const members = (Array.isArray(listed.members) ? (listed.members as unknown[]) : []).filter(isJsonObject);
    yield {
      id: String(listed.id),
      name: String(listed.displayName),
      fields: { displayName: listed.displayName ?? null },
      members: new Map(members.map(({ value }) => [String(value), ''])),
    };
  }
}
