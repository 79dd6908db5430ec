/** What `team <verb>` does, over the core. */
import { findOrganization } from '../directory/connections/organizations.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { actorOf, operatorOf, type Principal } from '../directory/principal.ts';
import type { Team } from '../directory/teams/team.ts';
import { listTeams } from '../directory/teams/team-access.ts';
import { archiveTeam, createTeam, restoreTeam } from '../directory/teams/teams.ts';
import { runWork, type Work } from '../directory/work.ts';
import type { TeamServices, TeamSummary } from './services.ts';

const PAGE = 200;

export function createTeamServices(directory: DirectoryParts): TeamServices {
  const { store } = directory;

  async function summaryOf(team: Team): Promise<TeamSummary> {
    const { id, name, storage, createdAt, archivedAt } = team;
    const counts = await store.teamMembers.countByRole(store.reader, id);
    const members = counts.reduce((sum, count) => sum + count.members, 0);
    const admins = counts.find((count) => count.role === 'admin')?.members ?? 0;
    const bucket = storage === null ? null : `${storage.provider} ${storage.name}`;
    return { id, name, storage: bucket, members, admins, createdAt, archivedAt };
  }

  async function change(
    organization: string,
    run: (work: Work, operator: Principal) => Promise<Team>,
  ): Promise<TeamSummary> {
    const operator = operatorOf((await findOrganization(directory, organization)).id);
    const context = { organizationId: operator.organizationId, actor: actorOf(operator), exchangeId: null };
    return summaryOf(await runWork(directory, context, (work) => run(work, operator)));
  }

  return {
    async list(organization, { search }) {
      const operator = operatorOf((await findOrganization(directory, organization)).id);
      const found: TeamSummary[] = [];
      for (let afterName = ''; ; ) {
        const query = { afterName, limit: PAGE, ...(search === undefined ? {} : { search }) };
        const page = await listTeams(directory, store.reader, operator, query);
        for (const team of page) found.push(await summaryOf(team));
        const last = page.at(-1);
        if (last === undefined || page.length < PAGE) return found;
        afterName = last.name.toLowerCase();
      }
    },
    create: (organization, input) =>
      change(organization, (work, operator) => createTeam(directory, work, operator, input)),
    setArchived: (organization, team, archived) =>
      change(organization, (work, operator) =>
        (archived ? archiveTeam : restoreTeam)(directory, work, operator, { team }),
      ),
  };
}
