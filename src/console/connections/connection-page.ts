/** One connection: what to enter in the identity provider, tokens, state, mapping rules, a test. */
import { type Connection, type ConnectionToken, isLiveToken } from '../../directory/connections/connection.ts';
import type { RuleRunState } from '../../directory/rules/rule-run-worker.ts';
import type { MappingRule } from '../../mapping/rule.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import { minuteTime, renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { renderNamed } from '../../web/question.ts';
import { type View, view } from '../../web/view.ts';
import { renderAction, renderCopyable, renderOption } from '../forms.ts';
import { renderState } from './connection-list.ts';
import { type GuideField, guideOf } from './guides.ts';
import { describeRule } from './rule-words.ts';
import { renderRun } from './rules-run.ts';

export interface ConnectionPageData {
  readonly connection: Connection;
  readonly tokens: readonly ConnectionToken[];
  readonly rules: readonly MappingRule[];
  /** How far they are applied; undefined where none were ever saved. */
  readonly run: RuleRunState | undefined;
  readonly managed: { readonly users: number; readonly groups: number };
  readonly scimUrl: string;
  /** A token that was made just now: shown this once. */
  readonly newToken?: string;
  readonly now: number;
  readonly formToken: string;
}

function renderField({ label, value, copy }: GuideField, index: number): View {
  return view`<tr><th scope="row">${label}</th><td>${copy ? renderCopyable(`field-${index}`, value) : value}</td></tr>`;
}

function renderGuide({ connection, scimUrl, newToken }: ConnectionPageData): View {
  const guide = guideOf(connection.dialect, scimUrl, newToken);
  const isNew = newToken !== undefined;
  const shown = isNew
    ? view`<p class="told"><strong>The token is shown this once.</strong> Copy it now; Drawbridge keeps only its hash.</p>`
    : null;
  return view`<section aria-labelledby="guide"><h2 id="guide">What to enter in ${guide.name}</h2>${shown}
<p>${guide.where}</p>
<div class="scroll"><table class="plain guide"><tbody>${guide.fields.map(renderField)}</tbody></table></div>
<ol>${guide.afterwards.map((step) => view`<li>${step}</li>`)}</ol></section>`;
}

function tokenState({ revokedAt, expiresAt }: ConnectionToken, now: number): string {
  if (revokedAt !== null) return `ended ${minuteTime(revokedAt)}`;
  if (expiresAt === null) return 'valid, without an end';
  return expiresAt <= now ? `ended ${minuteTime(expiresAt)}` : `valid until ${minuteTime(expiresAt)}`;
}

function renderTokenRow(token: ConnectionToken, { connection, now, formToken }: ConnectionPageData): View {
  const address = `/admin/connections/${connection.id}/tokens/${token.id}/revoke`;
  const end = renderAction(address, formToken, renderNamed('End it', `: the token …${token.hint}`));
  return view`<tr><th scope="row"><code>…${token.hint}</code></th><td>${tokenState(token, now)}</td>
<td>${token.lastUsedAt === null ? 'never used' : view`last used ${renderTime(token.lastUsedAt, now)}`}</td>
<td>${isLiveToken(token, now) ? end : null}</td></tr>`;
}

function renderTokens(data: ConnectionPageData): View {
  const { connection, tokens, now, formToken } = data;
  const live = tokens.filter((token) => isLiveToken(token, now)).length;
  const grace = view`<label>The old ${live === 1 ? 'one goes' : 'ones go'} on working for <select name="grace">${renderOption('86400', 'a day', '86400')}${renderOption('3600', 'an hour', undefined)}${renderOption('604800', 'a week', undefined)}${renderOption('0', 'no time: they end now', undefined)}</select></label>`;
  return view`<section aria-labelledby="tokens"><h2 id="tokens">Tokens</h2>
<div class="scroll"><table class="plain"><caption class="visually-hidden">Tokens of ${connection.name}</caption><tbody>${tokens.map((token) => renderTokenRow(token, data))}</tbody></table></div>
<form method="post" action="/admin/connections/${connection.id}/tokens" class="inline">${formTokenField(formToken)}${live === 0 ? null : grace}<button type="submit">Make a new token</button></form>
<p class="muted">Old and new tokens work side by side, so that the identity provider can be switched over without a gap.</p></section>`;
}

function renderStateSection({ connection, managed, formToken }: ConnectionPageData): View {
  const { id, state } = connection;
  const pause = renderAction(`/admin/connections/${id}/pause`, formToken, 'Pause the connection …');
  return view`<section aria-labelledby="state"><h2 id="state">State</h2>
<p>${renderState(state)} It manages ${countOf(managed.users, 'user', 'users')} and ${countOf(managed.groups, 'group', 'groups')}. <a href="/admin/sync?connection=${id}">What it sent</a></p>
${state === 'active' ? pause : renderAction(`/admin/connections/${id}/resume`, formToken, 'Resume the connection')}</section>`;
}

function renderRules({ connection, rules, run, now, formToken }: ConnectionPageData): View {
  const list = rules.map((rule) => view`<li>${describeRule(rule)}</li>`);
  return view`<section aria-labelledby="rules"><h2 id="rules">Mapping rules</h2>
${rules.length === 0 ? view`<p>None: what is pushed gives no roles.</p>` : view`<ol>${list}</ol>`}
${renderRun(connection, run, now, formToken)}
<p><a class="button" href="/admin/connections/${connection.id}/rules">Change the rules</a></p></section>`;
}

function renderTest({ connection, formToken }: ConnectionPageData): View {
  return view`<section aria-labelledby="test"><h2 id="test">Test</h2>
<p>Sends the requests that the identity provider’s own test button sends, with a token that lives for a minute.</p>
${renderAction(`/admin/connections/${connection.id}/test`, formToken, 'Test the connection')}</section>`;
}

export function renderConnectionPage(data: ConnectionPageData): Page {
  const { name } = data.connection;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/connections">Back to the connections</a></nav>
<h1>${name}</h1>
${renderGuide(data)}
<div class="columns">${renderTokens(data)}${renderStateSection(data)}</div>
${renderRules(data)}
${renderTest(data)}`;
  return { title: name, section: 'connections', body };
}
