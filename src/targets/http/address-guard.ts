/**
 * Which addresses a target may have. Whoever may add a target could otherwise make Drawbridge ask its own network: a
 * database on loopback, a cloud's metadata address. Checked on the resolved address, in the look-up that the connection is
 * made with, so that a name cannot mean something else a moment later (DNS rebinding).
 */
import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { TargetForbidden, TargetRefusal } from '../contract.ts';

/** `public`: the internet only. `private`: the own network too, where trackers and SCIM servers usually stand. */
export type Reach = 'public' | 'private';

export interface AddressGuard {
  /** For connections: resolves a name and lets allowed addresses through. */
  readonly lookup: LookupFunction;
  /** For addresses that are no names: those are never looked up. @throws TargetForbidden */
  check(url: URL): void;
}

type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** `10.0.0.0/8`, or one address. Undefined: it is neither. */
export function parseNetwork(text: string): Network | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Where clouds answer their own machines with credentials, outside of the link-local range: AWS, GCP, Alibaba, Azure. */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
]);

const PRIVATE_RANGES = ['private', 'uniqueLocal', 'carrierGradeNat'];

/** @param allowed networks that may be reached whatever they are */
export function isAllowed(text: string, reach: Reach, allowed: readonly Network[]): boolean {
  // An IPv4 address in IPv6 clothes is that IPv4 address.
  const address = ipaddr.process(text);
  const isListed = allowed.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));
  if (isListed) return true;
  if (METADATA_ADDRESSES.has(address.toString())) return false;
  const range = address.range();
  return range === 'unicast' || (reach === 'private' && PRIVATE_RANGES.includes(range));
}

function forbidden(host: string, address: string): TargetForbidden {
  const where = host === address ? address : `${host} (${address})`;
  return new TargetForbidden(
    `${where} is not an address that a target may have. Give the target another one, or have whoever runs Drawbridge list it in TARGET_NETWORKS and start it again.`,
  );
}

export function createAddressGuard(reach: Reach, allowed: readonly Network[]): AddressGuard {
  return {
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, []);
        const found = addresses.filter(({ address }) => isAllowed(address, reach, allowed));
        const [first] = found;
        if (first === undefined) return callback(forbidden(hostname, addresses[0]?.address ?? 'no address'), []);
        if (options.all === true) return callback(null, found);
        return callback(null, first.address, first.family);
      });
    },
    check({ hostname, protocol }) {
      if (protocol !== 'https:' && protocol !== 'http:') throw new TargetRefusal(`${protocol}// is not http or https.`);
      const host = hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !isAllowed(host, reach, allowed)) throw forbidden(host, host);
    },
  };
}
