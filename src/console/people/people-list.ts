/** The people of the organization, invited ones too. */
import type { Connection } from '../../directory/connections/connection.ts';
import type { ListedPerson } from '../../directory/people/people.ts';
import { type SeatUse, tellFull } from '../../directory/people/seats.ts';
import { ORGANIZATION_ROLES, shownRole } from '../../mapping/roles.ts';
import { tellNumber } from '../../numbers.ts';
import { formTokenField } from '../../web/form-token.ts';
import { renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderOption, renderProblem } from '../forms.ts';
import { NOBODY, type PeopleFilter, SORTS, STATUSES, toPeopleSearch } from './people-filter.ts';

export interface PeopleListData {
  readonly filter: PeopleFilter;
  readonly people: readonly ListedPerson[];
  /** Address of the next page; null at the end. */
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly connections: readonly Connection[];
  readonly seats: SeatUse;
  readonly mayChange: boolean;
  /** Who manages people, and when they were last seen, is shown. */
  readonly showsDetails: boolean;
  /** The filter and the page, for what is done in the list. */
  readonly here: string;
  /** What came of the last thing that was done. */
  readonly told: readonly string[];
  readonly problem: string | undefined;
  readonly now: number;
  readonly formToken: string;
}

const BADGES = { active: 'changed', invited: 'read', deactivated: 'refused', removed: 'unchanged' } as const;
const MARKS = { active: '●', invited: '–', deactivated: '▲', removed: '○' } as const;

export function renderStatus(status: ListedPerson['status']): View {
  return view`<span class="badge ${BADGES[status]}"><span class="mark" aria-hidden="true">${MARKS[status]}</span>${STATUSES[status]}</span>`;
}

function renderRole(person: ListedPerson, { mayChange, here, formToken }: PeopleListData): View {
  const { id, role, status, name } = person;
  if (!mayChange || status === 'removed' || status === 'invited') return view`${shownRole(role)}`;
  const options = ORGANIZATION_ROLES.map((one) => renderOption(one, shownRole(one), role));
  return view`<form method="post" action="/admin/people/${id}/role${here}" class="in-place">${formTokenField(formToken)}<label class="visually-hidden" for="role-${id}">Role of ${name}</label><select id="role-${id}" name="role">${options}</select><button type="submit" class="small">Set</button></form>`;
}

function renderRow(person: ListedPerson, data: PeopleListData, names: ReadonlyMap<string, string>): View {
  const { id, name, email, userName, status, details } = person;
  const address = status === 'invited' ? `/admin/people/invites/${id}` : `/admin/people/${id}`;
  return view`<tr role="row"><td role="cell" class="what" data-label="Name"><a href="${address}">${name}</a> <span class="muted">${email === name ? null : (email ?? userName)}</span></td>
<td role="cell" data-label="Status">${renderStatus(status)}</td>
<td role="cell" data-label="Role">${renderRole(person, data)}</td>${details === null ? null : renderDetails(details, data, names)}</tr>`;
}

function renderDetails(
  { connectionId, lastSeenAt }: NonNullable<ListedPerson['details']>,
  { now }: PeopleListData,
  names: ReadonlyMap<string, string>,
): View {
  const manager = connectionId === null ? 'nobody' : (names.get(connectionId) ?? 'unknown');
  return view`
<td role="cell" data-label="Managed by">${manager}</td>
<td role="cell" data-label="Last seen">${lastSeenAt === null ? 'never' : renderTime(lastSeenAt, now)}</td>`;
}

function renderFilter({ filter, connections, showsDetails }: PeopleListData): View {
  const statuses = Object.entries(STATUSES).map(([value, label]) => renderOption(value, label, filter.status));
  const roles = ORGANIZATION_ROLES.map((role) => renderOption(role, shownRole(role), filter.role));
  const managers = connections.map(({ id, name }) => renderOption(id, name, filter.connection));
  const orders = Object.entries(SORTS).filter(([value]) => showsDetails || value !== 'last_seen');
  const sorts = orders.map(([value, label]) => renderOption(value, label, filter.sort ?? 'name'));
  const managed = view`
<label>Managed by<select name="connection"><option value="">Anybody</option>${renderOption(NOBODY, 'Nobody', filter.connection)}${managers}</select></label>`;
  return view`<form class="filters" method="get" action="/admin/people" role="search" aria-label="Filter the people"><div class="fields">
<label class="wide">Name, user name or e-mail<input type="search" name="text" value="${filter.text}" autocomplete="off"></label>
<label>Status<select name="status"><option value="">Not removed</option>${statuses}</select></label>
<label>Role<select name="role"><option value="">Any</option>${roles}</select></label>${showsDetails ? managed : null}
<label>Order<select name="sort">${sorts}</select></label>
<button class="primary" type="submit">Filter</button></div></form>`;
}

export function renderSeats(seats: SeatUse): View {
  const { limit, active, invited } = seats;
  const invites = invited === 0 ? null : view`, ${tellNumber(invited)} invited`;
  if (limit === null) return view`<p class="muted">${tellNumber(active)} active${invites}; seats are not limited.</p>`;
  const full = tellFull(seats);
  if (full !== undefined) return view`<p class="form-problem"><strong>${full}</strong></p>`;
  return view`<p class="muted">${tellNumber(active)} of ${tellNumber(limit)} seats in use${invites}.</p>`;
}

export function renderPeopleList(data: PeopleListData): Page {
  const { people, connections, filter, next, isFirst, seats, mayChange, showsDetails, told, problem } = data;
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  const heads = ['Name', 'Status', 'Role', ...(showsDetails ? ['Managed by', 'Last seen'] : [])].map(
    (name) => view`<th role="columnheader" scope="col">${name}</th>`,
  );
  const table = view`<table role="table" class="log"><caption class="visually-hidden">People of the organization</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${people.map((person) => renderRow(person, data, names))}</tbody></table>`;
  const body = view`<div class="bar"><h1>People</h1>${mayChange ? view`<a class="button primary" href="/admin/people/invite">Invite people</a>` : null}</div>
${renderProblem(problem)}${told.map((line) => view`<p class="told" role="status">${line}</p>`)}
${renderSeats(seats)}
${renderFilter(data)}
${people.length === 0 ? view`<section class="empty"><p>Nobody matches. <a href="/admin/people">Show everybody</a></p></section>` : table}
<nav class="pager" aria-label="Pages">${isFirst ? null : view`<a href="/admin/people${toPeopleSearch(filter)}">← From the start</a>`}
${next === null ? null : view`<a rel="next" href="${next}">More →</a>`}</nav>`;
  return { title: 'People', section: 'people', body };
}
