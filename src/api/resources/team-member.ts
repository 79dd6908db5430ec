/** A person in a team, as the endpoints show them. */
import { z } from 'zod';
import { type TeamMember, versionOfMember } from '../../directory/teams/team-member.ts';
import { tellSource } from '../../directory/teams/team-members.ts';
import type { ValueOf } from '../answer.ts';
import { id, instant } from '../fields.ts';

export const memberSource = z
  .object({
    role: z.string(),
    origin: z.string().meta({ example: 'rule' }),
    rule: z.string().nullable(),
    connection: z.string().nullable().meta({ description: 'Name of the connection.' }),
    group: z.string().nullable().meta({ description: 'Name of the group.' }),
    since: instant,
    words: z.string().meta({ example: 'the group vision of the connection Okta (rule default)' }),
  })
  .meta({ id: 'MemberSource' });

export const teamMember = z
  .object({
    userId: id,
    userName: z.string().meta({ example: 'ada@example.com' }),
    name: z.string().meta({ example: 'Ada Byron' }),
    email: z.string().nullable(),
    role: z.string().nullable().meta({ description: 'Null where the grants give nothing: standing says why.' }),
    standing: z.enum(['active', 'inactive', 'excluded', 'archived']).meta({
      description:
        '`inactive`: deactivated in the organization; `excluded`: kept out by hand; `archived`: the whole team gives nothing.',
    }),
    sources: z.array(memberSource),
    keptOut: z
      .object({ by: z.string(), reason: z.string().nullable(), since: instant })
      .nullable()
      .meta({ description: 'Who keeps the person out of the team by hand.' }),
    version: z.string().meta({ description: 'Changes with what they hold here; the ETag.' }),
    removal: z.enum(['remove', 'exclude']).meta({
      description: '`exclude`: removing them keeps them out as well, because the next sync would bring them back.',
    }),
  })
  .meta({ id: 'TeamMember' });

export function toSources({ sources }: Pick<TeamMember, 'sources'>): ValueOf<typeof memberSource>[] {
  return sources.map((source) => ({
    ...{ role: source.grant.role, origin: source.grant.origin, rule: source.grant.ruleId },
    ...{ connection: source.connection, group: source.group, since: source.grant.createdAt, words: tellSource(source) },
  }));
}

export function toMemberValue(found: TeamMember): ValueOf<typeof teamMember> {
  const { user, role, standing, exclusion, removal } = found;
  return {
    ...{ userId: user.id, userName: user.userName, name: user.name, email: user.email, role, standing, removal },
    sources: toSources(found),
    version: versionOfMember(found),
    keptOut: exclusion && { by: exclusion.actorName, reason: exclusion.reason, since: exclusion.createdAt },
  };
}
