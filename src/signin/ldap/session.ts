/** One connection to one server, with TLS where it is wanted, and a limit on every wait. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Client } from 'ldapts';
import type { LdapSettings } from '../../config/sign-in.ts';

/** The server did not answer in time. */
export class LdapTimeout extends Error {
  constructor(what: string, seconds: number) {
    super(`${what}: no answer within ${seconds} s`);
    this.name = 'LdapTimeout';
  }
}

/** Runs with an open connection, and closes it whatever happens. */
export async function withSession<T>(
  server: string,
  settings: LdapSettings,
  run: (client: Client) => Promise<T>,
): Promise<T> {
  const client = createClient(server, settings);
  try {
    if (settings.startTls && server.startsWith('ldap:')) {
      const upgrade = client.startTLS(tlsOptions(server, settings));
      await withLimit(upgrade, 'StartTLS', settings.timeoutSeconds);
    }
    return await run(client);
  } finally {
    // The server may be gone already; nobody waits for it.
    void client.unbind().catch(() => undefined);
  }
}

function createClient(server: string, settings: LdapSettings): Client {
  const limitMs = settings.timeoutSeconds * 1000;
  return new Client({
    url: server,
    timeout: limitMs,
    connectTimeout: limitMs,
    // Given for ldap:// they would mean TLS from the first byte.
    ...(server.startsWith('ldaps:') ? { tlsOptions: tlsOptions(server, settings) } : {}),
    createConnection: connectOnce(),
  });
}

/**
 * The library connects again when a connection was lost. After StartTLS that would be in the clear, and whoever cut the connection
 * would be sent the password.
 */
function connectOnce(): typeof connectTcp {
  let isUsed = false;
  return ((...target: [number, string]): Socket => {
    if (isUsed) throw new Error('the connection was lost');
    isUsed = true;
    return connectTcp(...target);
  }) as typeof connectTcp;
}

function tlsOptions(server: string, { authorities }: LdapSettings): ConnectionOptions {
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '');
  return {
    // Against which the certificate is checked; a name for SNI must not be an address.
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
    minVersion: 'TLSv1.2',
  };
}

/** The library limits what it sends, and not the handshake of StartTLS. */
async function withLimit<T>(work: Promise<T>, what: string, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LdapTimeout(what, seconds)), seconds * 1000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
