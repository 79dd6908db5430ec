/** What would be sent to a target, and where it differs from what is wanted. */
import type { Difference, Drift } from '../../targets/drift.ts';
import type { DryRun, PlannedSubject } from '../../targets/dry-run.ts';
import type { Target } from '../../targets/target.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';

function back(target: Target): View {
  return view`<nav class="steps" aria-label="Back"><a href="/admin/targets/${target.id}">Back to ${target.name}</a></nav>`;
}

function renderPlanned({ name, requests, reason }: PlannedSubject): View {
  const sent = requests.map(
    ({ method, url, body }) =>
      view`<li><code>${method} ${url}</code>${body === undefined ? null : view`<pre class="body wrap"><code>${JSON.stringify(body, null, 2)}</code></pre>`}</li>`,
  );
  return view`<li><details><summary>${name}: ${requests.length} ${requests.length === 1 ? 'request' : 'requests'}</summary>${reason === null ? null : view`<p class="form-problem">${reason}</p>`}<ol>${sent}</ol></details></li>`;
}

export function renderDryRun(target: Target, { planned, looked, next }: DryRun): Page {
  const body = view`${back(target)}<h1>What would be sent to ${target.name}</h1>
<section><p>${looked} people and teams were looked at; for ${planned.length} of them something would be sent. Nothing was.</p>
${planned.length === 0 ? null : view`<ul class="answers">${planned.map(renderPlanned)}</ul>`}
${next === null ? null : view`<p><a rel="next" href="/admin/targets/${target.id}/dry-run?after=${encodeURIComponent(next)}">Look at the next ones →</a></p>`}</section>`;
  return { title: `What would be sent to ${target.name}`, section: 'targets', body };
}

const KIND_WORDS = { missing: 'is missing there', extra: 'is there and should not be', different: 'differs' } as const;

function renderDifference({ id, kind, name, fields }: Difference): View {
  const told = fields.map(
    ({ field, wanted, there }) => `${field}: wanted ${JSON.stringify(wanted)}, there ${JSON.stringify(there)}`,
  );
  return view`<label class="choice"><input type="checkbox" name="difference" value="${id} ${kind}" checked> <span><strong>${name}</strong> ${KIND_WORDS[kind]}${told.length === 0 ? null : view`<br><span class="muted">${told.join('; ')}</span>`}</span></label>`;
}

export function renderDrift(
  target: Target,
  { differences, unmanaged, archivedTeams, isCut }: Drift,
  formToken: string,
): Page {
  const { users, teams, members } = unmanaged;
  const list = view`<form method="post" action="/admin/targets/${target.id}/repair">${formTokenField(formToken)}${differences.map(renderDifference)}<p><button type="submit" class="primary">Repair the chosen ones …</button></p></form>`;
  const body = view`${back(target)}<h1>What is there, compared with what is wanted</h1>
<section>${differences.length === 0 ? view`<p class="all-well"><span class="mark" aria-hidden="true">●</span> Everything that Drawbridge manages is as it should be.</p>` : list}
${isCut ? view`<p class="muted">There are more; repair these first.</p>` : null}
<p class="muted">Left alone, because Drawbridge never pushed them: ${users} users, ${teams} teams, ${members} memberships.</p>
${archivedTeams === 0 ? null : view`<p class="muted">Left alone, because they are archived here and not deleted there: ${archivedTeams} teams.</p>`}</section>`;
  return { title: 'What is there, compared with what is wanted', section: 'targets', body };
}
