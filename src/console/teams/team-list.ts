/** The teams of the organization. */
import type { Team } from '../../directory/teams/team.ts';
import { STORAGE_PROVIDERS } from '../../directory/teams/team-storage.ts';
import { tellNumber } from '../../numbers.ts';
import { formTokenField } from '../../web/form-token.ts';
import { exactTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderOption, renderProblem } from '../forms.ts';

/** As it stands in the address: archived ones? */
export const TEAM_STATES = ['no', 'yes', 'any'] as const;
export type TeamStateFilter = (typeof TEAM_STATES)[number];

export interface TeamListData {
  readonly search: string;
  readonly state: TeamStateFilter;
  readonly teams: readonly Team[];
  /** Active people by team; without an entry: whoever looks may not see it. */
  readonly members: ReadonlyMap<string, number>;
  /** Address of the first page; null on it. */
  readonly start: string | null;
  readonly next: string | null;
  readonly mayCreate: boolean;
}

function renderRow({ id, name, storage, createdAt, archivedAt }: Team, members: number | undefined): View {
  const state =
    archivedAt === null
      ? view`<span class="badge changed"><span class="mark" aria-hidden="true">●</span>Active</span>`
      : view`<span class="badge unchanged"><span class="mark" aria-hidden="true">○</span>Archived</span> <span class="muted">since ${exactTime(archivedAt).slice(0, 10)}</span>`;
  return view`<tr role="row"><td role="cell" class="what" data-label="Name"><a href="/admin/teams/${id}">${name}</a></td><td role="cell" data-label="State">${state}</td><td role="cell" class="number" data-label="Active members">${members === undefined ? '–' : tellNumber(members)}</td>
<td role="cell" data-label="Storage">${storage === null ? "the instance's own" : `${storage.provider} ${storage.name}`}</td><td role="cell" data-label="Since">${exactTime(createdAt).slice(0, 10)}</td></tr>`;
}

export function renderTeamList({ search, state, teams, members, start, next, mayCreate }: TeamListData): Page {
  const heads = ['Name', 'State', 'Active members', 'Storage', 'Since'].map(
    (name) =>
      view`<th role="columnheader" scope="col"${name === 'Active members' ? view` class="number"` : null}>${name}</th>`,
  );
  const table = view`<table role="table" class="log"><caption class="visually-hidden">Teams</caption><thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${teams.map((team) => renderRow(team, members.get(team.id)))}</tbody></table>`;
  const body = view`<div class="bar"><h1>Teams</h1><span class="inline"><a href="/admin/roles">Custom roles</a>${mayCreate ? view`<a class="button primary" href="/admin/teams/new">Make a team</a>` : null}</span></div>
<form class="filters" method="get" action="/admin/teams" role="search" aria-label="Filter the teams"><div class="fields">
<label class="wide">Name contains<input type="search" name="search" value="${search}" autocomplete="off"></label>
<label>State<select name="archived">${renderOption('no', 'Active', state)}${renderOption('yes', 'Archived', state)}${renderOption('any', 'Both', state)}</select></label>
<button class="primary" type="submit">Filter</button></div></form>
${teams.length === 0 ? view`<section class="empty"><p>No team matches. Pushed groups make teams by themselves, by the mapping rules of their connection.</p></section>` : table}
<nav class="pager" aria-label="Pages">${start === null ? null : view`<a href="${start}">← From the start</a>`}
${next === null ? null : view`<a rel="next" href="${next}">More →</a>`}</nav>`;
  return { title: 'Teams', section: 'teams', body };
}

export interface NewTeamForm {
  readonly name: string;
  readonly provider: string;
  readonly bucket: string;
  readonly path: string;
  readonly kmsKey: string;
  readonly problem?: string;
}

export function renderNewTeam({ name, provider, bucket, path, kmsKey, problem }: NewTeamForm, formToken: string): Page {
  const providers = STORAGE_PROVIDERS.map((one) => renderOption(one, one, provider));
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/teams">Back to the teams</a></nav>
<h1>Make a team</h1>
<section><form method="post" action="/admin/teams" class="stack">${formTokenField(formToken)}${renderProblem(problem)}
<label>Name: letters, digits, - and _<input name="name" value="${name}" required maxlength="64" autocomplete="off"></label>
<label>Storage<select name="provider"><option value="">The instance’s own</option>${providers}</select></label>
<fieldset><legend>Where storage is a bucket</legend><label>Bucket (AZURE: account/container)<input name="bucket" value="${bucket}" autocomplete="off"></label>
<label>Folder (optional)<input name="path" value="${path}" autocomplete="off"></label><label>KMS key (optional)<input name="kmsKey" value="${kmsKey}" autocomplete="off"></label></fieldset>
<p><button class="primary" type="submit">Make the team</button></p></form></section>`;
  return { title: 'Make a team', section: 'teams', body };
}
