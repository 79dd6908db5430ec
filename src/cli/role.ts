/** `role`: custom team roles of an organization. */
import { Command, Option } from 'commander';
import { type CliContext, organizationOption } from './context.ts';
import { parseName } from './option.ts';
import { toTable } from './output.ts';
import type { DeletedRole, NewRole } from './services.ts';

interface InOrganization {
  readonly organization: string;
}

export function createRoleCommand(cli: CliContext): Command {
  return new Command('role')
    .description('custom team roles: what View-Only or Member may, and permissions on top')
    .addCommand(createListCommand(cli))
    .addCommand(createCreateCommand(cli))
    .addCommand(createDeleteCommand(cli));
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('custom roles, and how many people hold each')
    .addOption(organizationOption())
    .action(async ({ organization }: InOrganization) => {
      const roles = await cli.withServices((services) => services.roles.list(organization));
      const rows = roles.map(({ name, inherits, permissions, users, teams }) => [
        name,
        inherits,
        permissions.join(', '),
        `${counted(users, 'holder')} in ${counted(teams, 'team')}`,
      ]);
      const headings = ['name', 'builds on', 'adds', 'held by'];
      cli.output.result({ roles }, () => toTable(headings, rows, 'No custom roles.'));
    });
}

function createCreateCommand(cli: CliContext): Command {
  return new Command('create')
    .description('make a role; its name is for good')
    .requiredOption('--name <name>', 'as the tracker shall show it', parseName)
    .addOption(new Option('--inherits <role>', 'what it builds on').choices(['viewer', 'member']).makeOptionMandatory())
    .option('--permission <name...>', 'object:operation, from docs/team-permissions.md', [])
    .option('--description <text>', 'what it is for', '')
    .addOption(organizationOption())
    .action(
      async ({
        organization,
        permission,
        ...role
      }: InOrganization & Omit<NewRole, 'permissions'> & { permission: string[] }) => {
        const input = { ...role, permissions: permission };
        const made = await cli.withServices((services) => services.roles.create(organization, input));
        cli.output.result(made, () => `Role ${made.name} is ready; admins of teams can give it.`);
      },
    );
}

function createDeleteCommand(cli: CliContext): Command {
  return new Command('delete')
    .description('delete a role; whoever holds it holds what it builds on instead')
    .argument('<role>', 'name or id')
    .option('--preview', 'delete nothing, only say how many people would be touched')
    .addOption(organizationOption())
    .action(async (name: string, { organization, preview = false }: InOrganization & { preview?: boolean }) => {
      const role = await cli.withServices((services) => services.roles.delete(organization, name, { preview }));
      cli.output.result({ deleted: !preview, ...role }, () => describe(role, preview));
    });
}

function describe({ name, inherits, users, teams, captured }: DeletedRole, preview: boolean): string {
  const what = preview ? `Role ${name} would be deleted.` : `Role ${name} is deleted.`;
  const verb = preview ? 'would hold' : 'hold';
  const whom = `${counted(users, 'holder')} in ${counted(teams, 'team')}`;
  if (users === 0) return `${what} Nobody held it.`;
  const losing = captured.filter((rule) => rule.users > 0);
  const lost = losing.map(
    ({ connection, rule, users: count }) =>
      ` ${counted(count, 'holder')} by rule ${rule} of ${connection}, which takes it from a group's name, ${verb} nothing by that.`,
  );
  return `${what} ${whom} ${verb} ${inherits} instead.${lost.join('')}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
