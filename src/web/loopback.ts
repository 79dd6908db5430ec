/** Whether a request was made on this very machine: by the name it asked for, and by no way round. */

import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

/**
 * The Host header. A page on another site can point its own name at 127.0.0.1 (DNS rebinding); the browser then still
 * sends that name here.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = host?.toLowerCase().match(/^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/)?.[1];
  if (name === undefined) return false;
  return name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));
}

/** A proxy on the same machine makes every visitor look local; when it says so, nobody is. */
export function cameThroughProxy(headers: IncomingHttpHeaders): boolean {
  return ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'].some(
    (name) => headers[name] !== undefined,
  );
}
