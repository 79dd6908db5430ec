/** The people of a team: role in place, where each membership comes from, who is kept out. */
import type { TeamMember } from '../../directory/teams/team-member.ts';
import { tellSource } from '../../directory/teams/team-members.ts';
import { shownRole, TEAM_ROLES } from '../../mapping/roles.ts';
import { formTokenField } from '../../web/form-token.ts';
import { renderNamed } from '../../web/question.ts';
import { type View, view } from '../../web/view.ts';
import { renderAction, renderOption } from '../forms.ts';

export interface MembersFrame {
  readonly teamId: string;
  readonly customRoles: readonly string[];
  readonly mayManage: boolean;
  readonly formToken: string;
  /** Part of a name, user name or address; empty: everybody is shown. */
  readonly search: string;
  /** `?search=...&after=...` of the page of members that is shown, so that whoever does something stays on it. */
  readonly here: string;
}

export function renderRoleOptions(customRoles: readonly string[], chosen: string | undefined): readonly View[] {
  return [...TEAM_ROLES, ...customRoles].map((role) => renderOption(role, shownRole(role), chosen));
}

function renderRole(
  { user, role }: TeamMember,
  { teamId, customRoles, mayManage, formToken, here }: MembersFrame,
): View {
  if (!mayManage || role === null) return view`${role === null ? 'none' : shownRole(role)}`;
  return view`<form method="post" action="/admin/teams/${teamId}/members/${user.id}/role${here}" class="in-place">${formTokenField(formToken)}<label class="visually-hidden" for="role-${user.id}">Role of ${user.name}</label><select id="role-${user.id}" name="role">${renderRoleOptions(customRoles, role)}</select><button type="submit" class="small">Set</button></form>`;
}

const STANDING = {
  active: null,
  inactive: 'deactivated in the organization',
  excluded: 'kept out by hand',
  archived: null,
} as const;

function renderRemove({ user }: TeamMember, { teamId, formToken, here }: MembersFrame): View {
  return renderAction(
    `/admin/teams/${teamId}/members/${user.id}/remove${here}`,
    formToken,
    renderNamed('Remove', user.name),
  );
}

function renderMember(member: TeamMember, frame: MembersFrame): View {
  const { user, sources, standing } = member;
  const from = sources.map((source) => view`<li>${shownRole(source.grant.role)}: ${tellSource(source)}</li>`);
  const note = STANDING[standing];
  return view`<tr role="row"><td role="cell" class="what" data-label="Name"><a href="/admin/people/${user.id}">${user.name}</a> <span class="muted">${user.email ?? user.userName}${note === null ? null : view`, ${note}`}</span></td>
<td role="cell" data-label="Role">${renderRole(member, frame)}</td><td role="cell" data-label="Where it comes from"><ul class="reasons">${from}</ul></td>
<td role="cell" data-label="">${frame.mayManage ? renderRemove(member, frame) : null}</td></tr>`;
}

/** Of one page of members; nothing where it is the first of everybody. */
export function toMembersQuery(search: string, after: string): string {
  const query = new URLSearchParams({ ...(search === '' ? {} : { search }), ...(after === '' ? {} : { after }) });
  return query.size === 0 ? '' : `?${query}`;
}

function renderSearch({ teamId, search }: MembersFrame): View {
  const all = search === '' ? null : view`<a class="button" href="/admin/teams/${teamId}">Show everybody</a>`;
  return view`<form class="inline" method="get" action="/admin/teams/${teamId}" role="search" aria-label="Search the members"><label class="grow">Name, user name or e-mail<input type="search" name="search" value="${search}" maxlength="200" autocomplete="off"></label><button type="submit">Search</button>${all}</form>`;
}

export function renderMembers(members: readonly TeamMember[], frame: MembersFrame): View {
  if (members.length > 0) return view`${renderSearch(frame)}${renderTable(members, frame)}`;
  if (frame.search === '') return view`<p class="muted">Nobody is in this team.</p>`;
  return view`${renderSearch(frame)}<p class="muted">Nobody in this team matches.</p>`;
}

function renderTable(members: readonly TeamMember[], frame: MembersFrame): View {
  const heads = ['Name', 'Role', 'Where it comes from', ''].map(
    (name) =>
      view`<th role="columnheader" scope="col">${name === '' ? view`<span class="visually-hidden">Remove</span>` : name}</th>`,
  );
  return view`<table role="table" class="log"><caption class="visually-hidden">Members</caption><thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${members.map((member) => renderMember(member, frame))}</tbody></table>`;
}

export function renderExcluded(
  excluded: readonly TeamMember[],
  { teamId, mayManage, formToken }: MembersFrame,
): View | null {
  if (excluded.length === 0) return null;
  const rows = excluded.map(
    ({ user }) =>
      view`<li><a href="/admin/people/${user.id}">${user.name}</a> ${mayManage ? renderAction(`/admin/teams/${teamId}/exclusions/${user.id}/lift`, formToken, 'Let them in again') : null}</li>`,
  );
  return view`<section aria-labelledby="excluded"><h2 id="excluded">Kept out by hand</h2><p class="muted">The identity provider says that they belong here, and somebody decided otherwise.</p><ul class="answers">${rows}</ul></section>`;
}
