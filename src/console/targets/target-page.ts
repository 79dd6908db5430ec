/** One target: how far behind, what was given up and why, what went out, its settings, and what can be done. */
import { tellNumber } from '../../numbers.ts';
import type { DeadLetter, ParkedSubject, TargetStatus } from '../../targets/status.ts';
import type { PushRecord } from '../../targets/store.ts';
import { parseSubjectKey } from '../../targets/target.ts';
import { tellLag, tellTrouble } from '../../targets/words.ts';
import { formTokenField } from '../../web/form-token.ts';
import { renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, type ViewValue, view } from '../../web/view.ts';
import { renderAction, renderCopyable, renderProblem } from '../forms.ts';
import { renderPushes } from './push-table.ts';
import { KINDS, renderState } from './target-list.ts';

export interface TargetPageData {
  readonly status: TargetStatus;
  readonly parked: readonly ParkedSubject[];
  readonly dead: readonly DeadLetter[];
  readonly pushes: readonly PushRecord[];
  /** A signing secret that was made just now: shown this once. */
  readonly secret?: string;
  readonly told: readonly string[];
  readonly problem?: string;
  readonly now: number;
  readonly formToken: string;
}

/** Where a subject has a page of its own. */
const PAGES: Readonly<Record<string, string>> = {
  ...{ user: 'people', team: 'teams', role: 'roles', connection: 'connections', service_account: 'service-accounts' },
};

function renderSubject(key: string, name: string): View {
  const { type, id } = parseSubjectKey(key);
  const page = PAGES[type];
  return page === undefined ? view`${name}` : view`<a href="/admin/${page}/${id}">${name}</a>`;
}

function renderParked({ status, parked, dead, now, formToken }: TargetPageData): View | null {
  if (parked.length + dead.length === 0) return null;
  const address = `/admin/targets/${status.target.id}/retry`;
  const subjects = parked.map(
    ({ subject, name, reason, since }) =>
      view`<tr><th scope="row">${renderSubject(subject, name)}</th><td>${reason}</td><td>${renderTime(since, now)}</td><td>${renderAction(address, formToken, 'Try again', view`<input type="hidden" name="subject" value="${subject}">`)}</td></tr>`,
  );
  const letters = dead.map(
    ({ subject, name, reason, since, position }) =>
      view`<tr><th scope="row">event ${String(position)} about ${renderSubject(subject, name)}</th><td>${reason}</td><td>${renderTime(since, now)}</td><td></td></tr>`,
  );
  return view`<section class="error-box" aria-labelledby="parked"><h2 id="parked">Given up</h2><div class="scroll"><table class="plain"><caption class="visually-hidden">What was given up</caption><tbody>${subjects}${letters}</tbody></table></div>${renderAction(address, formToken, status.parked + status.deliveries.dead === 1 ? 'Try it again' : `Try all ${tellNumber(status.parked + status.deliveries.dead)} again`)}</section>`;
}

function renderActions({ status: { target }, formToken }: TargetPageData): View {
  const address = `/admin/targets/${target.id}`;
  const toggle =
    target.state === 'active'
      ? renderAction(`${address}/pause`, formToken, 'Pause …')
      : renderAction(`${address}/resume`, formToken, 'Resume');
  const drift =
    target.kind === 'webhook' ? null : view`<a class="button" href="${address}/drift">Compare with what is there</a>`;
  const rotate =
    target.kind === 'webhook' ? renderAction(`${address}/rotate`, formToken, 'New signing secret …') : null;
  return view`<section aria-labelledby="do"><h2 id="do">What can be done</h2><div class="inline">${renderAction(`${address}/test`, formToken, 'Test')}${toggle}<a class="button" href="${address}/dry-run">What would be sent</a> ${drift}${rotate}${renderAction(`${address}/remove`, formToken, 'Remove this target …')}</div></section>`;
}

function renderSettings({ status: { target }, formToken }: TargetPageData): View {
  const secret =
    target.kind === 'webhook'
      ? null
      : view`<label>New API key or token (empty: stays; needed for another host)<input type="password" name="secret" autocomplete="off"></label>`;
  return view`<section aria-labelledby="settings"><h2 id="settings">Settings</h2><form method="post" action="/admin/targets/${target.id}/settings" class="stack">${formTokenField(formToken)}<label>As JSON; docs/targets explains each<textarea name="settings" rows="12" spellcheck="false">${JSON.stringify(target.settings, null, 2)}</textarea></label>${secret}<p><button type="submit">Save the settings</button></p></form></section>`;
}

export function renderTargetPage(data: TargetPageData): Page {
  const { status, pushes, secret, told, problem, now } = data;
  const { target, subjects, deliveries } = status;
  const trouble = tellTrouble(status, now);
  const fact = (name: string, value: ViewValue): View => view`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const counts =
    target.kind === 'webhook'
      ? fact('Events', `${tellNumber(deliveries.waiting)} waiting, ${tellNumber(deliveries.dead)} given up`)
      : fact(
          'People and teams',
          Object.entries(subjects)
            .filter(([, count]) => count > 0)
            .map(([outcome, count]) => `${tellNumber(count)} ${outcome}`)
            .join(', ') || 'none pushed yet',
        );
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/targets">Back to the targets</a></nav>
<h1>${target.name}</h1>
${renderProblem(problem)}${told.map((line) => view`<p class="told" role="status">${line}</p>`)}
${secret === undefined ? null : view`<section><p><strong>The signing secret is shown this once:</strong> ${renderCopyable('secret', secret)}</p></section>`}
<section aria-labelledby="state"><h2 id="state" class="visually-hidden">State</h2><dl class="facts">${fact('Kind', KINDS[target.kind].title)}${fact('State', renderState(status))}${fact('In step', tellLag(status))}${counts}</dl>${trouble === null ? null : view`<p>${trouble}</p>`}</section>
${renderParked(data)}${renderActions(data)}
<section aria-labelledby="pushes"><h2 id="pushes">What went out</h2>${pushes.length === 0 ? view`<p class="muted">Nothing yet.</p>` : view`<p class="muted">Each with the request of an identity provider that caused it. What the first load finds, a repair and a retry have none.</p>${renderPushes(pushes, now)}`}</section>
${renderSettings(data)}`;
  return { title: target.name, section: 'targets', body };
}
