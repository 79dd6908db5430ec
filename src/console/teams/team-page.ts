/** One team: its people, whoever is invited or kept out, settings, usage. */
import type { InvitedMember } from '../../directory/teams/team-invites.ts';
import type { TeamMember } from '../../directory/teams/team-member.ts';
import type { AdminWarning } from '../../directory/teams/team-roster.ts';
import type { TeamUsage } from '../../directory/teams/team-usage.ts';
import { shownRole } from '../../mapping/roles.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import { exactTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderProblem } from '../forms.ts';
import { type MembersFrame, renderExcluded, renderMembers, renderRoleOptions } from './team-members.ts';
import { renderTeamSettings, type TeamSettingsData } from './team-settings-view.ts';

export interface TeamPageData extends TeamSettingsData {
  readonly members: readonly TeamMember[];
  /** Addresses of the first members, null on their page, and of the next ones, null at the end. */
  readonly start: string | null;
  readonly next: string | null;
  readonly excluded: readonly TeamMember[];
  readonly invited: readonly InvitedMember[];
  readonly warning: AdminWarning['warning'];
  readonly usage: TeamUsage;
  readonly frame: MembersFrame;
  /** What came of the last thing that was done. */
  readonly told: readonly string[];
  readonly problem?: string;
}

const WARNINGS = {
  no_admin: 'This team has no admin. Admins of the organization can manage it.',
  one_admin: 'This team has only one admin.',
} as const;

function renderAsk({ team, frame, formToken }: TeamPageData): View {
  return view`<section aria-labelledby="add"><h2 id="add">Add people</h2><form method="post" action="/admin/teams/${team.id}/members" class="inline">${formTokenField(formToken)}
<label class="grow">E-mail addresses or user names, separated by commas<input name="people" required autocomplete="off"></label>
<label>Role<select name="role">${renderRoleOptions(frame.customRoles, 'member')}</select></label><button type="submit">Add</button></form>
<p class="muted">Somebody who is not in the organization yet gets an invite to both.</p></section>`;
}

function renderInvited({ invited }: TeamPageData): View | null {
  if (invited.length === 0) return null;
  const rows = invited.map(
    ({ invite, role }) =>
      view`<li><a href="/admin/people/invites/${invite.id}">${invite.email}</a>: ${shownRole(role)}</li>`,
  );
  return view`<section aria-labelledby="invited"><h2 id="invited">Invited</h2><ul>${rows}</ul></section>`;
}

function renderUsage({ usage }: TeamPageData): View {
  const roles = usage.byRole.map(({ role, members }) => view`<li>${shownRole(role)}: ${tellNumber(members)}</li>`);
  const runs = usage.keptRuns.map(
    ({ person, project, runs: count, lastAt }) =>
      view`<tr><th scope="row">${person}</th><td>${project}</td><td class="number">${tellNumber(count)}</td><td>${lastAt === null ? 'not told' : exactTime(lastAt).slice(0, 10)}</td></tr>`,
  );
  return view`<section aria-labelledby="usage"><h2 id="usage">Usage</h2><p>${countOf(usage.members, 'active person', 'active people')}; ${tellNumber(usage.seats.team)} of the ${tellNumber(usage.seats.organization)} seats in use.</p><ul>${roles}</ul>
${runs.length === 0 ? view`<p class="muted">No runs of people who left are on record here.</p>` : view`<h3>Runs of people who left</h3><div class="scroll"><table class="plain"><caption class="visually-hidden">Runs of people who left</caption><thead><tr><th scope="col">Person</th><th scope="col">Project</th><th scope="col" class="number">Runs</th><th scope="col">Last</th></tr></thead><tbody>${runs}</tbody></table></div>`}</section>`;
}

export function renderTeamPage(data: TeamPageData): Page {
  const { team, members, start, next, excluded, warning, frame, told, problem } = data;
  const open = team.archivedAt === null;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/teams">Back to the teams</a></nav>
<h1>${team.name}</h1>
${renderProblem(problem)}${told.map((line) => view`<p class="told" role="status">${line}</p>`)}
${open ? null : view`<p class="told"><strong>This team is archived.</strong> Everything is kept; nobody holds anything in it.</p>`}
${warning === null || !open ? null : view`<p class="told problem">${WARNINGS[warning]}</p>`}
<section aria-labelledby="members"><h2 id="members">Members</h2>${renderMembers(members, frame)}
<nav class="pager" aria-label="Members">${start === null ? null : view`<a href="${start}">← From the start</a>`}
${next === null ? null : view`<a rel="next" href="${next}">More members →</a>`}</nav></section>
${frame.mayManage && open ? renderAsk(data) : null}
${renderInvited(data)}${renderExcluded(excluded, frame)}
${frame.mayManage ? renderTeamSettings(data) : null}
<p><a href="/admin/service-accounts?team=${team.id}">Service accounts of this team</a></p>
${renderUsage(data)}`;
  return { title: team.name, section: 'teams', body };
}
