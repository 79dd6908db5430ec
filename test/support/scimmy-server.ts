/**
 * A SCIM server that is not ours: scimmy-routers as its documentation says, over maps. scimmy keeps its resources for the
 * whole process, so there is one of these at a time.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMYRouters, { SCIMMY } from 'scimmy-routers';

// biome-ignore lint/suspicious/noExplicitAny: scimmy's instances are untyped
type Resource = any;

export interface ScimmyServer {
  readonly url: string;
  readonly token: string;
  readonly users: Map<string, Resource>;
  readonly groups: Map<string, Resource>;
  stop(): Promise<void>;
}

const stores = { users: new Map<string, Resource>(), groups: new Map<string, Resource>() };
let serial = 0;
let declared = false;

function declare(): void {
  if (declared) return;
  declared = true;
  handle(SCIMMY.Resources.declare(SCIMMY.Resources.User), () => stores.users, 'userName');
  SCIMMY.Resources.declare(SCIMMY.Resources.User).extend(SCIMMY.Schemas.EnterpriseUser, false);
  handle(SCIMMY.Resources.declare(SCIMMY.Resources.Group), () => stores.groups, 'displayName');
}

function handle(type: Resource, store: () => Map<string, Resource>, unique: string): void {
  type.ingress((resource: Resource, instance: Resource) => {
    const id = resource.id ?? `r${++serial}`;
    const known = store().get(id);
    if (resource.id !== undefined && known === undefined) throw new SCIMMY.Types.Error(404, '', 'Not found');
    const data = JSON.parse(JSON.stringify(instance));
    for (const [otherId, other] of store()) {
      if (otherId !== id && other[unique] === data[unique]) {
        throw new SCIMMY.Types.Error(409, 'uniqueness', `${unique} is taken`);
      }
    }
    const saved = { ...data, id };
    store().set(id, saved);
    return saved;
  });
  type.egress((resource: Resource) => {
    if (resource.id === undefined) {
      const all = [...store().values()];
      return resource.filter === undefined ? all : resource.filter.match(all);
    }
    const found = store().get(resource.id);
    if (found === undefined) throw new SCIMMY.Types.Error(404, '', 'Not found');
    return found;
  });
  type.degress((resource: Resource) => {
    if (!store().delete(resource.id)) throw new SCIMMY.Types.Error(404, '', 'Not found');
  });
}

export async function startScimmyServer(): Promise<ScimmyServer> {
  declare();
  stores.users.clear();
  stores.groups.clear();
  const token = 'a-token-for-scimmy';
  const handler = (request: { header(name: string): string | undefined }) => {
    if (request.header('authorization') !== `Bearer ${token}`) throw new Error('Not authorized');
    return 'drawbridge';
  };
  const app = express();
  app.use('/scim', new SCIMMYRouters({ type: 'bearer', handler } as never) as never);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    ...stores,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
