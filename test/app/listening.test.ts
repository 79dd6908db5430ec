/** The server against clients that take their time. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { closeServer, createBoundedServer, listen } from '../../src/app/listening.ts';

async function start(handle: Parameters<typeof createBoundedServer>[0]) {
  const server = createBoundedServer(handle);
  await listen(server, 0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  const open = async (text: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  return { server, port, open };
}

describe('a server that stops', () => {
  it.each([
    ['half a head', 'POST /auth/email HTTP/1.1\r\nHost: x\r\n'],
    ['half a body', 'POST /auth/email HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nemail='],
  ])('does not wait for ever for who sent %s', async (_name, text) => {
    const { server, open } = await start(() => undefined);
    const socket = await open(text);
    const closed = once(socket, 'close');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await closeServer(server, 100);
    await closed;
    expect(server.listening).toBe(false);
  });

  it('lets a request under way be answered', async () => {
    const arrived = Promise.withResolvers<() => void>();
    const { server, port } = await start((_request, response) => arrived.resolve(() => response.end('done')));
    const answer = fetch(`http://127.0.0.1:${port}/`);
    const finish = await arrived.promise;
    const stopped = closeServer(server, 5_000);
    finish();
    expect(await (await answer).text()).toBe('done');
    await stopped;
  });

  it('gives nobody longer than a minute for a request, and a quarter of one for its head', async () => {
    const { server } = await start(() => undefined);
    expect([server.requestTimeout, server.headersTimeout]).toEqual([60_000, 15_000]);
    await closeServer(server);
  });
});
