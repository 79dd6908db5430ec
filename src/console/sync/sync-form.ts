/** The filter form of the sync log. Works as a plain GET form; htmx only spares the reload. */
import type { Connection } from '../../directory/connections/connection.ts';
import { type View, view } from '../../web/view.ts';
import { describeOutcome, OPERATION_GROUPS, OUTCOMES } from '../words.ts';
import type { SyncFilter } from './sync-filter.ts';

function renderOption(value: string, label: string, current: string | undefined): View {
  return view`<option value="${value}"${value === current ? view` selected` : null}>${label}</option>`;
}

function renderOperations(current: string | undefined): readonly View[] {
  return OPERATION_GROUPS.map(
    ({ label, operations }) =>
      view`<optgroup label="${label}">${operations.map(([value, words]) => renderOption(value, words, current))}</optgroup>`,
  );
}

function renderMore({ operation, person, from, until }: SyncFilter): View {
  const open = [operation, person, from, until].some((value) => value !== undefined);
  return view`<details class="more"${open ? view` open` : null}><summary>More filters</summary>
<div class="fields">
<label>Operation<select name="operation"><option value="">Any</option>${renderOperations(operation)}</select></label>
<label>Person<input name="person" value="${person}" placeholder="Name, user name or e-mail" autocomplete="off"></label>
<label>From (UTC)<input type="datetime-local" name="from" value="${from}"></label>
<label>Until (UTC)<input type="datetime-local" name="until" value="${until}"></label>
</div></details>`;
}

export function renderFilterForm(filter: SyncFilter, connections: readonly Connection[]): View {
  return view`<form class="filters" id="filters" method="get" action="/admin/sync" role="search" aria-label="Filter the sync log"
 hx-get="/admin/sync" hx-target="#log" hx-select="#log" hx-swap="outerHTML" hx-push-url="true" hx-trigger="submit, change">
<div class="fields">
<label class="wide">Text<input type="search" name="text" value="${filter.text}" placeholder="All words must occur" autocomplete="off"></label>
<label>Connection<select name="connection"><option value="">Any</option>${connections.map(({ id, name }) => renderOption(id, name, filter.connection))}</select></label>
<label>Outcome<select name="outcome"><option value="">Any</option>${OUTCOMES.map((outcome) => renderOption(outcome, describeOutcome(outcome).label, filter.outcome))}</select></label>
<button class="primary" type="submit">Filter</button>
</div>
${filter.user === undefined ? null : view`<input type="hidden" name="user" value="${filter.user}">`}
${filter.cause === undefined ? null : view`<input type="hidden" name="cause" value="${filter.cause}">`}
${renderMore(filter)}
</form>`;
}
