/** Views of service accounts and their keys. */
import { type ApiKey, isLive } from '../../directory/keys/api-key.ts';
import type { ServiceAccount } from '../../directory/keys/service-account.ts';
import { SCOPES } from '../../directory/principal.ts';
import type { Team } from '../../directory/teams/team.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import { exactTime, renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { renderNamed } from '../../web/question.ts';
import { type View, view } from '../../web/view.ts';
import { renderAction, renderCopyable, renderOption, renderProblem } from '../forms.ts';

export interface AccountsData {
  readonly accounts: readonly ServiceAccount[];
  readonly teams: readonly Team[];
  /** Only those of this team. */
  readonly teamId: string | undefined;
  readonly formToken: string;
  readonly problem: string | undefined;
}

export function renderAccounts({ accounts, teams, teamId, formToken, problem }: AccountsData): Page {
  const names = new Map(teams.map(({ id, name }) => [id, name]));
  const rows = accounts.map(
    ({ id, name, teamId: of, createdAt }) =>
      view`<tr role="row"><td role="cell" class="what" data-label="Name"><a href="/admin/service-accounts/${id}">${name}</a></td><td role="cell" data-label="Of">${of === null ? 'the organization' : `team ${names.get(of) ?? 'unknown'}`}</td><td role="cell" data-label="Since">${exactTime(createdAt).slice(0, 10)}</td></tr>`,
  );
  const table = view`<table role="table" class="log"><caption class="visually-hidden">Service accounts</caption><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th><th role="columnheader" scope="col">Of</th><th role="columnheader" scope="col">Since</th></tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;
  const owners = teams
    .filter(({ archivedAt }) => archivedAt === null)
    .map(({ id, name }) => renderOption(id, `Team ${name}`, teamId));
  const body = view`<h1>Service accounts</h1>
<p class="muted">For programs, not people: they use no seat and have no password, only API keys.${teamId === undefined ? null : view` <a href="/admin/service-accounts">Show all</a>`}</p>
${accounts.length === 0 ? view`<section class="empty"><p>There are none.</p></section>` : table}
<section aria-labelledby="new"><h2 id="new">Make one</h2>${renderProblem(problem)}<form method="post" action="/admin/service-accounts" class="inline">${formTokenField(formToken)}<label class="grow">Name<input name="name" required maxlength="100" autocomplete="off"></label><label>Of<select name="team"><option value="">The organization</option>${owners}</select></label><button type="submit" class="primary">Make it</button></form></section>`;
  return { title: 'Service accounts', section: 'service-accounts', body };
}

export interface AccountData {
  readonly account: ServiceAccount;
  readonly keys: readonly ApiKey[];
  readonly team: string | null;
  /** A key that was made just now: shown this once. */
  readonly secret: string | undefined;
  readonly problem: string | undefined;
  readonly now: number;
  readonly formToken: string;
}

function keyState(key: ApiKey, now: number): string {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt === null) return 'valid, without an end';
  return isLive(key, now) ? `valid until ${exactTime(key.expiresAt).slice(0, 10)}` : 'expired';
}

function renderKey(key: ApiKey, { account, now, formToken }: AccountData): View {
  const address = `/admin/service-accounts/${account.id}/keys/${key.id}/revoke`;
  const revoke = renderAction(address, formToken, renderNamed('Revoke', `the key ${key.name}`));
  return view`<tr><th scope="row">${key.name} <code>…${key.hint}</code></th><td>${key.scopes.join(', ')}</td><td>${keyState(key, now)}</td><td>${key.lastUsedAt === null ? 'never used' : view`last used ${renderTime(key.lastUsedAt, now)}`}</td><td>${isLive(key, now) ? revoke : null}</td></tr>`;
}

function renderNewKey({ account, formToken }: AccountData): View {
  const scopes = SCOPES.map(
    (scope) =>
      view`<label class="choice"><input type="checkbox" name="scope" value="${scope}"${scope === 'read' ? view` checked` : null}> <span>${scope}</span></label>`,
  );
  return view`<form method="post" action="/admin/service-accounts/${account.id}/keys" class="stack">${formTokenField(formToken)}<label>Name of the key<input name="name" required maxlength="100" autocomplete="off" placeholder="ci"></label>
<fieldset><legend>What it may be used for</legend>${scopes}</fieldset><label>Ends after<select name="days">${renderOption('90', '90 days', '90')}${renderOption('30', '30 days', undefined)}${renderOption('365', 'a year', undefined)}${renderOption('0', 'never', undefined)}</select></label><p><button type="submit">Make a key</button></p></form>`;
}

export function renderAccount(data: AccountData): Page {
  const { account, keys, team, secret, problem, formToken } = data;
  const live = keys.filter((key) => isLive(key, data.now)).length;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/service-accounts">Back to the service accounts</a></nav>
<h1>${account.name}</h1>
<p class="muted">Of ${team === null ? 'the organization' : `team ${team}`}, since ${exactTime(account.createdAt).slice(0, 10)}.</p>
${renderProblem(problem)}
${secret === undefined ? null : view`<section><p><strong>The key is shown this once.</strong> Copy it now; Drawbridge keeps only its hash.</p><p>${renderCopyable('secret', secret)}</p></section>`}
<section aria-labelledby="keys"><h2 id="keys">API keys</h2>${keys.length === 0 ? view`<p class="muted">None.</p>` : view`<div class="scroll"><table class="plain"><caption class="visually-hidden">API keys</caption><tbody>${keys.map((key) => renderKey(key, data))}</tbody></table></div>`}
<details${keys.length === 0 ? view` open` : null}><summary>Make a key</summary>${renderNewKey(data)}</details></section>
<section aria-labelledby="end"><h2 id="end">Remove it</h2><p class="muted">${countOf(live, 'live key stops', 'live keys stop')} working with it.</p>${renderAction(`/admin/service-accounts/${account.id}/remove`, formToken, 'Remove this service account …')}</section>`;
  return { title: account.name, section: 'service-accounts', body };
}
