/** Who is at the other end, for budgets and for the record. */
import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/** As Express tells it, which believes forwarding headers only of the proxies that TRUST_PROXY names. */
export function clientAddress(request: Request): string | null {
  const address = request.ip ?? request.socket.remoteAddress;
  if (address === undefined || !ipaddr.isValid(address)) return null;
  return ipaddr.process(address).toString();
}

/**
 * The same for doors that do not go through Express.
 * @param trusts which proxies are believed: Express's `trust proxy fn`
 */
export function addressThrough(
  { headers, socket }: IncomingMessage,
  trusts: (address: string, hop: number) => boolean,
): string | null {
  let address = socket.remoteAddress;
  if (address === undefined) return null;
  const forwarded = headers['x-forwarded-for'];
  const hops = typeof forwarded === 'string' ? forwarded.split(',').reverse() : [];
  for (const [hop, before] of hops.entries()) {
    if (!trusts(address, hop)) break;
    address = before.trim();
  }
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : null;
}

/** What is counted as one neighbour: an IPv4 address, or the /64 that one household or machine has of IPv6. */
export function neighbourOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`;
}
