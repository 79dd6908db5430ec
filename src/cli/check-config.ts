/** `check-config`: what the environment says, and whether the server would start with it. */
import { Command } from 'commander';
import type { CliContext } from './context.ts';
import { toTable } from './output.ts';

export function createCheckConfigCommand(cli: CliContext): Command {
  return new Command('check-config')
    .description('check the configuration and show it, secrets masked; exit code 2 with every fault listed')
    .action(() => {
      const { settings, warnings } = cli.config();
      const rows = settings.filter((s) => s.shown !== undefined).map((s) => [s.name, s.shown ?? '', s.source]);
      for (const warning of warnings) if (!cli.output.json) cli.output.note(`Warning: ${warning}`);
      cli.output.result(
        { settings: settings.map(({ name, shown, source }) => ({ name, value: shown ?? null, source })), warnings },
        () => `${toTable(['variable', 'value', 'from'], rows, '')}\n\nThe configuration is valid.`,
      );
    });
}
