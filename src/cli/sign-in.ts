/** `sign-in`: rules for the groups that come with a sign-in, and people's sessions. */
import { Command } from 'commander';
import { readDocument } from './connection-rules.ts';
import { type CliContext, organizationOption } from './context.ts';
import { toTable, toTime } from './output.ts';

interface InOrganization {
  readonly organization: string;
}

export function createSignInCommand(cli: CliContext): Command {
  return new Command('sign-in')
    .description('rules for groups of sign-ins, and sessions')
    .addCommand(createRulesCommand(cli))
    .addCommand(createSessionsCommand(cli))
    .addCommand(createEndCommand(cli));
}

function createRulesCommand(cli: CliContext): Command {
  const show = new Command('show')
    .description('print the rules as the JSON that `rules set` takes')
    .addOption(organizationOption())
    .action(async ({ organization }: InOrganization) => {
      const document = await cli.withServices(({ signIn }) => signIn.rules(organization));
      cli.output.result(document, () => JSON.stringify(document, null, 2));
    });
  const set = new Command('set')
    .description('replace the rules; they hold from the next sign-in of each person on')
    .argument('<file>', 'JSON document with the rules; - reads standard input')
    .addOption(organizationOption())
    .action(async (file: string, { organization }: InOrganization) => {
      const document = await readDocument(file);
      await cli.withServices(({ signIn }) => signIn.setRules(organization, document));
      cli.output.result(
        { saved: true },
        () => 'The rules are saved. They hold from the next sign-in of each person on.',
      );
    });
  return new Command('rules')
    .description('which roles people get by the groups that their sign-in names')
    .addCommand(show)
    .addCommand(set);
}

function createSessionsCommand(cli: CliContext): Command {
  return new Command('sessions')
    .description('list where a person is signed in')
    .argument('<person>', 'id, userName or e-mail address')
    .addOption(organizationOption())
    .action(async (person: string, { organization }: InOrganization) => {
      const sessions = await cli.withServices(({ signIn }) => signIn.sessions({ organization, person }));
      const lines = sessions.map(({ id, connector, createdAt, lastSeenAt, expiresAt, remoteAddress, userAgent }) => ({
        ...{ id, connector, signedIn: toTime(createdAt), lastSeen: toTime(lastSeenAt), ends: toTime(expiresAt) },
        ...{ address: remoteAddress, userAgent },
      }));
      cli.output.result({ sessions: lines }, () => {
        const rows = lines.map(({ connector, signedIn, lastSeen, address }) => [
          connector,
          signedIn,
          lastSeen,
          address ?? '-',
        ]);
        return toTable(['with', 'signed in', 'last seen', 'address'], rows, 'No sessions.');
      });
    });
}

function createEndCommand(cli: CliContext): Command {
  return new Command('end-sessions')
    .description('sign a person out everywhere')
    .argument('<person>', 'id, userName or e-mail address')
    .addOption(organizationOption())
    .action(async (person: string, { organization }: InOrganization) => {
      const ended = await cli.withServices(({ signIn }) => signIn.endSessions({ organization, person }));
      cli.output.result({ ended }, () => `Sessions ended: ${ended}.`);
    });
}
