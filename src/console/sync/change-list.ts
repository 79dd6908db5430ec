/** What an exchange changed: one sentence per change, and what was there before and after. */
import { tellNumber } from '../../numbers.ts';
import type { Change } from '../../synclog/change.ts';
import { countOf } from '../../web/count-words.ts';
import { type View, view } from '../../web/view.ts';
import { describeChange, saysItAll } from '../words.ts';
import { toAttributeRows } from './attribute-rows.ts';

/** So that the request is not far below a long list. */
const OPEN_CHANGES = 20;

function renderValue(value: string | null): View {
  return value === null ? view`<span class="none">none</span>` : view`${value}`;
}

function renderAttributes(change: Change): View | null {
  const rows = saysItAll(change) ? [] : toAttributeRows(change.before, change.after);
  if (rows.length === 0) return null;
  return view`<div class="scroll"><table class="changes"><caption class="visually-hidden">${describeChange(change)}</caption>
<thead><tr><th scope="col">Attribute</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
<tbody>${rows.map(
    ({ attribute, before, after }) =>
      view`<tr><th scope="row"><code>${attribute}</code></th><td class="before">${renderValue(before)}</td><td class="after">${renderValue(after)}</td></tr>`,
  )}</tbody></table></div>`;
}

function renderChange(change: Change): View {
  const reason = change.reason === null ? null : view` <span class="muted">Reason: ${change.reason}</span>`;
  return view`<li><p>${describeChange(change)}${reason}</p>${renderAttributes(change)}</li>`;
}

/**
 * @param total how many there are
 * @param next address of those behind; undefined: these are the last ones
 */
export function renderChanges(changes: readonly Change[], total: number, next: string | undefined): View {
  if (changes.length === 0) return view`<p class="muted">Nothing was changed.</p>`;
  const rest = changes.slice(OPEN_CHANGES);
  const folded = view`<details><summary>${countOf(rest.length, 'more', 'more')}</summary><ol class="change-list">${rest.map(renderChange)}</ol></details>`;
  const some = `${tellNumber(changes.length)} of ${countOf(total, 'change', 'changes')}`;
  return view`${total <= changes.length ? null : view`<p class="muted">${some}.</p>`}<ol class="change-list">${changes.slice(0, OPEN_CHANGES).map(renderChange)}</ol>${rest.length === 0 ? null : folded}
${next === undefined ? null : view`<p><a rel="next" href="${next}">More changes →</a></p>`}`;
}
