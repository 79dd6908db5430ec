/** People in a team: who they are and through what, their role, taking them out, and who is kept out by hand. */
import { z } from 'zod';
import { liftExclusion } from '../../directory/teams/exclusions.ts';
import { changeMemberRole, removeMember } from '../../directory/teams/team-members.ts';
import { findMember, listExclusions, listMembers, warnOfAdmins } from '../../directory/teams/team-roster.ts';
import { json, none, page } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, line, pageQuery } from '../fields.ts';
import { findTeam, teamParams } from './team.ts';
import { memberSource, teamMember, toMemberValue, toSources } from './team-member.ts';

const memberParams = teamParams.extend({ userId: id.meta({ description: 'Id of a person.' }) });

const warning = z
  .enum(['no_admin', 'one_admin'])
  .nullable()
  .meta({ description: 'What the team is left with. A warning, never a block.' });

const list = endpoint({
  id: 'team_members.list',
  method: 'get',
  path: '/teams/{teamId}/members',
  summary: 'List the members of a team',
  description: 'Whoever holds a grant in the team, with where each comes from, and what taking them out would mean.',
  action: 'team_members.list',
  subject: 'by use-case',
  params: teamParams,
  query: pageQuery.extend({
    search: line(200).optional().meta({ description: 'Part of the name, user name or e-mail address.' }),
  }),
  answer: page(teamMember),
  example: { params: { teamId: 'TEAM' } },
  async handle(context, { params, query }) {
    const { directory } = context.parts;
    const found = await findTeam(context, params.teamId);
    const open = context.openPage(query);
    const wanted = query.search === undefined ? {} : { search: query.search };
    const bounds = { afterUserId: open.after, limit: open.limit + 1 };
    const { reader } = directory.store;
    const members = await listMembers(directory, reader, context.principal, found, { ...wanted, ...bounds });
    return context.page(members.map(toMemberValue), open, (each) => each.userId);
  },
});

const get = endpoint({
  id: 'team_members.get',
  method: 'get',
  path: '/teams/{teamId}/members/{userId}',
  summary: 'Read a member of a team',
  action: 'team_members.list',
  subject: 'by use-case',
  params: memberParams,
  answer: json(teamMember, { description: 'The member.', version: (value) => value.version }),
  example: { params: { teamId: 'TEAM_OF_PERSON', userId: 'PERSON' }, saves: { MEMBER_VERSION: 'version' } },
  async handle(context, { params }) {
    const { directory } = context.parts;
    const found = await findTeam(context, params.teamId);
    return toMemberValue(await findMember(directory, directory.store.reader, context.principal, found, params.userId));
  },
});

const changeRole = endpoint({
  id: 'team_members.change_role',
  method: 'patch',
  path: '/teams/{teamId}/members/{userId}',
  summary: "Change a member's role",
  description: 'What the identity provider gives cannot be lowered here: that is refused, and says what gives it.',
  action: 'team_members.change_role',
  subject: 'by use-case',
  params: memberParams,
  body: z.strictObject({ role: line(64).meta({ description: 'admin, member, viewer or a custom role.' }) }),
  answer: json(z.object({ member: teamMember, warning }), {
    description: 'The member as they are now.',
    version: (value) => value.member.version,
  }),
  ifMatch: 'optional',
  refusals: ['conflict'],
  example: {
    params: { teamId: 'TEAM_OF_PERSON', userId: 'PERSON' },
    body: { role: 'admin' },
    ifMatch: 'MEMBER_VERSION',
  },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const { directory } = context.parts;
      const ref = { team: params.teamId };
      const { userId } = params;
      const { principal, matchVersion } = context;
      const member = await changeMemberRole(directory, work, principal, ref, userId, body.role, matchVersion);
      return { member: toMemberValue(member), ...(await warnOfAdmins(directory, work.db, params.teamId)) };
    }),
});

const remove = endpoint({
  id: 'team_members.remove',
  method: 'delete',
  path: '/teams/{teamId}/members/{userId}',
  summary: 'Take a person out of a team',
  description:
    'Their runs are kept, and the ledger gets an entry. Where the identity provider still says that they belong, they are kept out by hand until somebody lifts that.',
  action: 'team_members.remove',
  subject: 'by use-case',
  params: memberParams,
  query: z.strictObject({ reason: line(500).optional().meta({ description: 'Why; it goes on record.' }) }),
  answer: json(
    z.object({
      outcome: z.enum(['removed', 'excluded']),
      keptOutOf: z.array(memberSource).meta({ description: 'What would have brought them back with the next sync.' }),
      warning,
    }),
    { description: 'What became of it.' },
  ),
  example: { params: { teamId: 'TEAM_OF_PERSON', userId: 'PERSON' }, query: 'reason=left%20the%20project' },
  handle: (context, { params, query }) =>
    context.commit(
      async (work) => {
        const { directory } = context.parts;
        const ref = { team: params.teamId };
        const { outcome, keptOutOf } = await removeMember(directory, work, context.principal, ref, params.userId);
        const left = await warnOfAdmins(directory, work.db, params.teamId);
        return { outcome, keptOutOf: toSources({ sources: keptOutOf }), ...left };
      },
      { reason: query.reason },
    ),
});

const excluded = endpoint({
  id: 'team_members.excluded',
  method: 'get',
  path: '/teams/{teamId}/exclusions',
  summary: 'List who is kept out of a team by hand',
  action: 'team_members.list',
  subject: 'by use-case',
  params: teamParams,
  query: pageQuery,
  answer: page(teamMember),
  example: { params: { teamId: 'TEAM_OF_PERSON' } },
  async handle(context, { params, query }) {
    const { directory } = context.parts;
    const found = await findTeam(context, params.teamId);
    const open = context.openPage(query);
    const bounds = { afterUserId: open.after, limit: open.limit + 1 };
    const members = await listExclusions(directory, directory.store.reader, context.principal, found, bounds);
    return context.page(members.map(toMemberValue), open, (each) => each.userId);
  },
});

const letIn = endpoint({
  id: 'team_members.let_in',
  method: 'delete',
  path: '/teams/{teamId}/exclusions/{userId}',
  summary: 'Keep a person out of a team no longer',
  description: 'They get what the identity provider says by then.',
  action: 'team_members.change_role',
  subject: 'by use-case',
  params: memberParams,
  answer: none(),
  example: { params: { teamId: 'TEAM_OF_PERSON', userId: 'PERSON' } },
  handle: (context, { params }) =>
    context.commit(async (work) => {
      const ref = { team: params.teamId };
      await liftExclusion(context.parts.directory, work, context.principal, ref, params.userId);
      return undefined;
    }),
});

export const teamMemberEndpoints: readonly Endpoint[] = [list, get, changeRole, remove, excluded, letIn];
