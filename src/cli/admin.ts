/** `admin`: ways into the console for those who run the server. */
import { Command } from 'commander';
import { type CliContext, organizationOption } from './context.ts';
import { toTime } from './output.ts';

export function createAdminCommand(cli: CliContext): Command {
  return new Command('admin').description('ways into the console').addCommand(createSetupLinkCommand(cli));
}

function createSetupLinkCommand(cli: CliContext): Command {
  return new Command('setup-link')
    .description('print a one-time address that makes an admin: the first one, or one more when all are locked out')
    .addOption(organizationOption())
    .action(async ({ organization }: { organization: string }) => {
      const { url, expiresAt } = await cli.withServices(({ admin }) => admin.createSetupLink(organization));
      cli.output.result(
        { url, expiresAt: toTime(expiresAt) },
        () => `${url}\n\nWorks once, until ${toTime(expiresAt)}.`,
      );
    });
}
