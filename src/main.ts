/** The process: hands the command line to the CLI, with the parts that app.ts wires. */
import { openMigrator, openServer, openServices } from './app.ts';
import { runCli } from './cli/cli.ts';

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
