/** The server itself. */
import { isSafeWebUrl, oneOf, parsed, SAFE_URL, text, url, wholeNumber } from '../variable.ts';

/** false, a number of proxies, or the proxies' addresses: what Express calls `trust proxy`. */
export type TrustProxy = false | number | readonly string[];

const PROXY_ADDRESS =
  /^(loopback|linklocal|uniquelocal|[0-9.]+(\/\d{1,2})?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(\/\d{1,3})?)$/;

function readTrustProxy(given: string): TrustProxy | undefined {
  if (given === 'false') return false;
  if (/^[1-9]$/.test(given)) return Number(given);
  const addresses = given.split(',').map((address) => address.trim());
  return addresses.every((address) => PROXY_ADDRESS.test(address)) ? addresses : undefined;
}

export const server = {
  HOST: text({ fallback: '127.0.0.1', meaning: 'Address to listen on. `0.0.0.0` for all, as in the container image.' }),
  PORT: wholeNumber({ min: 0, max: 65535, fallback: '8080', meaning: 'Port to listen on; 0 takes a free one.' }),
  PUBLIC_URL: url({
    fallback: undefined,
    wanted: `${SAFE_URL} without path, query or credentials`,
    accepts: (u) => isSafeWebUrl(u) && u.pathname === '/' && !u.search && !u.hash && !u.username && !u.password,
    reading: (u) => u.origin,
    meaning:
      'Address under which people and identity providers reach Drawbridge. Without it, the address on this machine. Okta refuses a host name with an underscore.',
  }),
  TRUST_PROXY: parsed({
    fallback: 'false',
    wanted: 'false, a number of proxies from 1 to 9, or addresses and subnets separated by commas',
    read: readTrustProxy,
    meaning: 'Reverse proxies whose `X-Forwarded-*` headers are believed.',
  }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    fallback: 'info',
    meaning: 'Least severe log lines to write, as JSON lines on standard output.',
  }),
};
