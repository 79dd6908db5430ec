/** `invite`: ask people into the organization, by mail or, without a mail server, by links to hand over. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { ORGANIZATION_ROLES, type OrganizationRole } from '../directory/people/user.ts';
import { type CliContext, organizationOption } from './context.ts';
import { toTable } from './output.ts';
import type { CliInvites } from './people-contract.ts';

interface InviteOptions {
  readonly organization: string;
  readonly role: OrganizationRole;
  readonly team: CliInvites['teams'];
}

/** `vision`, `vision:admin` */
function parseTeam(given: string, before: CliInvites['teams']): CliInvites['teams'] {
  const [, team, role] = /^([^:]+)(?::([^:]+))?$/.exec(given) ?? [];
  if (team === undefined) throw new InvalidArgumentError('Give the name of a team, or name:role.');
  return [...before, { team, role: role ?? 'member' }];
}

export function createInviteCommand(cli: CliContext): Command {
  return new Command('invite')
    .description('invite people to an organization; each address is answered by itself')
    .argument('<addresses...>', 'e-mail addresses')
    .addOption(new Option('--role <role>', 'in the organization').choices(ORGANIZATION_ROLES).default('member'))
    .option('--team <name[:role]>', 'a team to join, as member or in the role; may be given again', parseTeam, [])
    .addOption(organizationOption())
    .action(async (addresses: string[], { organization, role, team: teams }: InviteOptions) => {
      const answers = await cli.withServices(({ invites }) => invites.send(organization, { addresses, role, teams }));
      const rows = answers.map(({ address, outcome, message, url }) => [address, outcome, message ?? url ?? '']);
      cli.output.result({ invites: answers }, () => toTable(['address', 'outcome', ''], rows, 'Nobody was invited.'));
    });
}
