/** `people`: who is in the organization, their role in it, removing them and bringing them back. */
import { Argument, Command, Option } from 'commander';
import type { MemberStatus } from '../directory/people/people.ts';
import { tellFull } from '../directory/people/seats.ts';
import { ORGANIZATION_ROLES, type OrganizationRole } from '../directory/people/user.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseCount } from './option.ts';
import { toOptionalTime, toTable } from './output.ts';
import type { PeopleFilter, PersonLine } from './people-contract.ts';

const STATUSES: readonly MemberStatus[] = ['invited', 'active', 'deactivated', 'removed'];

interface InOrganization {
  readonly organization: string;
}

export function createPeopleCommand(cli: CliContext): Command {
  return new Command('people')
    .description('the people of an organization, whoever manages them')
    .addCommand(createListCommand(cli))
    .addCommand(createRoleCommand(cli))
    .addCommand(createRemoveCommand(cli))
    .addCommand(createReactivateCommand(cli));
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('by name; removed ones only with --status removed')
    .option(
      '--search <text>',
      'how a name, the userName or the e-mail address begins, or, where few do, what it contains',
    )
    .addOption(new Option('--status <status>', 'only these').choices(STATUSES))
    .addOption(new Option('--role <role>', 'only with this role').choices(ORGANIZATION_ROLES))
    .option('--limit <count>', 'how many', parseCount, 100)
    .addOption(organizationOption())
    .action(async ({ organization, ...filter }: InOrganization & PeopleFilter) => {
      const { people, seats } = await cli.withServices(async (services) => ({
        people: await services.people.list(organization, filter),
        seats: await services.people.seats(organization),
      }));
      const documents = people.map((line) => ({ ...line, lastSeenAt: toOptionalTime(line.lastSeenAt) }));
      cli.output.result({ people: documents, seats }, () => toPeopleTable(people));
      const full = tellFull(seats);
      if (full !== undefined) cli.output.note(full);
    });
}

function toPeopleTable(people: readonly PersonLine[]): string {
  const rows = people.map(({ name, email, role, status, connection, lastSeenAt, id }) => [
    ...[name, email ?? '', role, status, connection ?? ''],
    ...[toOptionalTime(lastSeenAt) ?? 'never', id],
  ]);
  return toTable(['name', 'e-mail', 'role', 'status', 'managed by', 'last seen', 'id'], rows, 'Nobody fits.');
}

const person = new Argument('<person>', 'userName, e-mail address or id');

function createRoleCommand(cli: CliContext): Command {
  return new Command('role')
    .description('decide on a role in the organization; what a mapping rule gives stays')
    .addArgument(person)
    .addArgument(new Argument('<role>', 'the role').choices(ORGANIZATION_ROLES))
    .addOption(organizationOption())
    .action(async (name: string, role: OrganizationRole, { organization }: InOrganization) => {
      const outcome = await cli.withServices(({ people }) => people.setRole({ organization, person: name }, role));
      cli.output.result(outcome, () => `${name} is ${outcome.role} of the organization now.`);
      for (const warning of outcome.warnings) cli.output.note(warning);
    });
}

function createRemoveCommand(cli: CliContext): Command {
  return new Command('remove')
    .description('end the access of a person at once; runs are kept, and the ledger says what they held')
    .addArgument(person)
    .option('--reason <text>', 'why, for the ledger')
    .addOption(organizationOption())
    .action(async (name: string, { organization, reason }: InOrganization & { reason?: string }) => {
      const outcome = await cli.withServices(({ people }) => people.remove({ organization, person: name }, reason));
      cli.output.result(outcome, () => `${name} was ${outcome.status}.`);
      for (const note of [outcome.nextSync, ...outcome.warnings]) if (note !== null) cli.output.note(note);
    });
}

function createReactivateCommand(cli: CliContext): Command {
  return new Command('reactivate')
    .description('bring back a person who was deactivated or removed')
    .addArgument(person)
    .option('--against-connection', 'even though their identity provider took the access away', false)
    .addOption(organizationOption())
    .action(async (name: string, { organization, ...options }: InOrganization & { againstConnection: boolean }) => {
      const outcome = await cli.withServices(({ people }) =>
        people.reactivate({ organization, person: name }, options),
      );
      cli.output.result(outcome, () => `${name} has access again.`);
      if (outcome.nextSync !== null) cli.output.note(outcome.nextSync);
    });
}
