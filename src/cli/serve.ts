/** `serve`: runs the server until a signal. */
import { Command } from 'commander';
import type { CliContext } from './context.ts';
import type { RunningServer } from './services.ts';

export function createServeCommand(cli: CliContext): Command {
  return new Command('serve')
    .description('run the server: SCIM endpoint, console, health and metrics')
    .addHelpText(
      'after',
      '\nStops cleanly on SIGTERM or SIGINT; a second one ends it at once. Log lines go to standard output.',
    )
    .action(() => serve(cli));
}

async function serve(cli: CliContext): Promise<void> {
  const config = cli.config();
  for (const warning of config.warnings) cli.output.note(`Warning: ${warning}`);
  const signal = waitForSignal(cli);
  const server = await cli.openServer(config);
  if (!cli.output.json) cli.output.note(describe(server));
  await signal.arrived;
  if (!cli.output.json) cli.output.note('Stopping: requests under way are answered first. Once more ends it at once.');
  try {
    await server.stop();
  } finally {
    signal.forget();
  }
}

function describe(server: RunningServer): string {
  const lines = ['', `  Sign in        ${server.consoleUrl}`, `  SCIM endpoint  ${server.scimUrl}`, ''];
  if (!server.hasConnections) {
    lines.push(
      '  No identity provider is connected yet. Make a connection and its token with:',
      '    npm run --silent drawbridge -- connection create --name okta --dialect okta',
    );
  }
  if (server.setupUrl !== null) {
    lines.push(
      '  There is no admin yet. Become one with this link, which works once, for an hour:',
      `    ${server.setupUrl}`,
      '',
    );
  }
  return lines.join('\n');
}

/** npm passes a Ctrl-C on to us that the terminal has sent us already: what comes this soon after the first is the same one. */
const SAME_SIGNAL_MS = 500;

/** Listens before the server opens, so that a signal during the start is not lost. */
function waitForSignal({ signals, exit, now }: CliContext): { arrived: Promise<void>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const listener = () => {
    if (firstAt === undefined) {
      firstAt = now();
      resolve();
    } else if (now() - firstAt > SAME_SIGNAL_MS) exit(130);
  };
  signals.on('SIGTERM', listener);
  signals.on('SIGINT', listener);
  const forget = () => {
    signals.off('SIGTERM', listener);
    signals.off('SIGINT', listener);
  };
  return { arrived: promise, forget };
}
