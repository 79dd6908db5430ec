/** The page of the sync log: filters, what they came to, the table, and what to do when it is empty. */
import type { Connection } from '../../directory/connections/connection.ts';
import { tellNumber } from '../../numbers.ts';
import { SEARCHED_MAX } from '../../synclog/exchange.ts';
import { timeOfId } from '../../synclog/exchange-id.ts';
import type { ExchangeSummary } from '../../synclog/sync-log.ts';
import { minuteTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import type { PersonFilter } from './person-filter.ts';
import { isEmptyFilter, type ParsedFilter, type SyncFilter, toSearch } from './sync-filter.ts';
import { renderFilterForm } from './sync-form.ts';
import { type RowFrame, renderRow } from './sync-row.ts';
import { renderTimelinePlace } from './timeline-page.ts';

export interface SyncListData extends ParsedFilter {
  readonly connections: readonly Connection[];
  readonly person: PersonFilter;
  readonly rows: readonly ExchangeSummary[];
  readonly hasOlder: boolean;
  /** The oldest exchange that a search by text has read, where older ones were left out. */
  readonly searchedTo: string | undefined;
  readonly now: number;
  readonly publicUrl: string;
}

const COLUMNS = ['Time', 'What happened', 'Connection', 'Outcome', 'Status', 'Repairs', 'Changes', 'Took'] as const;
const NUMBER_COLUMNS: readonly string[] = ['Status', 'Repairs', 'Changes', 'Took'];

function withoutPerson({ person: _person, user: _user, ...rest }: SyncFilter): SyncFilter {
  return rest;
}

function renderPerson(filter: SyncFilter, person: PersonFilter): View | null {
  if (person.kind === 'anybody') return null;
  const clear = view`<a href="/admin/sync${toSearch(withoutPerson(filter))}">Show everybody</a>`;
  if (person.kind === 'one')
    return view`<p class="told">Only what concerns <strong>${person.person.name}</strong>. ${clear}</p>`;
  if (person.candidates.length === 0) return view`<p class="told">Nobody is called “${person.text}”. ${clear}</p>`;
  const choices = person.candidates.map(
    ({ id, name, userName }) =>
      view`<li><a href="/admin/sync${toSearch({ ...withoutPerson(filter), user: id })}">${name}</a> <span class="muted">${userName === name ? null : userName}</span></li>`,
  );
  const more = view`<p>These are the first ${tellNumber(person.candidates.length)}. If yours is not among them, give more of the name.</p>`;
  return view`<div class="told"><p>Several people match “${person.text}”. Choose one:</p><ul>${choices}</ul>${person.isCut ? more : null}${clear}</div>`;
}

/** A cause has no field in the form: it comes from a link, and can be let go. */
function renderCause(filter: SyncFilter): View | null {
  if (filter.cause === undefined) return null;
  const { cause: _cause, ...rest } = filter;
  return view`<p class="told">Only what was refused with <code>${filter.cause}</code>. <a href="/admin/sync${toSearch(rest)}">Show every cause</a></p>`;
}

/** Said where it matters: whoever finds nothing has to know how far was looked. */
function renderSearched({ filter, before, searchedTo }: SyncListData): View | null {
  if (searchedTo === undefined) return null;
  const count = tellNumber(SEARCHED_MAX);
  const which = before === undefined ? `newest ${count} requests` : `next ${count} older requests`;
  return view`<p class="told">Looked for in the ${which}, back to ${minuteTime(timeOfId(searchedTo))}. ${renderFurther(filter, searchedTo)}</p>`;
}

function renderFurther(filter: SyncFilter, searchedTo: string): View {
  return view`<a rel="next" href="/admin/sync${toSearch(filter, { before: searchedTo })}">Search older ones</a>`;
}

function renderConnect({ connections, publicUrl }: SyncListData): View {
  const waiting = connections.map(
    ({ id, name }) =>
      view`<li>Connection <a href="/admin/connections/${id}">${name}</a> is ready and has sent nothing yet.</li>`,
  );
  return view`<h2>Nothing has been sent yet</h2>
${waiting.length === 0 ? null : view`<ul>${waiting}</ul>`}
<p>Make a connection, then enter its address and token in the identity provider: the guide says what goes into which field.</p>
<p><a class="button primary" href="/admin/connections/new">Connect an identity provider</a></p>
<p>The SCIM base URL is <code>${publicUrl}/scim/v2</code>.</p>
<p>Or see what it looks like with made-up traffic:</p>
<pre><code>npm run --silent drawbridge -- simulate okta</code></pre>`;
}

function renderEmpty(data: SyncListData): View | null {
  // What to do is said above the table already.
  if (data.person.kind === 'unclear') return null;
  const filtered = !isEmptyFilter(data.filter) || data.before !== undefined;
  const text = filtered
    ? view`<h2>Nothing matches</h2><p><a href="/admin/sync">Show everything</a></p>`
    : renderConnect(data);
  return view`<div class="empty" id="empty"${data.rows.length > 0 ? view` hidden` : null}>${text}</div>`;
}

/** Only the newest page is live, and only when the wanted span has no end. */
function renderLive(data: SyncListData): View | null {
  if (data.before !== undefined || data.filter.until !== undefined || data.person.kind === 'unclear') return null;
  const newest = data.rows[0]?.id;
  return view`<live-log src="/admin/sync/events${toSearch(data.filter)}" newest="${newest ?? ''}" hidden>
<span class="state"><span class="lamp" aria-hidden="true"></span><span data-part="state">Connecting</span></span>
<button type="button" data-part="pause">Pause</button>
<span class="visually-hidden" data-part="news" role="status" aria-live="polite"></span>
</live-log>`;
}

function renderPager({ filter, person, before, rows, hasOlder, searchedTo }: SyncListData): View | null {
  if (person.kind === 'unclear') return null;
  const last = rows.at(-1)?.id;
  return view`<div class="foot"><p class="muted">Export what is shown:
<a href="/admin/sync/export.csv${toSearch(filter)}" download>CSV</a>, <a href="/admin/sync/export.jsonl${toSearch(filter)}" download>JSON lines</a></p>
<nav class="pager" aria-label="Pages">
${before === undefined ? null : view`<a href="/admin/sync${toSearch(filter)}">← Newest</a>`}
${hasOlder && last !== undefined ? view`<a id="older" rel="next" href="/admin/sync${toSearch(filter, { before: last })}">Older →</a>` : null}
${searchedTo === undefined || rows.length === 0 ? null : renderFurther(filter, searchedTo)}
</nav></div>`;
}

function renderTable(data: SyncListData): View {
  const connectionNames = new Map(data.connections.map(({ id, name }) => [id, name]));
  const frame: RowFrame = { now: data.now, connectionNames, search: toSearch(data.filter) };
  const heads = COLUMNS.map(
    (name) =>
      view`<th role="columnheader" scope="col"${NUMBER_COLUMNS.includes(name) ? view` class="number"` : null}>${name}</th>`,
  );
  return view`<table role="table" class="log" id="table"${data.rows.length === 0 ? view` hidden` : null}>
<caption class="visually-hidden">Exchanges, newest first</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup" id="rows">${data.rows.map((row) => renderRow(row, frame))}</tbody>
</table>`;
}

export function renderSyncList(data: SyncListData): Page {
  const body = view`<h1>Sync log</h1>
${renderFilterForm(data.filter, data.connections)}
<section id="log" aria-label="Exchanges">
<div class="bar"><div>${data.problems.map((problem) => view`<p class="told problem">${problem}</p>`)}
${renderSearched(data)}${renderPerson(data.filter, data.person)}${renderCause(data.filter)}</div>${renderLive(data)}</div>
${renderEmpty(data)}
${data.person.kind === 'unclear' ? null : renderTimelinePlace(data.filter)}
${renderTable(data)}
${renderPager(data)}
</section>`;
  return { title: 'Sync log', section: 'sync', body };
}
