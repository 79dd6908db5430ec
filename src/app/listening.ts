/** The HTTP server itself: how long a client may take, listening, and closing without waiting for ever. */
import { createServer, type RequestListener, type Server } from 'node:http';

/** Who sends a byte now and then holds a socket; a megabyte of SCIM takes no minute. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** Below what orchestrators wait before they kill (Docker 10 s, Kubernetes 30 s); what is being answered takes far less. */
const GRACE_MS = 8_000;

export function createBoundedServer(app: RequestListener): Server {
  return createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, app);
}

export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * Takes no new connections, lets requests under way end, and closes what is idle. Node enforces no time limit on a server
 * that is closing, so that anybody with half a request could keep the process from stopping: who is not done after the
 * grace is cut off. What was acknowledged is on disk.
 */
export function closeServer(server: Server, graceMs = GRACE_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close((error) => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeIdleConnections();
  });
}
