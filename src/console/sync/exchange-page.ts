/** One exchange: what was asked, how it was read, what it changed, what was answered. */
import type { ConnectionToken } from '../../directory/connections/connection.ts';
import type { Change, Subject } from '../../synclog/change.ts';
import type { Exchange, Repair } from '../../synclog/exchange.ts';
import { countOf } from '../../web/count-words.ts';
import { describeDuration, exactTime, renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, type ViewValue, view } from '../../web/view.ts';
import { type ErrorWords, explainError } from '../error-words.ts';
import { renderSentPushes, type SentPush } from '../targets/push-table.ts';
import { describeOperation, describeOutcome, isSignIn } from '../words.ts';
import { renderChanges } from './change-list.ts';
import { toCurl } from './curl.ts';
import { prettyJson, renderJson } from './json-text.ts';
import type { Neighbours } from './neighbours.ts';
import { renderOutcome } from './sync-row.ts';

export interface ExchangePageData {
  readonly exchange: Exchange;
  /** A page of them. */
  readonly changes: readonly Change[];
  /** Address of the next page of changes; undefined at the end. */
  readonly moreChanges: string | undefined;
  /** What went out to targets because of it. */
  readonly sent: readonly SentPush[];
  readonly connection: string;
  readonly token: ConnectionToken | undefined;
  readonly neighbours: Neighbours;
  /** Filter of the list that one came from. */
  readonly search: string;
  readonly now: number;
  readonly publicUrl: string;
  /** Of a sign-in that was refused. */
  readonly refusal: ErrorWords | undefined;
}

const MAX_PEOPLE = 8;

