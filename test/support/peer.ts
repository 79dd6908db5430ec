/** Servers that Debian brings and npm does not: where one is missing, its tests say so; with REQUIRE_PEERS=1 they fail. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe } from 'vitest';

export interface Peer {
  readonly name: string;
  /** A file that is there when it is installed. */
  readonly file: string;
  /** Debian packages that bring it. */
  readonly packages: string;
}

export const SLAPD: Peer = { name: 'slapd', file: '/usr/sbin/slapd', packages: 'slapd ldap-utils' };
export const SIMPLESAMLPHP: Peer = {
  name: 'SimpleSAMLphp',
  file: '/usr/share/simplesamlphp/www/index.php',
  packages: 'simplesamlphp php-cli php-xml php-mbstring php-curl php-sqlite3',
};

/** @param suite runs where the peer is installed */
export function describeWithPeer(title: string, peer: Peer, suite: () => void): void {
  const isMissing = !existsSync(peer.file);
  const note = isMissing ? ` (skipped: ${peer.name} is missing, apt-get install ${peer.packages})` : '';
  describe.skipIf(isMissing && process.env.REQUIRE_PEERS !== '1')(`${title}${note}`, suite);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
