/** What a test button came to, step by step. */
import type { Page } from '../../web/page.ts';
import { view } from '../../web/view.ts';
import type { TestResult } from './ports.ts';

export function renderTestResult(title: string, { ok, steps }: TestResult): Page {
  const rows = steps.map((step) => {
    const badge = step.ok
      ? view`<span class="badge changed"><span class="mark" aria-hidden="true">●</span>Well</span>`
      : view`<span class="badge failed"><span class="mark" aria-hidden="true">✕</span>Failed</span>`;
    return view`<tr><th scope="row">${step.what}</th><td>${badge}</td><td>${step.detail}</td></tr>`;
  });
  const verdict = ok
    ? view`<p class="all-well"><span class="mark" aria-hidden="true">●</span> The test went well.</p>`
    : view`<p class="form-problem" role="alert">The test did not go well.</p>`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/settings">Back to the settings</a></nav>
<h1>${title}</h1><section>${verdict}<div class="scroll"><table class="plain"><caption class="visually-hidden">Steps of the test</caption><tbody>${rows}</tbody></table></div></section>`;
  return { title, section: 'settings', body };
}