function renderFact(name: string, value: ViewValue): View {
  return view`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function renderTokenName(exchange: Exchange, token: ConnectionToken | undefined): ViewValue {
  if (exchange.tokenId === null) return 'none that is known';
  if (token === undefined) return 'no longer on record';
  return view`ending in <code>${token.hint}</code>${token.revokedAt === null ? null : ', revoked since'}`;
}

function renderFacts({ exchange, connection, token, now }: ExchangePageData): View {
  const agent = exchange.userAgent === null || exchange.userAgent === '' ? 'not sent' : exchange.userAgent;
  return view`<dl class="facts">
${renderFact('When', view`${exactTime(exchange.at)} (${renderTime(exchange.at, now)})`)}
${renderFact('Took', describeDuration(exchange.durationUs))}
${isSignIn(exchange.operation) ? null : view`${renderFact('Connection', exchange.connectionId === null ? connection : view`<a href="/admin/connections/${exchange.connectionId}">${connection}</a>`)}${renderFact('Token', renderTokenName(exchange, token))}`}
${renderFact('Address', exchange.remoteAddress ?? 'unknown')}
${renderFact('User agent', agent)}
${renderFact('Operation', describeOperation(exchange.operation))}
${renderFact('Id', view`<code>${exchange.id}</code>`)}
</dl>`;
}

function renderError({ exchange, refusal }: ExchangePageData): View | null {
  const { errorCode, errorDetail, operation } = exchange;
  if (errorCode === null) return null;
  const { meaning, advice } = refusal ?? explainError(errorCode);
  const told = isSignIn(operation) ? 'What came' : 'The identity provider was told';
  return view`<section class="error-box" aria-labelledby="why"><h2 id="why">Why: <code>${errorCode}</code></h2>
<p>${meaning}</p>${errorDetail === null ? null : view`<p>${told}: <q>${errorDetail}</q></p>`}
<p><strong>What to do:</strong> ${advice}</p></section>`;
}

function renderRepair({ code, at, detail }: Repair): View {
  return view`<tr role="row"><th role="rowheader" scope="row"><code>${at}</code></th><td role="cell">${detail}</td><td role="cell"><code>${code}</code></td></tr>`;
}

function renderRepairs(repairs: readonly Repair[]): View | null {
  if (repairs.length === 0) return null;
  return view`<section aria-labelledby="repairs"><h2 id="repairs">What was repaired</h2>
<p class="muted">The request differed from the standard in these places, in a way that is known of this identity provider, and was read as meant.</p>
<div class="scroll"><table role="table" class="plain"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Where</th><th role="columnheader" scope="col">What came and what it was read as</th><th role="columnheader" scope="col">Repair</th></tr></thead>
<tbody role="rowgroup">${repairs.map(renderRepair)}</tbody></table></div></section>`;
}

function renderBody(label: string, body: string | null): View {
  if (body === null || body === '') return view`<p class="muted">No body.</p>`;
  const raw = view`<details><summary>Raw, as recorded (secrets taken out)</summary><pre class="body wrap" tabindex="0" role="region" aria-label="${label}, raw"><code>${body}</code></pre></details>`;
  return view`<pre class="body" tabindex="0" role="region" aria-label="${label}"><code>${renderJson(body)}</code></pre>
${prettyJson(body) === undefined ? null : raw}`;
}

function renderCurl(publicUrl: string, exchange: Exchange): View {
  return view`<details class="curl"><summary>As a curl command</summary>
<p class="muted">Set <code>SCIM_TOKEN</code> to a token of the connection first. What was taken out of the record has to be filled in.</p>
<copy-button for="curl" hidden><button type="button">Copy</button><span role="status"></span></copy-button>
<pre class="body wrap" tabindex="0" role="region" aria-label="curl command"><code id="curl">${toCurl(publicUrl, exchange)}</code></pre></details>`;
}

type PersonRef = readonly [id: string, name: string];

function peopleAmong(subjects: readonly (Pick<Subject, 'type' | 'id' | 'name'> | null)[]): readonly PersonRef[] {
  return [...new Map(subjects.flatMap((one) => (one?.type === 'user' ? [[one.id, one.name] as const] : [])))];
}

function renderPerson([id, name]: PersonRef): View {
  const key = encodeURIComponent(id);
  return view`<li><a href="/admin/people/${key}">${name}</a> <a class="muted" href="/admin/sync?user=${key}" aria-label="${name} in the sync log">log</a></li>`;
}

/** Whom it changed; where it changed nobody, whom it was about. */
function renderPeople({ exchange, changes, moreChanges }: ExchangePageData): View | null {
  const changed = peopleAmong(changes.map(({ subject }) => subject));
  const people = changed.length > 0 ? changed : peopleAmong([exchange.subject]);
  if (people.length === 0) return null;
  const title = changed.length > 0 ? 'Who was changed by this' : 'Whom it was about';
  const some = moreChanges === undefined ? null : view`<p class="muted">Of the changes above; there are more.</p>`;
  const rest = people.slice(MAX_PEOPLE);
  const others = view`<details><summary>${countOf(rest.length, 'other', 'others')}</summary><ul class="people">${rest.map(renderPerson)}</ul></details>`;
  return view`<section aria-labelledby="people"><h2 id="people">${title}</h2>${some}
<ul class="people">${people.slice(0, MAX_PEOPLE).map(renderPerson)}</ul>${rest.length === 0 ? null : others}</section>`;
}

/** Of several changes that became one push, the last one is told as its cause. */
function renderSent({ exchange, sent, now }: ExchangePageData): View | null {
  if (exchange.changeCount === 0) return null;
  const nothing = view`<p class="muted">Nothing so far. A target that is paused or behind gets it later; what changed may also have gone out together with a later change.</p>`;
  return view`<section aria-labelledby="sent"><h2 id="sent">What went out to targets</h2>${sent.length === 0 ? nothing : renderSentPushes(sent, now)}</section>`;
}

function renderSteps({ neighbours, search }: ExchangePageData): View {
  const step = (id: string | undefined, label: string, rel: string): View =>
    id === undefined
      ? view`<span class="muted">${label}</span>`
      : view`<a rel="${rel}" href="/admin/sync/${id}${search}">${label}</a>`;
  return view`<nav class="steps" aria-label="Other exchanges"><a href="/admin/sync${search}">Back to the log</a>
${step(neighbours.newer, '← Newer', 'prev')} ${step(neighbours.older, 'Older →', 'next')}</nav>`;
}

export function renderExchangePage(data: ExchangePageData): Page {
  const { exchange, changes, moreChanges, publicUrl } = data;
  const body = view`${renderSteps(data)}
<h1>${exchange.summary}</h1>
<p class="verdict">${renderOutcome(exchange.outcome)} <span>${describeOutcome(exchange.outcome).meaning}</span>
<span class="muted">${isSignIn(exchange.operation) ? describeOperation(exchange.operation) : data.connection} · ${renderTime(exchange.at, data.now)}</span></p>
${renderError(data)}
<section aria-labelledby="changes"><h2 id="changes">What changed</h2>${renderChanges(changes, exchange.changeCount, moreChanges)}</section>
${renderSent(data)}
${renderPeople(data)}
${renderRepairs(exchange.repairs)}
<div class="columns">
<section aria-labelledby="request"><h2 id="request">Request</h2>
<p class="line"><code><strong>${exchange.method}</strong> ${exchange.path}</code></p>${renderBody('Request body', exchange.requestBody)}
${isSignIn(exchange.operation) ? null : renderCurl(publicUrl, exchange)}</section>
<section aria-labelledby="answer"><h2 id="answer">Answer</h2>
<p class="line"><code><strong>${String(exchange.status)}</strong></code></p>${renderBody('Answer body', exchange.responseBody)}</section>
</div>
<section aria-labelledby="facts"><h2 id="facts">Who and when</h2>${renderFacts(data)}</section>`;
  return { title: exchange.summary, section: 'sync', body };
}
