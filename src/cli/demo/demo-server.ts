/** The demonstration's server: a real one, on a configuration of its own that no environment variable reaches. */
import { loadConfig } from '../../config.ts';
import type { OpenServer, OpenServices } from '../services.ts';
import type { DemoParts } from './demo.ts';

const ORGANIZATION = 'default';

export interface DemoServerParts {
  readonly openServer: OpenServer;
  readonly openServices: OpenServices;
}

/** @throws what opening the server throws */
export function createStartServer({ openServer, openServices }: DemoServerParts): DemoParts['startServer'] {
  return async ({ databaseUrl, host, port, settings, now }) => {
    const config = loadConfig({
      ...settings,
      DATABASE_URL: databaseUrl,
      HOST: host,
      PORT: String(port),
      LOG_LEVEL: 'error',
    });
    const server = await openServer(config, now);
    try {
      const services = await openServices(config, now);
      return {
        url: server.scimUrl.replace(/\/scim\/v2$/, ''),
        setupLink: async () => (await services.admin.createSetupLink(ORGANIZATION)).url,
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
