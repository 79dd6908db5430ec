/** What the process answers to a script. */
import { CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { AppError, type ErrorCode } from '../errors.ts';

export const EXIT_CODES = {
  ok: 0,
  failure: 1,
  wrongUse: 2,
  notFound: 3,
  refused: 4,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

export const EXIT_CODE_HELP = `
Exit codes:
  0  done
  1  failure: something went wrong; the message says what
  2  wrong use: the command line, a file given to it, or the configuration
  3  not found: what was named does not exist
  4  refused: a rule forbids it, or what is there already is in the way`;

const REFUSED: ReadonlySet<ErrorCode> = new Set([
  'forbidden',
  'last_admin',
  'seat_limit',
  'approval_required',
  'uniqueness',
  'conflict',
  'precondition_failed',
  'paused',
]);

export function toExitCode(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.wrongUse;
  if (error instanceof ConfigError) return EXIT_CODES.wrongUse;
  if (!(error instanceof AppError)) return EXIT_CODES.failure;
  if (error.code === 'not_found') return EXIT_CODES.notFound;
  if (REFUSED.has(error.code)) return EXIT_CODES.refused;
  return error.status === 400 ? EXIT_CODES.wrongUse : EXIT_CODES.failure;
}
