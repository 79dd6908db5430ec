/** `key`: API keys of service accounts, among them the first one of an automation; ending any key. */
import { Command, InvalidArgumentError } from 'commander';
import { SCOPES, type Scope } from '../directory/principal.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseCount, parseName } from './option.ts';
import { toOptionalTime, toTable, toTime } from './output.ts';
import type { KeyLine } from './people-contract.ts';

interface InOrganization {
  readonly organization: string;
}

interface CreateOptions extends InOrganization {
  readonly serviceAccount: string;
  readonly team?: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresInDays?: number;
}

export function createKeyCommand(cli: CliContext): Command {
  return new Command('key')
    .description('API keys for programs')
    .addCommand(createCreateCommand(cli))
    .addCommand(createListCommand(cli))
    .addCommand(createRevokeCommand(cli));
}

function parseScopes(given: string): readonly Scope[] {
  const scopes = given.split(',').map((scope) => scope.trim());
  const unknown = scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0) throw new InvalidArgumentError(`Give some of ${SCOPES.join(', ')}, separated by commas.`);
  return scopes as Scope[];
}

function createCreateCommand(cli: CliContext): Command {
  return new Command('create')
    .description('make a key of a service account, and the account if it is missing; the key is shown once')
    .option('--service-account <name>', 'whose key it is', parseName, 'automation')
    .option('--team <name>', 'make the account one of this team instead of the organization', parseName)
    .requiredOption('--name <name>', 'what to call the key', parseName)
    .option('--scopes <scopes>', `some of ${SCOPES.join(', ')}`, parseScopes, ['everything'])
    .option('--expires-in-days <count>', 'when it ends; without it never', parseCount)
    .addOption(organizationOption())
    .action(async ({ organization, serviceAccount, ...rest }: CreateOptions) => {
      const input = { ...rest, account: serviceAccount };
      const { key, secret } = await cli.withServices(({ keys }) => keys.create(organization, input));
      const { id, name, owner, scopes, expiresAt } = key;
      cli.output.result(
        { id, name, serviceAccount: owner, scopes, expiresAt: toOptionalTime(expiresAt), key: secret },
        () => `${secret}\n\nKeep it now: it is shown this once. It belongs to the service account ${owner}.`,
      );
    });
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('keys of all service accounts, or of one person')
    .option('--person <person>', 'userName, e-mail address or id')
    .addOption(organizationOption())
    .action(async ({ organization, person }: InOrganization & { person?: string }) => {
      const keys = await cli.withServices((services) => services.keys.list(organization, person));
      cli.output.result({ keys: keys.map(toDocument) }, () => toKeyTable(keys, cli.now()));
    });
}

function toDocument({ createdAt, expiresAt, revokedAt, lastUsedAt, organizationId: _id, ...key }: KeyLine): unknown {
  return {
    ...key,
    createdAt: toTime(createdAt),
    expiresAt: toOptionalTime(expiresAt),
    revokedAt: toOptionalTime(revokedAt),
    lastUsedAt: toOptionalTime(lastUsedAt),
  };
}

function stateOf({ revokedAt, expiresAt }: KeyLine, now: number): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt === null) return 'live';
  return expiresAt > now ? `until ${toTime(expiresAt)}` : 'expired';
}

function toKeyTable(keys: readonly KeyLine[], now: number): string {
  const rows = keys.map((key) => [
    ...[key.owner, key.name, `...${key.hint}`, key.scopes.join(' '), stateOf(key, now)],
    ...[toOptionalTime(key.lastUsedAt) ?? 'never', key.id],
  ]);
  return toTable(['of', 'name', 'key', 'scopes', 'state', 'last used', 'id'], rows, 'No keys.');
}

function createRevokeCommand(cli: CliContext): Command {
  return new Command('revoke')
    .description('end a key at once, whoever has it')
    .argument('<id>', 'id of the key')
    .addOption(organizationOption())
    .action(async (id: string, { organization }: InOrganization) => {
      const { name, hint, revokedAt } = await cli.withServices(({ keys }) => keys.revoke(organization, id));
      cli.output.result({ id, revokedAt: toOptionalTime(revokedAt) }, () => `The key ${name} (...${hint}) is revoked.`);
    });
}
