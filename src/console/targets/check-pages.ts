/** What would be sent to a target, and where it differs from what is wanted. */
import { tellNumber } from '../../numbers.ts';
import type { Difference, Drift } from '../../targets/drift.ts';
import type { DryRun, PlannedSubject } from '../../targets/planned.ts';
import type { Target } from '../../targets/target.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';

function back(target: Target): View {
  return view`<nav class="steps" aria-label="Back"><a href="/admin/targets/${target.id}">Back to ${target.name}</a></nav>`;
}

function renderPlanned({ kind }: Target, { name, requests, reason }: PlannedSubject): View {
  const sent = requests.map(
    ({ method, url, body }) =>
      view`<li><code>${method} ${url}</code>${body === undefined ? null : view`<pre class="body wrap"><code>${JSON.stringify(body, null, 2)}</code></pre>`}</li>`,
  );
  // An event is one request.
  const count = kind === 'webhook' ? '' : `: ${countOf(requests.length, 'request', 'requests')}`;
  return view`<li><details><summary>${name}${count}${kind === 'webhook' && reason !== null ? ' (given up)' : ''}</summary>${reason === null ? null : view`<p class="form-problem">${reason}</p>`}<ol>${sent}</ol></details></li>`;
}

/** What was looked at, and what came of it. */
function describeRun({ kind }: Target, { planned, looked, next, more }: DryRun): string {
  if (kind !== 'webhook')
    return `${tellNumber(looked)} people and teams were looked at; for ${tellNumber(planned.length)} of them something would be sent. Nothing was.`;
  const givenUp = planned.filter(({ reason }) => reason !== null).length;
  const waits = `${countOf(planned.length - givenUp, 'event', 'events')} would be sent, those about one person or team in this order. Nothing was.`;
  const dead = givenUp === 0 ? '' : ` ${countOf(givenUp, 'more was', 'more were')} given up.`;
  return `${waits}${dead}${next === null ? '' : ` ${countOf(more ?? 0, 'event comes', 'events come')} after them.`}`;
}

export function renderDryRun(target: Target, run: DryRun): Page {
  const { planned, next } = run;
  const body = view`${back(target)}<h1>What would be sent to ${target.name}</h1>
<section><p>${describeRun(target, run)}</p>
${planned.length === 0 ? null : view`<ul class="answers">${planned.map((each) => renderPlanned(target, each))}</ul>`}
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
<p class="muted">Left alone, because Drawbridge never pushed them: ${countOf(users, 'user', 'users')}, ${countOf(teams, 'team', 'teams')}, ${countOf(members, 'membership', 'memberships')}.</p>
${archivedTeams === 0 ? null : view`<p class="muted">Left alone, because they are archived here and not deleted there: ${countOf(archivedTeams, 'team', 'teams')}.</p>`}</section>`;
  return { title: 'What is there, compared with what is wanted', section: 'targets', body };
}
