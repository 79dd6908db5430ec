/** `connection`: identity providers and their tokens. Rules have a file of their own. */
import { Command, Option } from 'commander';
import { DIALECTS, type Dialect } from '../directory/connections/connection.ts';
import { createConnectionRulesCommand } from './connection-rules.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseHoursAsSeconds, parseName } from './option.ts';
import { toOptionalTime, toTable, toTime } from './output.ts';
import type { ConnectionSummary, NewToken } from './services.ts';

interface InOrganization {
  readonly organization: string;
}

export function createConnectionCommand(cli: CliContext): Command {
  return new Command('connection')
    .description('identity providers: make and list them, pause and resume them, change their tokens and rules')
    .addCommand(createCreateCommand(cli))
    .addCommand(createListCommand(cli))
    .addCommand(createStateCommand(cli, 'pause', 'answer 503 to a connection until it is resumed'))
    .addCommand(createStateCommand(cli, 'resume', 'serve a paused connection again'))
    .addCommand(createRotateTokenCommand(cli))
    .addCommand(createApproveAdoptionCommand(cli))
    .addCommand(createConnectionRulesCommand(cli));
}

function createApproveAdoptionCommand(cli: CliContext): Command {
  return new Command('approve-adoption')
    .description('let a connection take over an admin whom no connection manages yet')
    .argument('<connection>', 'name or id')
    .argument('<user>', 'userName, e-mail address or id')
    .addOption(organizationOption())
    .action(async (connection: string, user: string, { organization }: InOrganization) => {
      const name = await cli.withServices(({ connections }) =>
        connections.approveAdoption({ organization, connection }, user),
      );
      cli.output.result({ user: name, connection }, () => `${connection} may take over ${name} at its next write.`);
    });
}

function createCreateCommand(cli: CliContext): Command {
  return new Command('create')
    .description('make a connection and its first token, which is shown this once')
    .requiredOption('--name <name>', 'what to call it, such as okta', parseName)
    .addOption(new Option('--dialect <dialect>', 'whose requests to expect').choices(DIALECTS).makeOptionMandatory())
    .addOption(organizationOption())
    .action(async (options: InOrganization & { name: string; dialect: Dialect }) => {
      const { name, dialect, organization } = options;
      const made = await cli.withServices(({ connections }) => connections.create({ organization, name, dialect }));
      printToken(cli, made, `Connection ${made.name} (${made.dialect}) of organization ${made.organization} is ready.`);
    });
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('connections of an organization')
    .addOption(organizationOption())
    .action(async ({ organization }: InOrganization) => {
      const connections = await cli.withServices((services) => services.connections.list(organization));
      cli.output.result({ connections: connections.map(toDocument) }, () => toConnectionTable(connections));
    });
}

function createStateCommand(cli: CliContext, verb: 'pause' | 'resume', description: string): Command {
  return new Command(verb)
    .description(description)
    .argument('<connection>', 'name or id')
    .addOption(organizationOption())
    .action(async (connection: string, { organization }: InOrganization) => {
      const changed = await cli.withServices((services) => services.connections[verb]({ organization, connection }));
      cli.output.result(toDocument(changed), () => `Connection ${changed.name} is ${changed.state}.`);
    });
}

function createRotateTokenCommand(cli: CliContext): Command {
  return new Command('rotate-token')
    .description('make a new token, shown this once; the old ones stay valid for a while')
    .argument('<connection>', 'name or id')
    .option(
      '--grace-hours <hours>',
      'how long the old tokens stay valid; 0 ends them now (default: 24)',
      parseHoursAsSeconds,
    )
    .addOption(organizationOption())
    .action(async (connection: string, options: InOrganization & { graceHours?: number }) => {
      const { organization, graceHours: graceSeconds = 24 * 3600 } = options;
      const made = await cli.withServices(({ connections }) =>
        connections.rotateToken({ organization, connection }, { graceSeconds }),
      );
      const old = graceSeconds === 0 ? 'Older ones have ended.' : `Older ones end in ${graceSeconds / 3600} hours.`;
      printToken(cli, made, `A new token for connection ${made.name}. ${old}`);
    });
}

function printToken(cli: CliContext, made: NewToken, headline: string): void {
  const { id, name, dialect, organization, scimUrl, token } = made;
  cli.output.result({ id, name, dialect, organization, scimUrl, token }, () =>
    [
      cli.output.style('bold', headline),
      '',
      `  SCIM endpoint  ${scimUrl}`,
      `  Token          ${token}`,
      '',
      'Give both to the identity provider now: the token is not shown again.',
    ].join('\n'),
  );
}

function toDocument(connection: ConnectionSummary): unknown {
  return {
    ...connection,
    createdAt: toTime(connection.createdAt),
    lastUsedAt: toOptionalTime(connection.lastUsedAt),
    tokens: connection.tokens.map((token) => ({ hint: token.hint, expiresAt: toOptionalTime(token.expiresAt) })),
  };
}

function toConnectionTable(connections: readonly ConnectionSummary[]): string {
  const rows = connections.map((connection) => [
    connection.name,
    connection.dialect,
    connection.state,
    connection.tokens.map((token) => `...${token.hint}`).join(' ') || 'none',
    toOptionalTime(connection.lastUsedAt) ?? 'never',
    connection.id,
  ]);
  const empty = 'There are no connections. Make one with: connection create --name okta --dialect okta';
  return toTable(['name', 'dialect', 'state', 'tokens', 'last request', 'id'], rows, empty);
}
