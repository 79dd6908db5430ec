/** How far saved rules are applied to everybody: a bar that brings itself up to date, and can be left. */
import type { Connection } from '../../directory/connections/connection.ts';
import type { RuleRunState } from '../../directory/rules/rule-run-worker.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import { renderTime } from '../../web/moment.ts';
import { type View, view } from '../../web/view.ts';
import { renderAction } from '../forms.ts';

function describeRoles({ gained, lost }: RuleRunState): string {
  return `${countOf(gained, 'role', 'roles')} gained, ${tellNumber(lost)} lost`;
}

function renderBar(run: RuleRunState): View {
  const total = Math.max(run.total, 1);
  const words = `${tellNumber(run.done)} of ${countOf(total, 'person', 'people')} looked at`;
  return view`<progress max="${String(total)}" value="${String(run.done)}" aria-label="${words}"></progress> <span>${words}; ${describeRoles(run)}.</span>`;
}

/** Always there, so that what asks for it again has something to put in its place. */
export function renderRun(
  { id }: Pick<Connection, 'id'>,
  run: RuleRunState | undefined,
  now: number,
  formToken: string,
): View {
  const address = `/admin/connections/${id}/rules/run`;
  // What ended as it was saved needs no telling.
  if (run === undefined || run.finishedAt === run.startedAt) return view`<div id="run"></div>`;
  if (run.state === 'done') {
    const told = view`Applied to ${countOf(run.done, 'person', 'people')} ${renderTime(run.finishedAt ?? run.updatedAt, now)}: ${describeRoles(run)}.`;
    return view`<div id="run"><p class="muted" role="status">${told}</p></div>`;
  }
  if (run.state === 'parked') {
    const retry = renderAction(`${address}/retry`, formToken, 'Try again');
    return view`<div id="run" role="alert"><p class="form-problem">The rules are saved, and not yet applied to everybody. ${run.reason}</p><p class="run">${renderBar(run)}</p>${retry}</div>`;
  }
  const again = view` hx-get="${address}" hx-trigger="load delay:1s" hx-swap="outerHTML"`;
  const trouble =
    run.state === 'waiting'
      ? view`<p class="form-problem">The last try failed, and it is tried again by itself. ${run.reason}</p>`
      : null;
  return view`<div id="run" role="status"${again}><p>The rules are saved and being applied. You can leave this page; it goes on.</p><p class="run">${renderBar(run)}</p>${trouble}<noscript><p><a href="/admin/connections/${id}">Look again</a></p></noscript></div>`;
}
