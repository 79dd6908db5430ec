/**
 * The process's own log: JSON lines with ISO times, for machines and for people who look for a request id.
 * Not the sync log, which is data and belongs to synclog/. Made in app.ts; doors and jobs are given the logger.
 */
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from '../config.ts';

export type { Logger } from 'pino';

/** Names under which a secret may come along, at the top or one level down, whatever object is logged. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'token',
  'secret',
  'password',
  'apiKey',
  'clientSecret',
  'databaseUrl',
  'smtpUrl',
];

const HEADER_NAMES = ['authorization', 'cookie', '["set-cookie"]', '["proxy-authorization"]', '["x-api-key"]'];

function redactedPaths(): string[] {
  const names = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const headers = HEADER_NAMES.flatMap((name) =>
    ['headers', 'req.headers', 'res.headers'].map((at) => (name.startsWith('[') ? `${at}${name}` : `${at}.${name}`)),
  );
  return [...new Set([...names, ...headers])];
}

/** `destination` defaults to standard output. Give each request a child: `requestLogger(logger, id)`. */
export function createLogger(config: Pick<Config, 'log'>, destination?: DestinationStream): Logger {
  const options = {
    level: config.log.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redactedPaths(), censor: '[secret]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** A logger whose lines carry the request's id, the same that the answer's `X-Request-Id` and the exchange have. */
export function requestLogger(logger: Logger, requestId: string): Logger {
  return logger.child({ requestId });
}
