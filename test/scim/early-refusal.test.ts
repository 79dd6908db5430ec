/** A client that sends its whole body before it reads has to find out why it was refused, at each door. */
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { describeBridge } from '../support/on-each-engine.ts';

const PIECE = Buffer.alloc(64 * 1024, 'a');
const PIECES = 200;

/** Sends the head, then 12.5 MB, and only then looks at what came back. @returns the status line, or the fault of the connection */
function sendThenRead(url: string, headers: readonly string[], framed: boolean): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.on('error', (error) => resolve(error.message));
    const length = framed ? 'Transfer-Encoding: chunked' : `Content-Length: ${PIECE.length * PIECES}`;
    socket.write(
      [
        `POST ${pathname} HTTP/1.1`,
        `Host: ${hostname}`,
        'Content-Type: application/json',
        length,
        ...headers,
        '',
        '',
      ].join('\r\n'),
    );
    let left = PIECES;
    const next = (): void => {
      if (left === 0) {
        socket.once('data', (data: Buffer) => {
          resolve(data.toString('latin1').split('\r\n')[0] ?? '');
          socket.destroy();
        });
        socket.resume();
        return;
      }
      left -= 1;
      if (framed) socket.write(`${PIECE.length.toString(16)}\r\n`);
      socket.write(PIECE, next);
      if (framed) socket.write(left === 0 ? '\r\n0\r\n\r\n' : '\r\n');
    };
    next();
  });
}

describeBridge('a refusal before the body has come', (bridge) => {
  it.each([
    ['with a declared length', false],
    ['in chunks', true],
  ])('reaches who sends everything first, %s', async (_how, framed) => {
    const { token, scimUrl } = await bridge().createConnection({ dialect: 'generic' });
    const users = `${scimUrl}/Users`;
    for (let round = 0; round < 3; round += 1) {
      expect(await sendThenRead(users, [`Authorization: Bearer ${token}`], framed)).toMatch(/^HTTP\/1\.1 413 /);
      expect(await sendThenRead(users, ['Authorization: Bearer wrong'], framed)).toMatch(/^HTTP\/1\.1 401 /);
      const api = `${bridge().url}/api/v1/teams`;
      expect(await sendThenRead(api, ['Authorization: Bearer wrong'], framed)).toMatch(/^HTTP\/1\.1 401 /);
    }
  });
});
