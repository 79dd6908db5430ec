/** Pushes as rows: what went out to whom, how it went, and the requests that it took. */
import type { PushRecord } from '../../targets/store.ts';
import { countOf } from '../../web/count-words.ts';
import { renderTime } from '../../web/moment.ts';
import { type View, view } from '../../web/view.ts';

const OUTCOMES: Readonly<Record<PushRecord['outcome'], string>> = {
  ...{ done: 'changed', refused: 'refused', parked: 'failed', retry: 'refused' },
};

/** A push, and the name of the target that it went to. */
export interface SentPush {
  readonly push: PushRecord;
  readonly target: string;
}

function renderSource({ cause }: PushRecord): View {
  if (cause === null) return view`<span class="muted">without a request</span>`;
  if (cause.exchangeId === null) return view`<span class="muted">from a change made here</span>`;
  return view`<a href="/admin/sync/${cause.exchangeId}">from this request</a>`;
}

function renderRow(push: PushRecord, now: number, from: View): View {
  const { subject, outcome, reason, at, requests } = push;
  const asked = view`<details><summary>${countOf(requests.length, 'request', 'requests')}</summary><ul>${requests.map((request) => view`<li><code>${request}</code></li>`)}</ul></details>`;
  return view`<tr><th scope="row">${subject.name}</th><td><span class="badge ${OUTCOMES[outcome]}">${outcome}</span></td><td>${renderTime(at, now)} ${from}</td><td>${reason}${requests.length === 0 ? null : asked}</td></tr>`;
}

function renderTable(caption: string, rows: readonly View[]): View {
  return view`<div class="scroll"><table class="plain"><caption class="visually-hidden">${caption}</caption><tbody>${rows}</tbody></table></div>`;
}

/** Of one target, each with where it came from. */
export function renderPushes(pushes: readonly PushRecord[], now: number): View {
  const rows = pushes.map((push) => renderRow(push, now, renderSource(push)));
  return renderTable('Pushes, newest first', rows);
}

/** Of one exchange, each with the target that it went to. */
export function renderSentPushes(sent: readonly SentPush[], now: number): View {
  const rows = sent.map(({ push, target }) =>
    renderRow(push, now, view`<a href="/admin/targets/${push.targetId}">${target}</a>`),
  );
  return renderTable('What went out, in the order in which it did', rows);
}
