/** A real mail server on 127.0.0.1, well-behaved or not, and what it was given. */
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface TestSmtp {
  readonly url: string;
  readonly mails: readonly ParsedMail[];
  /** What it says to the next recipients: an SMTP code and text; undefined: accepted. */
  refuse(code: number | undefined, text?: string): void;
  /** Connections so far. */
  connections(): number;
  close(): Promise<void>;
}

function listening(server: { listen(port: number, host: string, done: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

/** @param options.slowMs how long it takes over each mail; `password`: wants `mailer` and this; the rest: what it takes from nobody */
export async function startSmtp(
  options: { slowMs?: number; password?: string; refusesSender?: boolean; refusesContent?: boolean } = {},
): Promise<TestSmtp> {
  const mails: ParsedMail[] = [];
  let refusal: { code: number; text: string } | undefined;
  let connections = 0;
  const server = new SMTPServer({
    authOptional: options.password === undefined,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth({ username, password }, _session, done) {
      if (username === 'mailer' && password === options.password) return done(null, { user: username });
      return done(Object.assign(new Error('Authentication credentials invalid'), { responseCode: 535 }));
    },
    onMailFrom(_address, _session, done) {
      if (options.refusesSender !== true) return done();
      return done(Object.assign(new Error('Sender address rejected'), { responseCode: 553 }));
    },
    onRcptTo(_address, _session, done) {
      if (refusal === undefined) return done();
      return done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData(stream, _session, done) {
      simpleParser(stream).then((mail) => {
        if (options.refusesContent === true) {
          done(Object.assign(new Error('Message looks like spam'), { responseCode: 554 }));
          return;
        }
        mails.push(mail);
        setTimeout(() => done(null, 'kept'), options.slowMs ?? 0);
      }, done);
    },
  });
  server.on('error', () => undefined);
  await listening(server);
  const { port } = server.server.address() as AddressInfo;
  const account = options.password === undefined ? '' : `mailer:${options.password}@`;
  return {
    url: `smtp://${account}127.0.0.1:${port}`,
    mails,
    refuse(code, text = 'refused by the test') {
      refusal = code === undefined ? undefined : { code, text };
    },
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Takes connections and never says a word. */
export async function startSilentSmtp(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await listening(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
