/** One line of the sync log. The same markup serves the page and the live view. */
import { tellNumber } from '../../numbers.ts';
import type { Outcome } from '../../synclog/exchange.ts';
import type { ExchangeSummary } from '../../synclog/sync-log.ts';
import { describeDuration, renderTime } from '../../web/moment.ts';
import { type View, view } from '../../web/view.ts';
import { describeOutcome, isSignIn } from '../words.ts';

export interface RowFrame {
  readonly now: number;
  readonly connectionNames: ReadonlyMap<string, string>;
  /** Filter of the list, `?outcome=refused`: it goes along to the exchange and back. */
  readonly search: string;
}

export function renderOutcome(outcome: Outcome): View {
  const { label, meaning, mark } = describeOutcome(outcome);
  return view`<span class="badge ${outcome}" title="${meaning}"><span class="mark" aria-hidden="true">${mark}</span>${label}</span>`;
}

export function connectionName(names: ReadonlyMap<string, string>, id: string | null): string {
  return id === null ? 'none' : (names.get(id) ?? 'unknown');
}

function renderCount(count: number, label: string): View {
  return view`<td role="cell" class="number${count === 0 ? ' zero' : ''}" data-label="${label}">${tellNumber(count)}</td>`;
}

export function renderRow(row: ExchangeSummary, { now, connectionNames, search }: RowFrame): View {
  return view`<tr role="row" data-id="${row.id}">
<td role="cell" class="when" data-label="Time">${renderTime(row.at, now)}</td>
<td role="cell" class="what" data-label="What happened"><a href="/admin/sync/${row.id}${search}">${row.summary}</a></td>
<td role="cell" class="from" data-label="Connection">${isSignIn(row.operation) ? 'sign-in' : connectionName(connectionNames, row.connectionId)}</td>
<td role="cell" class="outcome" data-label="Outcome">${renderOutcome(row.outcome)}</td>
<td role="cell" class="number" data-label="Status">${String(row.status)}</td>
${renderCount(row.repairs.length, 'Repairs')}
${renderCount(row.changeCount, 'Changes')}
<td role="cell" class="number" data-label="Took">${describeDuration(row.durationUs)}</td>
</tr>`;
}
