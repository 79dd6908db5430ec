/** May this user do this in this team, and why: for trackers that ask before they let somebody do something. */
import { z } from 'zod';
import { foldCase } from '../../directory/people/user.ts';
import { authorize } from '../../directory/policy.ts';
import { may, tellAnswer } from '../../directory/roles/authorization.ts';
import { isHiddenFrom } from '../../directory/teams/team-access.ts';
import { json, type ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, line } from '../fields.ts';

const BATCH_MAX = 100;

const question = z
  .strictObject({
    user: line(500).optional().meta({ description: 'Id, user name or e-mail address of a person.' }),
    serviceAccount: id.optional().meta({ description: 'In place of user: id of a service account.' }),
    team: line(64).meta({ description: 'Id or name.', example: 'vision' }),
    permission: line(100).meta({ description: '`object:operation`, from GET /permissions.', example: 'run:delete' }),
    own: z.boolean().default(false).meta({ description: 'What it is about was made by whoever asks.' }),
  })
  .refine(({ user, serviceAccount }) => (user === undefined) !== (serviceAccount === undefined), {
    error: 'give either user or serviceAccount',
    path: ['user'],
  })
  .meta({ id: 'Question' });

const verdict = z
  .object({
    allowed: z.boolean(),
    because: z.string().meta({ example: 'holds' }),
    words: z.string().meta({ example: 'the role holds the permission' }),
    role: z.string().nullable().meta({ description: 'The role that lets them do it.' }),
    roles: z.array(z.string()).meta({ description: 'Roles that do not hold it, where that is the reason.' }),
    grantId: id.nullable().meta({ description: 'The grant that decides.' }),
  })
  .meta({ id: 'Verdict' });

/** An id that nothing has, so that whoever is not there is answered like whoever was removed. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

async function findUserId({ parts, organizationId }: ApiContext, text: string): Promise<string> {
  const { store } = parts.directory;
  if (z.uuid().safeParse(text).success) return text;
  const cards = await store.teamMembers.byName(store.reader, organizationId, text);
  return cards.length === 1 ? (cards[0]?.id ?? NOBODY) : NOBODY;
}

/** A team that is hidden from whoever asks is answered like one that is not there. */
async function findTeamId({ parts, organizationId, principal }: ApiContext, text: string): Promise<string> {
  const { store } = parts.directory;
  const team = z.uuid().safeParse(text).success
    ? await store.teams.find(store.reader, organizationId, text)
    : await store.teams.findByName(store.reader, organizationId, foldCase(text));
  const isThere = team !== undefined && !(await isHiddenFrom(parts.directory, store.reader, principal, team));
  return isThere ? team.id : NOBODY;
}

/** @throws AppError `forbidden`, `invalid_value` for a permission that is not in the catalogue */
async function answer(context: ApiContext, asked: z.output<typeof question>): Promise<ValueOf<typeof verdict>> {
  const { directory } = context.parts;
  const teamId = await findTeamId(context, asked.team);
  const userId = asked.user === undefined ? undefined : await findUserId(context, asked.user);
  authorize(context.principal, 'authz.check', { teamId, ...(userId !== undefined && { userId }) });
  const subject =
    userId === undefined
      ? ({ kind: 'service_account', id: asked.serviceAccount ?? NOBODY } as const)
      : ({ kind: 'user', id: userId } as const);
  const { permission, own } = asked;
  const { reader } = directory.store;
  const found = await may(directory, reader, context.organizationId, { ...subject, teamId, permission, own });
  const words = tellAnswer(found);
  const { allowed, because } = found;
  return found.allowed
    ? { allowed, because, words, role: found.role, roles: [], grantId: found.grant?.id ?? null }
    : { allowed, because, words, role: null, roles: found.roles, grantId: null };
}

const check = endpoint({
  id: 'authz.check',
  method: 'post',
  path: '/authz/check',
  summary: 'Ask whether somebody may do something in a team',
  action: 'authz.check',
  subject: 'by use-case',
  body: question,
  answer: json(verdict, { description: 'Whether, and why.' }),
  example: { body: { user: '{PERSON}', team: '{TEAM_OF_PERSON}', permission: 'run:create' } },
  handle: (context, { body }) => answer(context, body),
});

const checkMany = endpoint({
  id: 'authz.check_many',
  method: 'post',
  path: '/authz/check/batch',
  summary: 'Ask many of these questions at once',
  description: 'Answered in the order of the questions. One that may not be asked refuses them all.',
  action: 'authz.check',
  subject: 'by use-case',
  body: z.strictObject({ checks: z.array(question).min(1).max(BATCH_MAX) }),
  answer: json(z.object({ results: z.array(verdict) }), { description: 'One answer for each question.' }),
  example: {
    body: {
      checks: [
        { user: '{PERSON}', team: '{TEAM_OF_PERSON}', permission: 'run:read' },
        { user: '{PERSON}', team: '{TEAM_OF_PERSON}', permission: 'run:delete', own: true },
      ],
    },
  },
  async handle(context, { body }) {
    const results: ValueOf<typeof verdict>[] = [];
    for (const asked of body.checks) results.push(await answer(context, asked));
    return { results };
  },
});

export const authzEndpoints: readonly Endpoint[] = [check, checkMany];
