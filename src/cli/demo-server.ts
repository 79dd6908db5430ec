/** The demonstration's server: a real one, on a configuration of its own that no environment variable reaches. */
import { loadConfig } from '../config.ts';
import type { DemoParts } from './demo.ts';
import type { OpenServer, OpenServices } from './services.ts';

const ORGANIZATION = 'default';

export interface DemoServerParts {
  readonly openServer: OpenServer;
  readonly openServices: OpenServices;
}

/** @throws what opening the server throws */
export function createStartServer({ openServer, openServices }: DemoServerParts): DemoParts['startServer'] {
  return async ({ databaseUrl, host, port, signIn }) => {
    const config = loadConfig({
      ...signIn,
      DATABASE_URL: databaseUrl,
      HOST: host,
      PORT: String(port),
      LOG_LEVEL: 'error',
    });
    const server = await openServer(config);
    try {
      const services = await openServices(config);
      return {
        url: server.scimUrl.replace(/\/scim\/v2$/, ''),
        createConnection: (input) => services.connections.create({ organization: ORGANIZATION, ...input }),
        setupLink: async () => (await services.admin.createSetupLink(ORGANIZATION)).url,
        async somePeople(count) {
          const people = await services.people.list(ORGANIZATION, { status: 'active', limit: 50 });
          return people.flatMap(({ name, email }) => (email === null ? [] : [{ name, email }])).slice(0, count);
        },
        stop: async () => {
          await services.close();
          await server.stop();
        },
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
}
