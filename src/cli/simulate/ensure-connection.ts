/** A connection for a simulation that was given no address: made the first time, found again afterwards. */
import type { Dialect } from '../../directory/connections/connection.ts';
import type { ConnectionServices } from '../services.ts';

/** What `simulate` needs from the connections, and no more. */
export type SimulateConnections = Pick<ConnectionServices, 'list' | 'create' | 'rotateToken'>;

export interface ConnectionWish {
  readonly organization: string;
  readonly name: string;
  readonly dialect: Dialect;
}

/** Tokens are readable only when they are made, so a connection that is there gets a new one. */
const GRACE_SECONDS = 3_600;

export async function ensureConnection(
  connections: SimulateConnections,
  { organization, name, dialect }: ConnectionWish,
): Promise<{ readonly scimUrl: string; readonly token: string }> {
  const found = (await connections.list(organization)).find((connection) => connection.name === name);
  if (found === undefined) return connections.create({ organization, name, dialect });
  return connections.rotateToken({ organization, connection: found.id }, { graceSeconds: GRACE_SECONDS });
}
