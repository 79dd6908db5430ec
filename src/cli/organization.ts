/** `organization`: the tenants of an installation. `default` is made at first start. */
import { Command } from 'commander';
import type { CliContext } from './context.ts';
import { parseName } from './option.ts';
import { toTable, toTime } from './output.ts';

export function createOrganizationCommand(cli: CliContext): Command {
  return new Command('organization')
    .description('tenants: make and list them; every other verb takes --organization')
    .addCommand(createCreateCommand(cli))
    .addCommand(createListCommand(cli));
}

function createCreateCommand(cli: CliContext): Command {
  return new Command('create')
    .description('make an organization beside the default one')
    .requiredOption('--name <name>', 'what to call it', parseName)
    .action(async ({ name }: { name: string }) => {
      const made = await cli.withServices(({ organizations }) => organizations.create(name));
      cli.output.result({ ...made, createdAt: toTime(made.createdAt) }, () => `Organization ${made.name} is ready.`);
    });
}

function createListCommand(cli: CliContext): Command {
  return new Command('list').description('all organizations').action(async () => {
    const organizations = await cli.withServices((services) => services.organizations.list());
    const rows = organizations.map(({ name, id, createdAt }) => [name, id, toTime(createdAt)]);
    const document = { organizations: organizations.map((one) => ({ ...one, createdAt: toTime(one.createdAt) })) };
    cli.output.result(document, () => toTable(['name', 'id', 'since'], rows, 'No organizations.'));
  });
}
