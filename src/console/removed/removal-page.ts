/** One removal: who, why, what they held, what they left behind, everything that happened since, and what can be done. */
import type { RemovalStory, StoryEntry } from '../../directory/removals/ledger-view.ts';
import type { RecordedProject } from '../../ledger/inventory/recorded.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import { exactTime, renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, type ViewValue, view } from '../../web/view.ts';
import { describeHandover, describeInventory, describeVerification, tellEntry } from './removal-words.ts';
import { STATES } from './removed-filter.ts';

export interface RemovalPageData {
  readonly story: RemovalStory;
  /** Name of who has the runs; null where nobody does or they are gone. */
  readonly heir: string | null;
  readonly canAsk: boolean;
  readonly now: number;
  readonly formToken: string;
  readonly problem?: string;
}

function renderFact(name: string, value: ViewValue): View {
  return view`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function renderHeld({ held }: RemovalStory): string {
  if (held === null) return 'not on record';
  const teams = held.teams.map(({ name, role }) => `${role === 'viewer' ? 'View-Only' : role} in ${name}`);
  return [`${held.organizationRole} of the organization`, ...teams].join(', ');
}

function renderFacts({ story, now, heir }: RemovalPageData): View {
  const { removal, by, exchange, at, team, reason, cause } = story;
  const source = exchange === null ? null : view` — <a href="/admin/sync/${exchange}">the request</a>`;
  return view`<dl class="facts">
${renderFact('Left', view`${team === null ? 'the organization' : `team ${team}`}, ${renderTime(Date.parse(at), now)}`)}
${renderFact('Why', reason ?? cause)}
${renderFact('By', view`${by.name}${source}`)}
${renderFact('Held', renderHeld(story))}
${renderFact('State', STATES[removal.state])}
${renderFact('Runs', describeInventory(removal))}
${renderFact('Checked again', view`${describeVerification(removal)}${removal.verification.at === null ? null : view`, ${renderTime(Date.parse(removal.verification.at), now)}`}`)}
${renderFact('Kept', removal.hold ? 'legal hold: for as long as it stands' : removal.keepUntil === null ? 'for ever' : `until ${removal.keepUntil.slice(0, 10)}`)}
${renderFact('Handed over', view`${describeHandover(removal)}${heir === null ? null : `: ${heir}`}`)}
</dl>`;
}

function renderProject({ team, project, runs, firstRunAt, lastRunAt }: RecordedProject): View {
  const day = (text: string | null): string => text?.slice(0, 10) ?? 'not told';
  return view`<tr><th scope="row">${team === null ? project : `${team}/${project}`}</th><td class="number">${tellNumber(runs)}</td><td>${day(firstRunAt)}</td><td>${day(lastRunAt)}</td></tr>`;
}

function renderProjects({ story, formToken, canAsk }: RemovalPageData): View {
  const { id } = story.removal;
  const table = view`<div class="scroll"><table class="plain"><caption class="visually-hidden">Runs by project</caption><thead><tr><th scope="col">Project</th><th scope="col" class="number">Runs</th><th scope="col">First</th><th scope="col">Last</th></tr></thead><tbody>${story.projects.map(renderProject)}</tbody></table></div>
<p><a href="/admin/removed/${id}/work-list.csv" download>The projects as a work list (CSV)</a></p>`;
  const ask = view`<form method="post" action="/admin/removed/${id}/reverify" class="action">${formTokenField(formToken)}<button type="submit">Ask the tracker again</button></form>`;
  return view`<section aria-labelledby="runs"><h2 id="runs">What they left behind</h2>
<p>${describeInventory(story.removal)}</p>${story.projects.length === 0 ? null : table}${canAsk && story.removal.inventory.runs !== null && story.removal.erasedAt === null ? ask : null}</section>`;
}

function renderStep(entry: StoryEntry): View {
  const reason = entry.reason === null ? null : view` <span class="muted">Reason: ${entry.reason}</span>`;
  return view`<li><p>${tellEntry(entry)}${reason}</p><p class="muted">${exactTime(Date.parse(entry.at))} · ${entry.by.name} · entry ${String(entry.position)}, <code>${entry.hash.slice(0, 12)}</code></p></li>`;
}

function renderReasonForm(
  action: string,
  formToken: string,
  label: string,
  more: ViewValue = null,
  required = true,
): View {
  return view`<form method="post" action="${action}" class="stack">${formTokenField(formToken)}${more}<label>Reason${required ? null : ' (optional)'}<input name="reason" maxlength="500" autocomplete="off"${required ? view` required` : null}></label><p><button type="submit">${label}</button></p></form>`;
}

function renderActions({ story, formToken }: RemovalPageData): View {
  const { id, hold, keepUntil, handover, erasedAt, inventory } = story.removal;
  const address = `/admin/removed/${id}`;
  const until = view`<label>Keep until (empty: for ever)<input type="date" name="until" value="${keepUntil?.slice(0, 10)}"></label>`;
  const heir = view`<fieldset><legend>Who gets them?</legend><label class="choice"><input type="radio" name="kind" value="user" checked> <span>A user</span></label><label class="choice"><input type="radio" name="kind" value="team"> <span>A team</span></label><label>Name<input name="heir" required autocomplete="off" placeholder="User name, e-mail address, or name of the team"></label></fieldset>`;
  const isGiven = handover.state !== null && handover.state !== 'undone';
  const runs = inventory.runs ?? 0;
  const give = isGiven
    ? view`<details><summary>Take the hand-over back</summary>${renderReasonForm(`${address}/undo-hand-over`, formToken, 'Take it back …', null, false)}</details>`
    : view`<details><summary>Hand the runs over</summary><p>${countOf(runs, 'run', 'runs')} shall belong to somebody else. It goes on record; where the tracker lets it, it is carried out there, and it can be taken back.</p>${renderReasonForm(`${address}/hand-over`, formToken, 'Hand them over …', heir, false)}</details>`;
  const holding = hold
    ? view`<details><summary>Lift the legal hold</summary>${renderReasonForm(`${address}/lift-hold`, formToken, 'Lift the hold …')}</details>`
    : view`<details><summary>Place a legal hold</summary><p>The runs are kept whatever date is set, until the hold is lifted.</p>${renderReasonForm(`${address}/hold`, formToken, 'Place the hold')}</details>`;
  const erase = view`<details><summary>Erase personal data</summary><p>Names and addresses of this person are replaced by a pseudonym, for good.</p>${renderReasonForm(`${address}/erase`, formToken, 'Erase the personal data …')}</details>`;
  if (erasedAt !== null)
    return view`<section><p>The personal data was erased ${exactTime(Date.parse(erasedAt)).slice(0, 10)}.</p></section>`;
  return view`<section aria-labelledby="do"><h2 id="do">What can be done</h2>${give}${holding}
<details><summary>Set how long the runs are kept</summary>${renderReasonForm(`${address}/retention`, formToken, 'Set it', until, false)}</details>${erase}</section>`;
}

export function renderRemovalPage(data: RemovalPageData): Page {
  const { story, problem } = data;
  const title = `${story.name} left ${story.team === null ? 'the organization' : `team ${story.team}`}`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/removed">Back to the removed people</a></nav>
<h1>${title}</h1>
${problem === undefined ? null : view`<p class="form-problem" role="alert">${problem}</p>`}
<section aria-labelledby="facts"><h2 id="facts">What is on record</h2>${renderFacts(data)}</section>
<div class="columns">${renderProjects(data)}${renderActions(data)}</div>
<section aria-labelledby="story"><h2 id="story">What happened</h2><ol class="change-list">${story.story.map(renderStep)}</ol></section>
<p><a href="/admin/sync?user=${encodeURIComponent(story.userId)}">Everything about this person in the sync log</a></p>`;
  return { title, section: 'removed', body };
}
