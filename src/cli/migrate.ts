/** `migrate`: brings the tables to this version, or back. The server does the first at its start. */
import { Command } from 'commander';
import type { CliContext } from './context.ts';
import { parseCount } from './option.ts';
import { toTable } from './output.ts';

export function createMigrateCommand(cli: CliContext): Command {
  return new Command('migrate')
    .description('bring the database to this version (the server does so by itself when it starts)')
    .option('--status', 'only show what is applied')
    .option('--down <steps>', 'take back the newest migrations; data in what they made is lost', parseCount)
    .action((options: { status?: boolean; down?: number }) => migrate(cli, options));
}

async function migrate(cli: CliContext, options: { status?: boolean; down?: number }): Promise<void> {
  const migrator = await cli.openMigrator(cli.config());
  try {
    if (options.status === true) {
      const migrations = await migrator.state();
      const rows = migrations.map((m) => [m.name, m.applied ? 'applied' : 'missing']);
      cli.output.result({ migrations }, () => toTable(['migration', 'state'], rows, 'There are no migrations.'));
    } else if (options.down !== undefined) {
      const reverted = await migrator.down(options.down);
      cli.output.result({ reverted }, () => toSentence(reverted, 'Taken back', 'There was nothing to take back.'));
    } else {
      const applied = await migrator.up();
      cli.output.result({ applied }, () => toSentence(applied, 'Applied', 'The database is up to date.'));
    }
  } finally {
    await migrator.close();
  }
}

function toSentence(names: readonly string[], verb: string, none: string): string {
  return names.length === 0 ? none : `${verb}: ${names.join(', ')}.`;
}
