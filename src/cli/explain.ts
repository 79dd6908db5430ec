/** `explain`: why a person has a role. */
import { Command } from 'commander';
import { type CliContext, organizationOption } from './context.ts';
import { toCell, toTable, toTime } from './output.ts';
import type { ExplainedGrant, ExplainedRole, Explanation } from './services.ts';

export function createExplainCommand(cli: CliContext): Command {
  return new Command('explain')
    .description('say which roles a user has, and where each comes from')
    .argument('<user>', 'userName, e-mail address or id')
    .addOption(organizationOption())
    .action(async (user: string, { organization }: { organization: string }) => {
      const explanation = await cli.withServices((services) => services.explain(organization, user));
      cli.output.result(toDocument(explanation), () => describe(cli, explanation));
    });
}

function toDocument({ roles, ...rest }: Explanation): unknown {
  const toGrant = (grant: ExplainedGrant) => ({ ...grant, since: toTime(grant.since) });
  const toRole = ({ grants, exclusion, ...role }: ExplainedRole) => ({
    ...role,
    exclusion: exclusion && { ...exclusion, since: toTime(exclusion.since) },
    grants: grants.map(toGrant),
  });
  return { ...rest, roles: roles.map(toRole) };
}

function describe(cli: CliContext, { user, effective, roles }: Explanation): string {
  const name = user.displayName === null ? user.userName : `${user.displayName} (${user.userName})`;
  const manager = user.connection === null ? 'managed by nobody' : `managed by connection ${user.connection}`;
  const headline = `${name}: ${user.active ? 'active' : 'inactive'}, ${manager}`;
  const parts = [cli.output.style('bold', toCell(headline)), user.id];
  if (!effective) parts.push('Inactive: the grants below are kept and give nothing.');
  parts.push('', toTable(['where', 'role', 'because of', 'since'], roles.flatMap(toRows), 'No roles.'));
  return parts.join('\n');
}

function toRows(role: ExplainedRole): string[][] {
  const where = role.scope === 'team' ? `team ${role.team}` : 'organization';
  const rows = role.grants.map((grant) => [
    grant.role === role.role ? role.role : `(${grant.role})`,
    toReason(grant),
    toTime(grant.since),
  ]);
  const { exclusion, archived } = role;
  if (exclusion !== null) rows.unshift(['nothing', toExclusion(exclusion), toTime(exclusion.since)]);
  else if (archived) rows.unshift(['nothing', 'the team is archived', '']);
  if (rows.length === 0) rows.push([role.role ?? 'nothing', 'default', '']);
  return rows.map((row, i) => [i === 0 ? where : '', ...row]);
}

function toExclusion({ by, reason }: NonNullable<ExplainedRole['exclusion']>): string {
  return `kept out by ${by}${reason === null ? '' : `: ${reason}`}`;
}

function toReason({ origin, rule, group, connection }: ExplainedGrant): string {
  const parts = [
    group === null ? '' : `group ${group}`,
    rule === null ? '' : `rule ${rule}`,
    connection === null ? '' : `connection ${connection}`,
  ];
  const details = parts.filter((part) => part !== '').join(', ');
  return details === '' ? origin : details;
}
