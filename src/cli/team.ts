/** `team`: lists, makes, archives and restores teams. Who is in them is for the API and the console. */
import { Command } from 'commander';
import { type CliContext, organizationOption } from './context.ts';
import { parseName } from './option.ts';
import { toOptionalTime, toTable, toTime } from './output.ts';
import type { TeamSummary } from './services.ts';

interface InOrganization {
  readonly organization: string;
}

export function createTeamCommand(cli: CliContext): Command {
  return new Command('team')
    .description('teams: list, make, archive and restore them')
    .addCommand(createListCommand(cli))
    .addCommand(createCreateCommand(cli))
    .addCommand(
      createArchiveCommand(cli, 'archive', 'keep the team, its members and their runs, and give nobody anything in it'),
    )
    .addCommand(createArchiveCommand(cli, 'restore', 'bring an archived team back'));
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('teams by name, archived ones too')
    .option('--search <text>', 'part of the name')
    .addOption(organizationOption())
    .action(async ({ organization, search }: InOrganization & { search?: string }) => {
      const query = search === undefined ? {} : { search };
      const teams = await cli.withServices((services) => services.teams.list(organization, query));
      const rows = teams.map(({ name, members, admins, storage, archivedAt, id }) => [
        name,
        String(members),
        admins === 0 ? 'none' : String(admins),
        storage ?? 'instance',
        archivedAt === null ? 'active' : `archived ${toTime(archivedAt)}`,
        id,
      ]);
      const headings = ['name', 'members', 'admins', 'storage', 'state', 'id'];
      cli.output.result({ teams: teams.map(toDocument) }, () => toTable(headings, rows, 'No teams.'));
    });
}

interface CreateOptions extends InOrganization {
  readonly name: string;
  readonly provider?: string;
  readonly bucket?: string;
  readonly path?: string;
  readonly kmsKey?: string;
}

function createCreateCommand(cli: CliContext): Command {
  return new Command('create')
    .description('make a team; without --bucket its data goes where the instance keeps it')
    .requiredOption('--name <name>', 'letters, digits, - and _', parseName)
    .option('--provider <provider>', 'AWS, GCP, AZURE, COREWEAVE or MINIO')
    .option('--bucket <name>', 'a bucket of its own')
    .option('--path <path>', 'folder in the bucket')
    .option('--kms-key <key>', 'key that the bucket is encrypted with')
    .addOption(organizationOption())
    .action(async ({ organization, name, provider, bucket, path, kmsKey }: CreateOptions) => {
      const given = provider ?? bucket ?? path ?? kmsKey;
      const storage = given === undefined ? {} : { storage: { provider, name: bucket ?? '', path, kmsKey } };
      const team = await cli.withServices((services) => services.teams.create(organization, { name, ...storage }));
      cli.output.result(toDocument(team), () => `Team ${team.name} is ready.`);
    });
}

function createArchiveCommand(cli: CliContext, verb: 'archive' | 'restore', description: string): Command {
  return new Command(verb)
    .description(description)
    .argument('<team>', 'name or id')
    .addOption(organizationOption())
    .action(async (name: string, { organization }: InOrganization) => {
      const team = await cli.withServices(({ teams }) => teams.setArchived(organization, name, verb === 'archive'));
      cli.output.result(toDocument(team), () => `Team ${team.name} is ${verb === 'archive' ? 'archived' : 'back'}.`);
    });
}

function toDocument(team: TeamSummary): unknown {
  return { ...team, createdAt: toTime(team.createdAt), archivedAt: toOptionalTime(team.archivedAt) };
}
