/** Asking people into a team: whoever is in the organization is added at once, an unknown address is invited. */
import { z } from 'zod';
import type { Invite } from '../../directory/invites/invite.ts';
import type { ShownLink } from '../../directory/invites/invite-links.ts';
import {
  ASKED_MAX,
  type AskedAnswer,
  askIntoTeam,
  listInvited,
  resendTeamInvite,
  withdrawTeamInvite,
} from '../../directory/teams/team-invites.ts';
import { json, none, type ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, instant, line } from '../fields.ts';
import { findTeam, teamParams } from './team.ts';
import { teamMember, toMemberValue } from './team-member.ts';

const role = line(64).meta({ description: 'admin, member, viewer or a custom role.', example: 'member' });

const invited = z
  .object({
    inviteId: id,
    email: z.string().meta({ example: 'linus@example.com' }),
    role: z.string().meta({ description: 'What they get in the team.' }),
    invitedBy: z.string(),
    createdAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'InvitedMember' });

const link = z
  .object({ url: z.url().meta({ description: 'To be handed over. Shown this once; works once.' }), expiresAt: instant })
  .nullable()
  .meta({
    description:
      'Null where a mail is sent, where the address had an open invite already, and for those who may not invite to the organization: an admin sends the invite again and hands over the link.',
  });

const outcome = z
  .object({
    person: z.string().meta({ description: 'As it was given.' }),
    outcome: z.enum(['added', 'invited', 'refused']),
    message: z.string().nullable().meta({ description: 'Why not.' }),
    member: teamMember.nullable(),
    invite: invited.nullable(),
    link,
  })
  .meta({ id: 'AskedOutcome' });

function toInvited(invite: Invite, teamRole: string): ValueOf<typeof invited> {
  const { id: inviteId, email, invitedBy, createdAt, expiresAt } = invite;
  return { inviteId, email, role: teamRole, invitedBy: invitedBy.name, createdAt, expiresAt };
}

function toLink({ parts }: ApiContext, shown: ShownLink | null): ValueOf<typeof link> {
  return shown && { url: `${parts.publicUrl()}${shown.path}`, expiresAt: shown.expiresAt };
}

function toOutcome(context: ApiContext, teamId: string, answer: AskedAnswer): ValueOf<typeof outcome> {
  const { person } = answer;
  const nothing = { person, message: null, member: null, invite: null, link: null };
  switch (answer.outcome) {
    case 'added':
      return { ...nothing, outcome: 'added', member: toMemberValue(answer.member) };
    case 'invited': {
      const given = answer.invite.teams.find((team) => team.teamId === teamId)?.role ?? '';
      const invite = toInvited(answer.invite, given);
      return { ...nothing, outcome: 'invited', invite, link: toLink(context, answer.link) };
    }
    case 'refused':
      return { ...nothing, outcome: 'refused', message: answer.message };
    default:
      return answer satisfies never;
  }
}

const add = endpoint({
  id: 'team_members.add',
  method: 'post',
  path: '/teams/{teamId}/members',
  summary: 'Ask people into a team',
  description:
    'By e-mail address or user name, each answered by itself. Whoever is in the organization is a member at once; an address that nobody has is invited to the organization, with the team in the invite. Members may do it where the privacy settings let them, as member or viewer.',
  action: 'team_members.invite',
  subject: 'by use-case',
  params: teamParams,
  body: z.strictObject({
    people: z
      .array(z.strictObject({ person: line(320).meta({ example: 'linus@example.com' }), role }))
      .min(1)
      .max(ASKED_MAX),
  }),
  answer: json(z.object({ results: z.array(outcome) }), { description: 'One answer for each, in order.' }),
  refusals: ['conflict'],
  example: { params: { teamId: 'TEAM' }, body: { people: [{ person: 'linus@example.com', role: 'member' }] } },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const ref = { team: params.teamId };
      const answers = await askIntoTeam(context.parts.directory, work, context.principal, ref, body.people);
      return { results: answers.map((answer) => toOutcome(context, params.teamId, answer)) };
    }),
});

const list = endpoint({
  id: 'team_members.invited',
  method: 'get',
  path: '/teams/{teamId}/invites',
  summary: 'List who is invited to a team and has not come yet',
  action: 'team_members.list',
  subject: 'by use-case',
  params: teamParams,
  answer: json(z.object({ items: z.array(invited) }), { description: 'Oldest first, 500 at most.' }),
  example: { params: { teamId: 'TEAM' }, saves: { TEAM_INVITE: 'items[0].inviteId' } },
  async handle(context, { params }) {
    const found = await listInvited(context.parts.directory, context.principal, await findTeam(context, params.teamId));
    return { items: found.map(({ invite, role: given }) => toInvited(invite, given)) };
  },
});

const inviteParams = teamParams.extend({ inviteId: id.meta({ description: 'Id of an invite.' }) });
const example = { params: { teamId: 'TEAM', inviteId: 'TEAM_INVITE' } };

const resend = endpoint({
  id: 'team_members.resend',
  method: 'post',
  path: '/teams/{teamId}/invites/{inviteId}/resend',
  summary: 'Send an invite to a team once more',
  description: 'For another seven days; the link that was sent before does not work any more.',
  action: 'team_members.change_role',
  subject: 'by use-case',
  params: inviteParams,
  answer: json(z.object({ invite: invited, link }), { description: 'The invite as it is now.' }),
  refusals: ['conflict'],
  example,
  handle: (context, { params }) =>
    context.commit(async (work) => {
      const ref = { team: params.teamId };
      const sent = await resendTeamInvite(context.parts.directory, work, context.principal, ref, params.inviteId);
      const given = sent.invite.teams.find((team) => team.teamId === params.teamId)?.role ?? '';
      return { invite: toInvited(sent.invite, given), link: toLink(context, sent.link) };
    }),
});

const withdraw = endpoint({
  id: 'team_members.withdraw',
  method: 'delete',
  path: '/teams/{teamId}/invites/{inviteId}',
  summary: 'Take a team out of an invite',
  description:
    'An invite that whoever takes it back made for this team alone is revoked; any other stays, without the team.',
  action: 'team_members.change_role',
  subject: 'by use-case',
  params: inviteParams,
  answer: none(),
  example,
  handle: (context, { params }) =>
    context.commit(async (work) => {
      const ref = { team: params.teamId };
      await withdrawTeamInvite(context.parts.directory, work, context.principal, ref, params.inviteId);
      return undefined;
    }),
});

export const teamInviteEndpoints: readonly Endpoint[] = [add, list, resend, withdraw];
