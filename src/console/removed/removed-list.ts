/** Everyone who left, newest first, with what became of their runs. */
import type { LedgerLine } from '../../directory/removals/ledger-view.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import { renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderOption } from '../forms.ts';
import { describeInventory, describeVerification } from './removal-words.ts';
import { INVENTORIES, KEPT, type RemovedFilter, SCOPES, STATES, toRemovedSearch } from './removed-filter.ts';

export interface RemovedListData {
  readonly filter: RemovedFilter;
  readonly lines: readonly LedgerLine[];
  readonly hasOlder: boolean;
  readonly isFirst: boolean;
  readonly entries: number;
  readonly canAsk: boolean;
  readonly waiting: number;
  readonly now: number;
  readonly formToken: string;
}

const COLUMNS = ['When', 'Who', 'Left', 'Why', 'State', 'Runs', 'Checked again'] as const;

function renderSelect(name: string, label: string, choices: Readonly<Record<string, string>>, chosen?: string): View {
  const options = Object.entries(choices).map(([value, words]) => renderOption(value, words, chosen));
  return view`<label>${label}<select name="${name}"><option value="">Any</option>${options}</select></label>`;
}

function renderFilter({ filter }: RemovedListData): View {
  return view`<form class="filters" method="get" action="/admin/removed" role="search" aria-label="Filter the removed people"><div class="fields">
<label class="wide">Person<input type="search" name="person" value="${filter.person}" placeholder="Name, user name or e-mail" autocomplete="off"></label>
${renderSelect('scope', 'Left', SCOPES, filter.scope)}${renderSelect('state', 'State', STATES, filter.state)}
${renderSelect('inventory', 'Runs', INVENTORIES, filter.inventory)}${renderSelect('kept', 'Only', KEPT, filter.kept)}
<button class="primary" type="submit">Filter</button></div></form>`;
}

function renderMarks({ removal }: LedgerLine): View {
  const hold = removal.hold ? view` <span class="badge read">Legal hold</span>` : null;
  const erased = removal.erasedAt === null ? null : view` <span class="badge unchanged">Erased</span>`;
  return view`${STATES[removal.state]}${hold}${erased}`;
}

function renderChecked({ removal }: LedgerLine, now: number): View {
  const { at, state } = removal.verification;
  const words = state === null ? 'not yet' : describeVerification(removal);
  const told =
    state === 'missing'
      ? view`<span class="badge failed"><span class="mark" aria-hidden="true">✕</span>${words}</span>`
      : view`${words}`;
  return at === null ? told : view`${told} <span class="muted">${renderTime(Date.parse(at), now)}</span>`;
}

function renderRow(line: LedgerLine, now: number): View {
  const { removal, name, user, email, team, cause, reason, at } = line;
  return view`<tr role="row"><td role="cell" class="when" data-label="When">${renderTime(Date.parse(at), now)}</td>
<td role="cell" class="what" data-label="Who"><a href="/admin/removed/${removal.id}">${name}</a> <span class="muted">${email ?? user}</span></td>
<td role="cell" class="wraps" data-label="Left">${team === null ? 'the organization' : `team ${team}`}</td>
<td role="cell" class="wraps" data-label="Why">${reason ?? cause}</td>
<td role="cell" class="wraps" data-label="State">${renderMarks(line)}</td>
<td role="cell" data-label="Runs">${describeInventory(removal)}</td>
<td role="cell" class="wraps" data-label="Checked again">${renderChecked(line, now)}</td></tr>`;
}

/** Waiting removals are counted up to here. */
export const MOST_COUNTED = 10_000;

/** How many are still to be looked at; asks for itself again while there are some. */
export function renderProgress(waiting: number): View {
  if (waiting === 0) return view`<p id="progress" class="muted">The tracker is not being asked at the moment.</p>`;
  const many = waiting > MOST_COUNTED ? `more than ${tellNumber(MOST_COUNTED)}` : tellNumber(waiting);
  return view`<p id="progress" role="status" hx-get="/admin/removed/progress" hx-trigger="load delay:2s" hx-swap="outerHTML">The tracker is being asked: ${many} still to be looked at. You can leave this page; it goes on.</p>`;
}

function renderChain({ entries, formToken, canAsk, waiting }: RemovedListData): View {
  const ask = view`<form method="post" action="/admin/removed/reverify" class="action">${formTokenField(formToken)}<button type="submit">Ask the tracker again about everybody</button></form>`;
  return view`<section aria-labelledby="chain"><h2 id="chain">The record</h2>
<p>${countOf(entries, 'entry', 'entries')}, each chained to the one before by its hash. Nothing is ever taken out.</p>
<div class="inline"><form method="post" action="/admin/removed/verify" class="action">${formTokenField(formToken)}<button type="submit">Verify the chain</button></form>
${canAsk ? ask : null}
<a href="/admin/removed/export.csv" download>Export the whole ledger as CSV</a> <a href="/admin/removed/export.jsonl" download>as JSON lines</a> <a href="/admin/removed/checkpoint.json" download>Checkpoint</a></div>
${canAsk ? renderProgress(waiting) : view`<p class="muted">There is no tracker to ask: see <a href="/admin/settings#tracker">the settings</a>.</p>`}</section>`;
}

/** What the filter means, on all pages of the list. */
function renderExport(filter: RemovedFilter): View | null {
  const search = toRemovedSearch(filter);
  if (search === '') return null;
  return view`<p class="inline">These people with their stories: <a href="/admin/removed/export.csv${search}" download>Export as CSV</a> <a href="/admin/removed/export.jsonl${search}" download>as JSON lines</a> <a href="/admin/removed">Show everybody</a></p>`;
}

export function renderRemovedList(data: RemovedListData): Page {
  const { lines, now, filter, hasOlder, isFirst } = data;
  const last = lines.at(-1)?.position;
  const heads = COLUMNS.map((name) => view`<th role="columnheader" scope="col">${name}</th>`);
  const table = view`<table role="table" class="log"><caption class="visually-hidden">Removed people, newest first</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${lines.map((line) => renderRow(line, now))}</tbody></table>`;
  const nobody = Object.keys(filter).length === 0 ? 'Nobody has left yet.' : 'Nobody matches.';
  const body = view`<h1>Removed people</h1>
${renderChain(data)}
${renderFilter(data)}
${lines.length === 0 ? null : renderExport(filter)}
${lines.length === 0 ? view`<section class="empty"><p>${nobody}</p></section>` : table}
<nav class="pager" aria-label="Pages">${isFirst ? null : view`<a href="/admin/removed${toRemovedSearch(filter)}">← Newest</a>`}
${hasOlder && last !== undefined ? view`<a rel="next" href="/admin/removed${toRemovedSearch(filter, { before: String(last) })}">Older →</a>` : null}</nav>`;
  return { title: 'Removed people', section: 'removed', body };
}
