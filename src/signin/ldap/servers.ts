/** Several servers with the same content: the first that works is asked, and one that failed is left in peace for a while. */

import type { LdapSettings } from '../../config/sign-in.ts';
import { isServerFault } from './faults.ts';

const REST_MS = 30_000;

export interface Servers {
  /**
   * Runs with one server after the other until one does not fail as a server.
   * @throws what the last server threw, or the first fault that is no server's
   */
  ask<T>(run: (server: string) => Promise<T>): Promise<T>;
}

export function createServers({ servers }: LdapSettings, now: () => number): Servers {
  const failedAt = new Map<string, number>();
  const isResting = (server: string) => now() - (failedAt.get(server) ?? Number.NEGATIVE_INFINITY) < REST_MS;
  return {
    async ask(run) {
      const rested = [...servers.filter((each) => !isResting(each)), ...servers.filter(isResting)];
      let fault: unknown = new Error('no server is configured');
      for (const server of rested) {
        try {
          const result = await run(server);
          failedAt.delete(server);
          return result;
        } catch (error) {
          if (!isServerFault(error)) throw error;
          failedAt.set(server, now());
          fault = error;
        }
      }
      throw fault;
    },
  };
}
