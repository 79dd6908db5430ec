/** The API over real parts and a real socket, with principals that a test names: for what needs no keys or sessions. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe } from 'vitest';
import { createApi } from '../../src/api/api.ts';
import { createKeyAuthenticator } from '../../src/api/authenticate.ts';
import type { Endpoint } from '../../src/api/endpoint.ts';
import type { ApiEvent, ApiLimits } from '../../src/api/parts.ts';
import { ENDPOINTS } from '../../src/api/registry.ts';
import { createTargetParts } from '../../src/app/targets.ts';
import { type Core, openCore } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { createOrganization } from '../../src/directory/connections/organizations.ts';
import type { Principal, Scope } from '../../src/directory/principal.ts';
import { createAvatarDrawing } from '../../src/directory/teams/avatar-image.ts';
import { AppError } from '../../src/errors.ts';
import { createCursorSeal } from '../../src/http/cursor.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { freshPostgresUrl } from './postgres.ts';

export type SomePrincipal = Partial<Omit<Principal, 'scopes'>> & { readonly scopes?: readonly Scope[] };

export interface TestApi {
  readonly url: string;
  readonly core: Core;
  readonly events: ApiEvent[];
  readonly organizationId: string;
  createOrganization(name: string): Promise<string>;
  /** A key of somebody of whom no more is known than this; else an admin with a key for everything. */
  keyOf(principal: SomePrincipal): string;
  /** A client with such a key. */
  as(principal: SomePrincipal): ApiClient;
  readonly anonymous: ApiClient;
}

export interface TestApiOptions {
  readonly endpoints?: readonly Endpoint[];
  readonly limits?: Partial<ApiLimits>;
  readonly now?: () => number;
}

async function startApi(engine: 'sqlite' | 'postgres', options: TestApiOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
  const database = engine === 'sqlite' ? `sqlite:${join(folder, 'test.db')}` : await freshPostgresUrl();
  const core = await openCore(loadConfig({ HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database }));
  const now = options.now ?? Date.now;
  const directory = { ...core.directory, now };
  const organization = await core.store.organizations.find(core.store.reader, 'default');
  const organizationId = organization?.id ?? '';
  const principals = new Map<string, Principal>();
  const events: ApiEvent[] = [];
  let url = '';
  const api = createApi(
    {
      directory,
      syncLog: core.store.syncLog,
      changeFeed: core.store.changeFeed,
      keptAnswers: core.store.keptAnswers,
      targets: await createTargetParts(core),
      drawAvatar: createAvatarDrawing(),
      sessionLimits: { lengthMs: 3_600_000, idleMs: 3_600_000 },
      authenticators: [
        createKeyAuthenticator(async (key) => principals.get(key) ?? new AppError('unauthorized', 'Unknown key.')),
      ],
      cursors: createCursorSeal('0'.repeat(64), 3600, now),
      limits: { maxBodyBytes: 65_536, ratePerMinute: 0, idempotencyHours: 24, ...options.limits },
      environment: { provisionOnSignIn: true, seats: null, version: 'test' },
      publicUrl: () => url,
      onRequest: (event) => events.push(event),
    },
    options.endpoints ?? ENDPOINTS,
  );
  const server = createServer(express().disable('x-powered-by').disable('etag').use('/api/v1', api));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const apiUrl = `${url}/api/v1`;
  const keyOf: TestApi['keyOf'] = ({ scopes = ['everything'], ...given }) => {
    const key = `key-${principals.size}`;
    const person = { kind: 'user', id: core.directory.newId(), name: 'Ada Byron', role: 'admin' } as const;
    principals.set(key, { ...person, organizationId, teams: new Map(), ...given, scopes: new Set(scopes) });
    return key;
  };
  const running: TestApi = {
    url: apiUrl,
    core,
    events,
    organizationId,
    async createOrganization(name) {
      const actor = { kind: 'cli', id: null, name: 'test' } as const;
      return (await core.store.write((db) => createOrganization(directory, db, actor, name))).id;
    },
    keyOf,
    as: (principal) => apiClient(apiUrl, keyOf(principal)),
    anonymous: apiClient(apiUrl, undefined),
  };
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await core.engine.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { running, stop };
}

/** @param suite gets a function that gives the API once tests run */
export function describeApi(title: string, suite: (api: () => TestApi) => void, options: TestApiOptions = {}): void {
  describe.each(['sqlite', 'postgres'] as const)(`${title} (%s)`, (engine) => {
    let started: Awaited<ReturnType<typeof startApi>> | undefined;
    beforeAll(async () => {
      started = await startApi(engine, options);
    });
    afterAll(() => started?.stop());
    suite(() => {
      if (started === undefined) throw new Error('the API did not start');
      return started.running;
    });
  });
}
