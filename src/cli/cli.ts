/**
 * The operator's door: the command line.
 *
 * Owns: verbs, their options, tables and JSON for people and scripts, exit codes. Does not own: what a verb does, which
 * the services passed in do (services.ts; app.ts implements them). Called by main.ts. One file per verb.
 */
import { Command, CommanderError } from 'commander';
import { type Environment, loadConfig } from '../config.ts';
import { AppError } from '../errors.ts';
import { version } from '../version.ts';
import { createAdminCommand } from './admin.ts';
import { createCheckConfigCommand } from './check-config.ts';
import { createConnectionCommand } from './connection.ts';
import type { CliContext, SignalSource } from './context.ts';
import { createDemoCommand } from './demo/demo-command.ts';
import { EXIT_CODE_HELP, EXIT_CODES, type ExitCode, toExitCode } from './exit-code.ts';
import { createExplainCommand } from './explain.ts';
import { createInviteCommand } from './invite.ts';
import { createKeyCommand } from './key.ts';
import { createLedgerCommand } from './ledger.ts';
import { createMigrateCommand } from './migrate.ts';
import { createOrganizationCommand } from './organization.ts';
import { createOutput, type TextStream } from './output.ts';
import { createPeopleCommand } from './people.ts';
import { createRoleCommand } from './role.ts';
import { createServeCommand } from './serve.ts';
import type { OpenMigrator, OpenServer, OpenServices } from './services.ts';
import { createSignInCommand } from './sign-in.ts';
import { createSimulateCommand } from './simulate/simulate.ts';
import { createTargetCommand } from './target.ts';
import { createTeamCommand } from './team.ts';

const COMMANDS: readonly ((cli: CliContext) => Command)[] = [
  createServeCommand,
  createMigrateCommand,
  createOrganizationCommand,
  createConnectionCommand,
  createTeamCommand,
  createRoleCommand,
  createAdminCommand,
  createPeopleCommand,
  createInviteCommand,
  createKeyCommand,
  createSignInCommand,
  createExplainCommand,
  createLedgerCommand,
  createTargetCommand,
  createSimulateCommand,
  createDemoCommand,
  createCheckConfigCommand,
];

export interface CliParts {
  readonly env: Environment;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly openServices: OpenServices;
  readonly openServer: OpenServer;
  readonly openMigrator: OpenMigrator;
  readonly signals: SignalSource;
  readonly exit: (code: number) => void;
  readonly now: () => number;
}

/** Runs one command line (without `node` and the script) and gives the exit code. Never throws. */
export async function runCli(args: readonly string[], parts: CliParts): Promise<ExitCode> {
  const program = createProgram(parts);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    // Commander has written its own message already.
    if (!(error instanceof CommanderError)) parts.stderr.write(`${toMessage(error)}\n`);
    return toExitCode(error);
  }
}

function createProgram(parts: CliParts): Command {
  const program = new Command('drawbridge');
  const cli = createContext(parts, () => program.opts().json === true);
  program
    .description('SCIM 2.0 provisioning bridge between identity providers and experiment trackers')
    .option('--json', 'print one JSON document on standard output, and nothing else there')
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', EXIT_CODE_HELP);
  for (const create of COMMANDS) program.addCommand(create(cli));
  prepare(program, parts);
  return program;
}

/** Commander does not pass these on to commands that were made elsewhere. */
function prepare(command: Command, streams: Pick<CliParts, 'stdout' | 'stderr'>): void {
  const { stdout, stderr } = streams;
  command.exitOverride().showHelpAfterError('(--help shows how it is used)');
  command.configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, '')),
  });
  for (const child of command.commands) prepare(child, streams);
}

function createContext(parts: CliParts, isJson: () => boolean): CliContext {
  const config = () => loadConfig(parts.env);
  return {
    env: parts.env,
    output: createOutput({ stdout: parts.stdout, stderr: parts.stderr, env: parts.env, isJson }),
    config,
    withServices: async (work) => {
      const services = await parts.openServices(config());
      try {
        return await work(services);
      } finally {
        await services.close();
      }
    },
    openServices: parts.openServices,
    openServer: parts.openServer,
    openMigrator: parts.openMigrator,
    signals: parts.signals,
    exit: parts.exit,
    now: parts.now,
  };
}

/** AppErrors are written for people; of anything else the cause is told, because an operator reads this. */
function toMessage(error: unknown): string {
  if (!(error instanceof Error)) return `Failed: ${String(error)}`;
  if (!(error instanceof AppError)) return error.name === 'ConfigError' ? error.message : `Failed: ${error.message}`;
  return error.cause instanceof Error ? `${error.message}\n  Cause: ${error.cause.message}` : error.message;
}
