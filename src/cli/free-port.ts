/** A port to listen on: the one that is wished for when nobody has it, else any free one. */
import { createServer } from 'node:net';

export async function findPort(host: string, wished: number): Promise<number> {
  return (await tryPort(host, wished)) ?? (await tryPort(host, 0)) ?? 0;
}

/** The port once it could be listened on and was given back; null when it is taken. */
function tryPort(host: string, port: number): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const server = createServer();
  server.once('error', () => resolve(null));
  server.listen(port, host, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
  });
  return promise;
}
