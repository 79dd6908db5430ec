/** The process: hands the command line to the CLI, with the parts that app.ts wires. */
import { openMigrator, openServer, openServices } from './app.ts';
import { runCli } from './cli/cli.ts';

/** As a shell has it for a program that was writing to a pipe when its reader left (128 + SIGPIPE). */
const EXIT_READER_GONE = 141;

// `drawbridge ledger export | head` is no fault to report with a stack.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT_READER_GONE);
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  openServices,
  openServer,
  openMigrator,
  signals: process,
  exit: (code) => process.exit(code),
  now: Date.now,
});
