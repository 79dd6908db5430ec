/** What a test of a connection came to. */
import type { Connection } from '../../directory/connections/connection.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import type { TestStep } from './self-test.ts';

function isWell({ status }: TestStep): boolean {
  return status !== null && status < 300;
}

function renderStep(step: TestStep): View {
  const { request, status, exchangeId, detail } = step;
  const outcome = isWell(step)
    ? view`<span class="badge changed"><span class="mark" aria-hidden="true">●</span>${String(status)}</span>`
    : view`<span class="badge failed"><span class="mark" aria-hidden="true">✕</span>${status === null ? 'no answer' : String(status)}</span>`;
  const link = exchangeId === null ? null : view`<a href="/admin/sync/${exchangeId}">In the sync log</a>`;
  return view`<tr><th scope="row"><code>${request}</code></th><td>${outcome}</td><td>${detail}</td><td>${link}</td></tr>`;
}

export function renderTestPage(connection: Connection, steps: readonly TestStep[]): Page {
  const verdict = steps.every(isWell)
    ? view`<p class="all-well"><span class="mark" aria-hidden="true">●</span> Drawbridge answers as the identity provider expects. If its own test fails, the way between the two is the cause: the address, a proxy, the certificate.</p>`
    : view`<p class="form-problem" role="alert">Not every request was answered as expected; the detail says why.</p>`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/connections/${connection.id}">Back to ${connection.name}</a></nav>
<h1>Test of ${connection.name}</h1>
<section>${verdict}<div class="scroll"><table class="plain"><caption class="visually-hidden">Requests of the test</caption><tbody>${steps.map(renderStep)}</tbody></table></div></section>`;
  return { title: `Test of ${connection.name}`, section: 'connections', body };
}
