/** The verbs' services over the core: what `npm run drawbridge -- <verb>` does, whether or not the server runs. */
import type { Actor } from '../directory/actor.ts';
import { type Connection, isLiveToken, lastContactOf, type Organization } from '../directory/connections/connection.ts';
import * as connectionCases from '../directory/connections/connections.ts';
import { createOrganization, findOrganization } from '../directory/connections/organizations.ts';
import { createSetupLink } from '../directory/entry/setup-links.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { approveAdoption } from '../directory/people/adoption.ts';
import { explainUser, findPerson } from '../directory/roles/explain.ts';
import { parseRulesFor, previewRules } from '../directory/rules/rules-preview.ts';
import { runWork, type Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import type { TargetParts } from '../targets/parts.ts';
import { createInviteServices } from './invite-services.ts';
import { createKeyServices } from './key-services.ts';
import type { RunTrackerWork } from './ledger-reverify.ts';
import { createLedgerServices } from './ledger-services.ts';
import { createPeopleServices } from './people-services.ts';
import { createRoleServices } from './role-services.ts';
import { type RunRules, saveRules } from './save-rules.ts';
import type { CliServices, ConnectionRef, ConnectionServices, ConnectionSummary, NewToken } from './services.ts';
import { createSignInServices } from './sign-in-services.ts';
import { createTargetServices } from './target-services.ts';
import { createTeamServices } from './team-services.ts';

const ACTOR: Actor = { kind: 'cli', id: null, name: 'command line' };

export interface LocalParts {
  readonly directory: DirectoryParts;
  /** Where the outside finds this installation. */
  readonly publicUrl: string;
  readonly runTrackerWork: RunTrackerWork;
  readonly runRules: RunRules;
  /** Opened when a verb needs targets. */
  readonly openTargets: () => Promise<TargetParts>;
}

interface Place {
  readonly organization: Organization;
  readonly connection: Connection;
}

export function createLocalServices(parts: LocalParts): CliServices {
  const { directory, publicUrl, runTrackerWork, runRules, openTargets } = parts;
  const { store } = directory;

  function transact<T>(
    organization: Organization,
    connectionId: string | null,
    run: (work: Work) => Promise<T>,
  ): Promise<T> {
    const context = { organizationId: organization.id, actor: ACTOR, exchangeId: null };
    return runWork(directory, context, run, connectionId);
  }

  async function placeOf(ref: ConnectionRef): Promise<Place> {
    const organization = await findOrganization(directory, ref.organization);
    const connection = await store.connections.find(store.reader, organization.id, ref.connection);
    if (connection === undefined) {
      throw new AppError(
        'not_found',
        `There is no connection "${ref.connection}" in the organization ${organization.name}.`,
      );
    }
    return { organization, connection };
  }

  async function summaryOf({ organization, connection }: Place): Promise<ConnectionSummary> {
    const { id, name, dialect, state, createdAt } = connection;
    const tokens = await store.connections.tokens(store.reader, id);
    const live = tokens.filter((token) => isLiveToken(token, directory.now()));
    return {
      ...{ id, name, dialect, state, createdAt, organization: organization.name, scimUrl: `${publicUrl}/scim/v2` },
      lastUsedAt: lastContactOf(tokens),
      tokens: live.map(({ hint, expiresAt }) => ({ hint, expiresAt })),
    };
  }

  function toNewToken({ organization, connection }: Place, token: string): NewToken {
    const { id, name, dialect } = connection;
    return { id, name, dialect, organization: organization.name, scimUrl: `${publicUrl}/scim/v2`, token };
  }

  async function setState(ref: ConnectionRef, state: Connection['state']): Promise<ConnectionSummary> {
    const { organization, connection } = await placeOf(ref);
    const changed = await transact(organization, connection.id, (work) =>
      connectionCases.setConnectionState(directory, work, connection, state),
    );
    return summaryOf({ organization, connection: changed });
  }

  const connections: ConnectionServices = {
    async list(name) {
      const organization = await findOrganization(directory, name);
      const list = await store.connections.list(store.reader, organization.id);
      return Promise.all(list.map((connection) => summaryOf({ organization, connection })));
    },
    async create({ organization: name, ...input }) {
      const organization = await findOrganization(directory, name);
      const made = await transact(organization, null, (work) =>
        connectionCases.createConnection(directory, work, input),
      );
      return toNewToken({ organization, connection: made.connection }, made.token.token);
    },
    pause: (ref) => setState(ref, 'paused'),
    resume: (ref) => setState(ref, 'active'),
    async rotateToken(ref, { graceSeconds }) {
      const place = await placeOf(ref);
      const options = { graceMs: graceSeconds * 1000, expiresAt: null };
      const made = await transact(place.organization, place.connection.id, (work) =>
        connectionCases.rotateToken(directory, work, place.connection, options),
      );
      return toNewToken(place, made.token);
    },
    async approveAdoption(ref, text) {
      const { organization, connection } = await placeOf(ref);
      const user = await findPerson(directory, organization.id, text);
      await transact(organization, connection.id, (work) => approveAdoption(directory, work, connection, user));
      return user.displayName ?? user.userName;
    },
    async rules(ref) {
      const { connection } = await placeOf(ref);
      return JSON.parse(await store.connections.rules(store.reader, connection.id));
    },
    async setRules(ref, document, { preview, onProgress }) {
      const { organization, connection } = await placeOf(ref);
      const rules = await parseRulesFor(directory, organization.id, document);
      if (!preview) return saveRules(parts, ACTOR, connection, rules, onProgress);
      return { ...(await previewRules(directory, connection, rules)), run: null };
    },
  };

  return {
    organizations: {
      create: (name) => store.write((db) => createOrganization(directory, db, ACTOR, name)),
      list: () => store.organizations.list(store.reader),
    },
    connections,
    teams: createTeamServices(directory),
    roles: createRoleServices(directory, runRules),
    admin: {
      async createSetupLink(name) {
        const organization = await findOrganization(directory, name);
        const { secret, expiresAt } = await transact(organization, null, (work) => createSetupLink(directory, work));
        return { url: `${publicUrl}/auth/setup?key=${secret}`, expiresAt };
      },
    },
    async explain(name, text) {
      const organization = await findOrganization(directory, name);
      const user = await findPerson(directory, organization.id, text);
      const scopes = await explainUser(directory, user);
      const names = new Map(
        (await store.connections.list(store.reader, organization.id)).map((connection) => [
          connection.id,
          connection.name,
        ]),
      );
      const nameOf = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? id));
      const { id, userName, displayName, active } = user;
      return {
        user: { id, userName, displayName, active, connection: nameOf(user.connectionId) },
        effective: active,
        roles: scopes.map(({ team, role, grants, exclusion, archived }) => ({
          scope: team === null ? 'organization' : 'team',
          team: team?.name ?? null,
          ...{ role, archived },
          exclusion: exclusion && { by: exclusion.actorName, since: exclusion.createdAt, reason: exclusion.reason },
          grants: grants.map(({ grant, group, exchangeId }) => ({
            ...{ role: grant.role, origin: grant.origin, rule: grant.ruleId, group, exchangeId },
            connection: nameOf(grant.connectionId),
            since: grant.createdAt,
          })),
        })),
      };
    },
    people: createPeopleServices(directory),
    invites: createInviteServices(directory, publicUrl),
    keys: createKeyServices(directory),
    signIn: createSignInServices(directory),
    ledger: createLedgerServices(directory, runTrackerWork),
    targets: createTargetServices(directory, openTargets),
  };
}
