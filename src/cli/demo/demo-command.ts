/** `demo`: the demonstration as a verb; `npm run demo` calls it. */
import { Command } from 'commander';
import { AppError } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import { runDemo } from './demo.ts';
import { createStartServer } from './demo-server.ts';

export function createDemoCommand(cli: CliContext): Command {
  return new Command('demo')
    .description('show it at work: temporary data, a simulated Okta and Entra ID, an address to open')
    .option('--once', 'end after the stories instead of waiting for Ctrl-C', false)
    .addHelpText('after', '\nReads no configuration and leaves nothing behind.')
    .action(async ({ once }: { once: boolean }) => {
      const { output, signals, exit, now } = cli;
      const { violations } = await runDemo({ startServer: createStartServer(cli), output, signals, exit, now, once });
      if (violations > 0)
        throw new AppError('internal', `The simulated identity providers would stop on ${violations} answers.`);
    });
}
