/** `invite`: ask people into the organization, by mail or, without a mail server, by links to hand over; and follow it up. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { StoredInviteState } from '../directory/invites/invite.ts';
import { ORGANIZATION_ROLES, type OrganizationRole } from '../directory/people/user.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseCount } from './option.ts';
import { toTable, toTime } from './output.ts';
import type { CliInvites, InviteLine } from './people-contract.ts';

const STATES: readonly StoredInviteState[] = ['pending', 'accepted', 'expired', 'revoked'];

interface InOrganization {
  readonly organization: string;
}

interface SendOptions extends InOrganization {
  readonly role: OrganizationRole;
  readonly team: CliInvites['teams'];
}

/** `invite ada@example.com` is `invite send ada@example.com`. */
export function createInviteCommand(cli: CliContext): Command {
  return new Command('invite')
    .description('invite people to an organization, see what became of it, send again, revoke')
    .addCommand(createSendCommand(cli), { isDefault: true })
    .addCommand(createListCommand(cli))
    .addCommand(createResendCommand(cli))
    .addCommand(createRevokeCommand(cli));
}

/** `vision`, `vision:admin` */
function parseTeam(given: string, before: CliInvites['teams']): CliInvites['teams'] {
  const [, team, role] = /^([^:]+)(?::([^:]+))?$/.exec(given) ?? [];
  if (team === undefined) throw new InvalidArgumentError('Give the name of a team, or name:role.');
  return [...before, { team, role: role ?? 'member' }];
}

function createSendCommand(cli: CliContext): Command {
  return new Command('send')
    .description('invite people; each address is answered by itself. What `invite` does with addresses alone')
    .argument('<addresses...>', 'e-mail addresses')
    .addOption(new Option('--role <role>', 'in the organization').choices(ORGANIZATION_ROLES).default('member'))
    .option('--team <name[:role]>', 'a team to join, as member or in the role; may be given again', parseTeam, [])
    .addOption(organizationOption())
    .action(async (addresses: string[], { organization, role, team: teams }: SendOptions) => {
      const answers = await cli.withServices(({ invites }) => invites.send(organization, { addresses, role, teams }));
      const rows = answers.map(({ address, outcome, message, url }) => [address, outcome, message ?? url ?? '']);
      cli.output.result({ invites: answers }, () => toTable(['address', 'outcome', ''], rows, 'Nobody was invited.'));
    });
}

interface ListOptions extends InOrganization {
  readonly state?: StoredInviteState;
  readonly limit: number;
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('invites, newest first, with what the mail server said')
    .addOption(new Option('--state <state>', 'only these').choices(STATES))
    .option('--limit <count>', 'how many', parseCount, 100)
    .addOption(organizationOption())
    .action(async ({ organization, ...filter }: ListOptions) => {
      const lines = await cli.withServices(({ invites }) => invites.list(organization, filter));
      cli.output.result({ invites: lines.map(toDocument) }, () => toInviteTable(lines));
    });
}

function toDocument({ createdAt, expiresAt, ...line }: InviteLine): unknown {
  return { ...line, createdAt: toTime(createdAt), expiresAt: toTime(expiresAt) };
}

function toInviteTable(lines: readonly InviteLine[]): string {
  const rows = lines.map(({ email, role, state, serverReply, invitedBy, expiresAt, id }) => [
    ...[email, role, state, toTime(expiresAt), invitedBy, id, serverReply ?? ''],
  ]);
  return toTable(['address', 'role', 'state', 'until', 'invited by', 'id', 'mail server'], rows, 'No invites.');
}

const WHICH = 'id of the invite, or the address that is invited';

function createResendCommand(cli: CliContext): Command {
  return new Command('resend')
    .description('send an invite again, for another seven days; the link that was sent before is dead')
    .argument('<invite>', WHICH)
    .addOption(organizationOption())
    .action(async (invite: string, { organization }: InOrganization) => {
      const { email, expiresAt, url } = await cli.withServices(({ invites }) =>
        invites.resend({ organization, invite }),
      );
      const until = toTime(expiresAt);
      const text =
        url === null ? `A new mail goes to ${email}.` : `${url}\n\nHand it to ${email}: it is shown this once.`;
      cli.output.result({ email, expiresAt: until, url }, () => `${text} It works once, until ${until}.`);
    });
}

function createRevokeCommand(cli: CliContext): Command {
  return new Command('revoke')
    .description('end an invite: its link does not work any more')
    .argument('<invite>', WHICH)
    .addOption(organizationOption())
    .action(async (invite: string, { organization }: InOrganization) => {
      const revoked = await cli.withServices(({ invites }) => invites.revoke({ organization, invite }));
      cli.output.result(revoked, () => `The invite of ${revoked.email} is revoked.`);
    });
}
