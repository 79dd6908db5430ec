/** Inviting people to the organization. */
import { z } from 'zod';
import { INVITE_STATES } from '../../directory/invites/invite.ts';
import type { ShownLink } from '../../directory/invites/invite-links.ts';
import {
  INVITES_MAX,
  type InviteAnswer,
  type InviteView,
  invitePeople,
  listInvites,
  readInvite,
  resendInvite,
  revokeInvite,
} from '../../directory/invites/invites.ts';
import { ORGANIZATION_ROLES } from '../../directory/people/user.ts';
import { json, none, page, type ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, instant, line, pageQuery } from '../fields.ts';

const teams = z.array(z.object({ teamId: id, role: z.string() }));

const base = z.object({
  id,
  email: z.string().meta({ example: 'grace@example.com' }),
  role: z.enum(ORGANIZATION_ROLES),
  teams,
  invitedBy: z.object({ id: z.string().nullable(), name: z.string() }),
  createdAt: instant,
  expiresAt: instant,
});

const invite = base
  .extend({
    state: z.enum(INVITE_STATES).meta({ description: '`mail_failed`: pending, and its mail did not arrive.' }),
    acceptedUserId: id.nullable(),
    mail: z
      .object({ state: z.enum(['waiting', 'sent', 'failed', 'dropped']), serverReply: z.string().nullable() })
      .nullable()
      .meta({ description: 'The newest mail about it; null where there is no mail server.' }),
  })
  .meta({ id: 'Invite' });

const link = z
  .object({ url: z.url().meta({ description: 'To be handed over. Shown this once; works once.' }), expiresAt: instant })
  .nullable()
  .meta({ description: 'Null where a mail is sent.' });

function toLink({ parts }: ApiContext, shown: ShownLink | null): ValueOf<typeof link> {
  return shown === null ? null : { url: `${parts.publicUrl()}${shown.path}`, expiresAt: shown.expiresAt };
}

function toValue({ invite: found, state, mail }: InviteView): ValueOf<typeof invite> {
  return { ...found, state, mail };
}

const params = z.object({ inviteId: id.meta({ description: 'Id of an invite.' }) });
const example = { params: { inviteId: 'INVITE' } };

const outcome = z
  .object({
    given: z.string().meta({ description: 'The address as it was given.' }),
    outcome: z.enum([
      'invited',
      'not_an_address',
      'named_twice',
      'has_access',
      'deactivated',
      'removed',
      'invited_already',
      'no_seat',
    ]),
    message: z.string().nullable().meta({ description: 'Why not, and what to do instead.' }),
    invite: base.nullable(),
    link,
  })
  .meta({ id: 'InviteOutcome' });

function toOutcome(context: ApiContext, answer: InviteAnswer): ValueOf<typeof outcome> {
  const { given } = answer;
  if (answer.outcome !== 'invited')
    return { given, outcome: answer.outcome, message: answer.message, invite: null, link: null };
  return { given, outcome: 'invited', message: null, invite: answer.invite, link: toLink(context, answer.link) };
}

const create = endpoint({
  id: 'invites.create',
  method: 'post',
  path: '/invites',
  summary: 'Invite people',
  description: `One address or many (${INVITES_MAX} at most), each answered by itself. A mail goes to each with a link that works once, for seven days; where there is no mail server, the links are in the answer.`,
  action: 'invites.create',
  body: z.strictObject({
    addresses: z.string().min(1).max(60_000).meta({ description: 'Separated by commas, semicolons or lines.' }),
    role: z.enum(ORGANIZATION_ROLES).default('member'),
    teams: z
      .array(z.strictObject({ teamId: id, role: line(64) }))
      .max(50)
      .default([])
      .meta({ description: 'What whoever accepts gets in teams.' }),
  }),
  answer: json(z.object({ results: z.array(outcome) }), { description: 'What became of each address.' }),
  example: {
    body: { addresses: 'grace@example.com, linus@example.com', role: 'member' },
    saves: { INVITE: 'results[0].invite.id' },
  },
  handle: (context, { body }) =>
    context.commit(async (work) => {
      const answers = await invitePeople(context.parts.directory, work, context.principal, body);
      return { results: answers.map((each) => toOutcome(context, each)) };
    }),
});

const list = endpoint({
  id: 'invites.list',
  method: 'get',
  path: '/invites',
  summary: 'List invites',
  description: 'Newest first.',
  action: 'invites.list',
  query: pageQuery.extend({
    state: z.enum(['pending', 'accepted', 'expired', 'revoked']).optional().meta({
      description:
        'As it is now: an invite whose time is over has expired; `pending` has those whose mail failed, too.',
    }),
  }),
  answer: page(invite),
  example: { query: 'state=pending' },
  async handle(context, { query: { state, ...paging } }) {
    const open = context.openPage(paging);
    const found = await listInvites(context.parts.directory, context.principal, {
      ...(state !== undefined && { state }),
      ...(open.after !== '' && { beforeId: open.after }),
      limit: open.limit + 1,
    });
    return context.page(found.map(toValue), open, (each) => each.id);
  },
});

const get = endpoint({
  id: 'invites.get',
  method: 'get',
  path: '/invites/{inviteId}',
  summary: 'Read an invite',
  action: 'invites.list',
  params,
  answer: json(invite, { description: 'The invite.' }),
  example,
  handle: async ({ parts, principal }, input) =>
    toValue(await readInvite(parts.directory, principal, input.params.inviteId)),
});

const resend = endpoint({
  id: 'invites.resend',
  method: 'post',
  path: '/invites/{inviteId}/resend',
  summary: 'Send an invite again',
  description: 'For another seven days; the link that was sent before does not work any more.',
  action: 'invites.resend',
  params,
  answer: json(z.object({ invite: base, link }), { description: 'The invite as it is now.' }),
  refusals: ['conflict'],
  example,
  handle: (context, input) =>
    context.commit(async (work) => {
      const sent = await resendInvite(context.parts.directory, work, context.principal, input.params.inviteId);
      return { invite: sent.invite, link: toLink(context, sent.link) };
    }),
});

const revoke = endpoint({
  id: 'invites.revoke',
  method: 'delete',
  path: '/invites/{inviteId}',
  summary: 'Revoke an invite',
  action: 'invites.revoke',
  params,
  answer: none(),
  refusals: ['conflict'],
  example,
  handle: (context, input) =>
    context.commit(async (work) => {
      await revokeInvite(context.parts.directory, work, context.principal, input.params.inviteId);
      return undefined;
    }),
});

export const inviteEndpoints: readonly Endpoint[] = [create, list, get, resend, revoke];
