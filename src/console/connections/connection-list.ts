/** The connections of the organization. */
import type { Connection } from '../../directory/connections/connection.ts';
import { tellNumber } from '../../numbers.ts';
import { renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { DIALECT_LABELS } from '../words.ts';

export interface ConnectionRow {
  readonly connection: Connection;
  readonly lastContactAt: number | null;
  readonly users: number;
  readonly groups: number;
}

export function renderState(state: Connection['state']): View {
  return state === 'active'
    ? view`<span class="badge changed"><span class="mark" aria-hidden="true">●</span>Active</span>`
    : view`<span class="badge refused"><span class="mark" aria-hidden="true">▲</span>Paused</span>`;
}

function renderRow({ connection, lastContactAt, users, groups }: ConnectionRow, now: number): View {
  const { id, name, dialect, state } = connection;
  return view`<tr role="row"><td role="cell" class="what" data-label="Name"><a href="/admin/connections/${id}">${name}</a></td>
<td role="cell" data-label="Dialect">${DIALECT_LABELS[dialect]}</td>
<td role="cell" data-label="State">${renderState(state)}</td>
<td role="cell" data-label="Last contact">${lastContactAt === null ? 'never' : renderTime(lastContactAt, now)}</td>
<td role="cell" class="number" data-label="Users">${tellNumber(users)}</td>
<td role="cell" class="number" data-label="Groups">${tellNumber(groups)}</td></tr>`;
}

export function renderConnectionList(rows: readonly ConnectionRow[], now: number): Page {
  const table = view`<table role="table" class="log"><caption class="visually-hidden">Connections</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th><th role="columnheader" scope="col">Dialect</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Last contact</th><th role="columnheader" scope="col" class="number">Users</th><th role="columnheader" scope="col" class="number">Groups</th></tr></thead>
<tbody role="rowgroup">${rows.map((row) => renderRow(row, now))}</tbody></table>`;
  const body = view`<div class="bar"><h1>Connections</h1><a class="button primary" href="/admin/connections/new">Connect an identity provider</a></div>
${rows.length === 0 ? view`<section class="empty"><p>No identity provider is connected yet.</p></section>` : table}`;
  return { title: 'Connections', section: 'connections', body };
}
