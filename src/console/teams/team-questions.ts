/** What is asked before something is taken in a team, in numbers. */
import type { Request, Response } from 'express';
import type { DirectoryParts } from '../../directory/parts.ts';
import { isAllowed } from '../../directory/policy.ts';
import type { CustomRole } from '../../directory/roles/custom-role.ts';
import { listCustomRoles } from '../../directory/roles/custom-roles.ts';
import { findAvatar } from '../../directory/teams/avatars.ts';
import type { Team } from '../../directory/teams/team.ts';
import { findVisibleTeam, mayInTeam } from '../../directory/teams/team-access.ts';
import { findMember } from '../../directory/teams/team-roster.ts';
import { compareRoles, isTeamRole, shownRole } from '../../mapping/roles.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import type { Ask, Question } from '../../web/question.ts';
import { fieldOf } from '../forms.ts';
import { askerOf } from '../visitor.ts';

export interface TeamQuestions {
  readonly lowering: Ask;
  readonly removing: Ask;
  readonly archiving: Ask;
  readonly removingPicture: Ask;
}

/** Back to the page of members that it was asked from. */
function placeOf({ id }: Team, request: Request): Pick<Question, 'back' | 'section'> {
  const { search } = new URL(request.originalUrl, 'http://localhost');
  return { back: `/admin/teams/${id}${search}`, section: 'teams' };
}

/** Whether something is lost by holding `wanted` in place of `role`. */
function isLess(role: string, wanted: string, customs: readonly CustomRole[]): boolean {
  const [from, to] = [role, wanted].map((name) => customs.find((one) => one.name.toLowerCase() === name.toLowerCase()));
  if (from?.id === to?.id && role.toLowerCase() === wanted.toLowerCase()) return false;
  if (to === undefined && !isTeamRole(wanted)) return false;
  // Of two that build on one base, what they add says it.
  if (from !== undefined && from.inherits === to?.inherits) {
    return from.permissions.some((permission) => !to.permissions.includes(permission));
  }
  const held = (name: string, custom: CustomRole | undefined) => ({ role: name, inherits: custom?.inherits ?? null });
  return compareRoles(held(role, from), held(wanted, to)) < 0;
}

/** Whoever may not do it is asked nothing: the use-case refuses, and says why. */
export function teamQuestions(directory: DirectoryParts): TeamQuestions {
  const { store } = directory;
  const { reader } = store;

  const teamOf = (request: Request, response: Response): Promise<Team> =>
    findVisibleTeam(directory, reader, askerOf(response), String(request.params.id));

  async function membersOf(team: Team): Promise<number> {
    const byRole = await store.teamMembers.countByRole(reader, team.id);
    return byRole.reduce((sum, { members }) => sum + members, 0);
  }

  const lowering: Ask = async (request, response) => {
    const [asker, team] = [askerOf(response), await teamOf(request, response)];
    if (!(await mayInTeam(directory, reader, asker, 'team_members.change_role', team))) return;
    const { user, role } = await findMember(directory, reader, asker, team, String(request.params.userId));
    const wanted = fieldOf(request, 'role');
    if (role === null || !isLess(role, wanted, await listCustomRoles(directory, reader, asker))) return;
    const admins = await store.teamMembers.countAdmins(reader, team.id);
    const [was, is] = [shownRole(role), shownRole(wanted)];
    return {
      ...placeOf(team, request),
      title: `Make ${user.name} ${is} in ${team.name}?`,
      words: [
        `1 person: ${user.name} is ${was} here, and would be ${is} at once.`,
        ...(role === 'admin'
          ? [
              `Of ${countOf(admins, 'admin', 'admins')} of the team, ${tellNumber(Math.max(0, admins - 1))} would be left.`,
            ]
          : []),
      ],
      button: `Make ${user.name} ${is}`,
    };
  };

  const removing: Ask = async (request, response) => {
    const [asker, team] = [askerOf(response), await teamOf(request, response)];
    if (!(await mayInTeam(directory, reader, asker, 'team_members.remove', team))) return;
    const member = await findMember(directory, reader, asker, team, String(request.params.userId));
    const { user, role, removal } = member;
    const others = (await membersOf(team)) - (member.standing === 'active' ? 1 : 0);
    const kept =
      removal === 'exclude'
        ? 'The identity provider says that they belong. They are kept out by hand, which the next sync does not undo, until somebody lets them in again.'
        : 'What people gave them here is taken.';
    return {
      ...placeOf(team, request),
      title: `Remove ${user.name} from ${team.name}?`,
      words: [
        `1 person, ${role === null ? 'who holds nothing here now' : shownRole(role)}, leaves the team; ${countOf(others, 'active person stays', 'active people stay')}.`,
        kept,
        'Their runs are kept. The ledger gets 1 entry with what they held.',
      ],
      button: `Remove ${user.name}`,
      takesReason: true,
    };
  };

  const archiving: Ask = async (request, response) => {
    const team = await teamOf(request, response);
    const { id, organizationId, archivedAt } = team;
    if (archivedAt !== null || !isAllowed(askerOf(response), 'teams.archive', { organizationId, teamId: id })) return;
    return {
      ...placeOf(team, request),
      title: `Archive ${team.name}?`,
      words: [
        `${countOf(await membersOf(team), 'active person holds', 'active people hold')} a role in it: none of these gives anything until the team is restored.`,
        'API keys of its service accounts are refused for as long. Everything is kept.',
      ],
      button: `Archive ${team.name}`,
    };
  };

  const removingPicture: Ask = async (request, response) => {
    const [asker, team] = [askerOf(response), await teamOf(request, response)];
    if (!(await mayInTeam(directory, reader, asker, 'teams.change_settings', team))) return;
    if ((await findAvatar(directory, reader, asker, team.id)) === undefined) return;
    return {
      ...placeOf(team, request),
      title: `Remove the picture of ${team.name}?`,
      words: ['1 picture is deleted, for good. The team is shown without one.'],
      button: 'Remove the picture',
    };
  };

  return { lowering, removing, archiving, removingPicture };
}
