/** Servers that Debian brings and npm does not: where one is missing, its tests say so; with REQUIRE_PEERS=1 they fail. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describe } from 'vitest';

export interface Peer {
  readonly name: string;
  /** A file that is there when it is installed. */
  readonly file: string;
  /** Debian packages that bring it. */
  readonly packages: string;
  readonly needsRoot?: true;
}

export const SLAPD: Peer = { name: 'slapd', file: '/usr/sbin/slapd', packages: 'slapd ldap-utils' };
export const SIMPLESAMLPHP: Peer = {
  name: 'SimpleSAMLphp',
  file: '/usr/share/simplesamlphp/www/index.php',
  packages: 'simplesamlphp php-cli php-xml php-mbstring php-curl php-sqlite3',
};

/** @param suite runs where the peer is installed */
export function describeWithPeer(title: string, peer: Peer, suite: () => void): void {
  const isMissing = !existsSync(peer.file) || (peer.needsRoot === true && process.getuid?.() !== 0);
  const isSkipped = isMissing && process.env.REQUIRE_PEERS !== '1';
  if (isSkipped) console.warn(`skipped: ${title}: ${peer.name} is missing (apt-get install ${peer.packages})`);
  describe.skipIf(isSkipped)(title, suite);
}

/** Its ports are those of a domain controller, so it takes root, and nothing else on them. */
export const SAMBA: Peer = {
  name: 'Samba as root',
  file: '/usr/sbin/samba',
  packages:
    'samba samba-ad-dc samba-dsdb-modules samba-vfs-modules samba-ad-provision winbind krb5-user attr ldap-utils',
  needsRoot: true,
};

/** Resolves once something takes connections on a port of this machine. */
export async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}
