/** One person: who, what they may do and why, where they are signed in, their keys, their story, and what can be done. */

import type { IdentityLink } from '../../directory/entry/identity-link.ts';
import type { Session } from '../../directory/entry/session.ts';
import type { ApiKey } from '../../directory/keys/api-key.ts';
import type { PersonView } from '../../directory/people/people.ts';
import type { RemovalView } from '../../directory/removals/ledger-view.ts';
import type { ExplainedGrant, ExplainedScope } from '../../directory/roles/explain.ts';
import { ORGANIZATION_ROLES, shownRole } from '../../mapping/roles.ts';
import type { Change } from '../../synclog/change.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import { exactTime, minuteTime, renderTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { renderNamed } from '../../web/question.ts';
import { reasonOf } from '../../web/role-reasons.ts';
import { type View, type ViewValue, view } from '../../web/view.ts';
import { renderAction, renderOption, renderProblem } from '../forms.ts';
import { describeChange, describeSignIn } from '../words.ts';
import { renderStatus } from './people-list.ts';

export interface PersonPageData {
  readonly person: PersonView;
  /** Name of the connection that manages them; null for nobody. */
  readonly connection: string | null;
  readonly sessions: readonly Session[];
  readonly keys: readonly ApiKey[];
  /** Who they are to those who vouch for them at a sign-in. */
  readonly links: readonly IdentityLink[];
  /** Connections that may be let take them over: for an admin whom nobody manages. */
  readonly adopters: readonly { readonly id: string; readonly name: string; readonly isApproved: boolean }[];
  readonly changes: readonly Change[];
  readonly removals: readonly { readonly view: RemovalView; readonly at: number; readonly team: string | null }[];
  /** What came of the last thing that was done, to be told once. */
  readonly told: readonly string[];
  readonly problem?: string;
  /** Bringing them back goes against this connection: to be said twice. */
  readonly asksAgainst: boolean;
  readonly now: number;
  readonly formToken: string;
}

function renderFact(name: string, value: ViewValue): View {
  return view`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function renderGrant(one: ExplainedGrant): View {
  const { grant, exchangeId } = one;
  const source = exchangeId === null ? null : view`, <a href="/admin/sync/${exchangeId}">by this request</a>`;
  return view`<li>${shownRole(grant.role)}: ${reasonOf(one)}, since ${minuteTime(grant.createdAt)}${source}</li>`;
}

function renderScope({ team, role, grants, exclusion, archived }: ExplainedScope): View {
  const place = team === null ? 'The organization' : view`Team <a href="/admin/teams/${team.id}">${team.name}</a>`;
  const none = grants.length === 0 && exclusion === null ? view`<li class="muted">as everybody here</li>` : null;
  const kept =
    exclusion === null ? null : view`<li>kept out by hand since ${exactTime(exclusion.createdAt).slice(0, 10)}</li>`;
  return view`<tr role="row"><th role="rowheader" scope="row">${place}</th><td role="cell"><strong>${role === null ? 'none' : shownRole(role)}</strong></td>
<td role="cell"><ul class="reasons">${none}${grants.map(renderGrant)}${kept}${archived ? view`<li>the team is archived</li>` : null}</ul></td></tr>`;
}

function renderRoles({ person }: PersonPageData): View {
  return view`<section aria-labelledby="roles"><h2 id="roles">Roles, and why</h2><div class="scroll"><table role="table" class="plain"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Where</th><th role="columnheader" scope="col">Role</th><th role="columnheader" scope="col">Why</th></tr></thead>
<tbody role="rowgroup">${(person.roles ?? []).map(renderScope)}</tbody></table></div></section>`;
}

function renderLinks({ links }: PersonPageData): View | null {
  if (links.length === 0) return null;
  const rows = links.map(
    ({ connector, issuer, subject, createdAt }) =>
      view`<tr><th scope="row">${describeSignIn(connector)}</th><td><code>${issuer}</code></td><td>as <code>${subject}</code></td><td>since ${minuteTime(createdAt)}</td></tr>`,
  );
  return view`<section aria-labelledby="links"><h2 id="links">Links to identity providers</h2><div class="scroll"><table class="plain"><caption class="visually-hidden">Who they are to those who vouch for them at a sign-in</caption><tbody>${rows}</tbody></table></div></section>`;
}

function renderSessions({ person, sessions, now, formToken }: PersonPageData): View {
  const rows = sessions.map(
    (session) =>
      view`<tr><th scope="row">${describeSignIn(session.connector)}</th><td>${session.remoteAddress ?? 'unknown address'}</td><td>last seen ${renderTime(session.lastSeenAt, now)}</td></tr>`,
  );
  const end = renderAction(
    `/admin/people/${person.id}/end-sessions`,
    formToken,
    `End ${countOf(sessions.length, 'session', 'sessions')} …`,
  );
  return view`<section aria-labelledby="sessions"><h2 id="sessions">Sessions</h2>${rows.length === 0 ? view`<p class="muted">Not signed in.</p>` : view`<div class="scroll"><table class="plain"><caption class="visually-hidden">Sessions</caption><tbody>${rows}</tbody></table></div>${end}`}</section>`;
}

function renderKeys({ person, keys, now, formToken }: PersonPageData): View {
  const rows = keys.map((key) => {
    const address = `/admin/people/${person.id}/keys/${key.id}/revoke`;
    const revoke = renderAction(address, formToken, renderNamed('Revoke', `the key ${key.name}`));
    return view`<tr><th scope="row">${key.name} <code>…${key.hint}</code></th><td>${key.lastUsedAt === null ? 'never used' : view`last used ${renderTime(key.lastUsedAt, now)}`}</td><td>${revoke}</td></tr>`;
  });
  return view`<section aria-labelledby="keys"><h2 id="keys">API keys</h2>${rows.length === 0 ? view`<p class="muted">None.</p>` : view`<div class="scroll"><table class="plain"><caption class="visually-hidden">API keys</caption><tbody>${rows}</tbody></table></div>`}</section>`;
}

function renderChange(change: Change, now: number): View {
  const source =
    change.exchangeId === null ? null : view` · <a href="/admin/sync/${change.exchangeId}">the request</a>`;
  const reason = change.reason === null ? null : view` <span class="muted">Reason: ${change.reason}</span>`;
  return view`<li><p>${describeChange(change)}${reason}</p><p class="muted">${renderTime(change.at, now)} · ${change.actor.name}${source}</p></li>`;
}

function renderStory({ person, changes, removals, now }: PersonPageData): View {
  const left = removals.map(
    ({ view: removal, at, team }) =>
      view`<li><a href="/admin/removed/${removal.id}">Left ${team === null ? 'the organization' : `team ${team}`}</a> ${renderTime(at, now)}</li>`,
  );
  return view`<section aria-labelledby="story"><h2 id="story">What happened</h2>${left.length === 0 ? null : view`<p>In the ledger:</p><ul>${left}</ul>`}
${changes.length === 0 ? view`<p class="muted">Nothing is on record.</p>` : view`<ol class="change-list">${changes.map((change) => renderChange(change, now))}</ol>`}
<p><a href="/admin/sync?user=${encodeURIComponent(person.id)}">Everything that was sent about them</a></p></section>`;
}

function renderAdoption({ person, adopters, formToken }: PersonPageData): View | null {
  if (adopters.length === 0) return null;
  const approved = adopters.find(({ isApproved }) => isApproved);
  const options = adopters.map(({ id, name }) => renderOption(id, name, approved?.id));
  return view`<form method="post" action="/admin/people/${person.id}/adoption" class="inline">${formTokenField(formToken)}<label>Let a connection manage them<select name="connection">${options}</select></label><button type="submit">Allow it</button></form>
<p class="muted">${approved === undefined ? 'What a connection sends about an admin whom nobody manages is refused until an admin lets it.' : `${approved.name} may take them over at its next request.`} From then on it says who they are and whether they are active.</p>`;
}

function renderActions(data: PersonPageData): View {
  const { person, formToken, asksAgainst } = data;
  const address = `/admin/people/${person.id}`;
  const options = ORGANIZATION_ROLES.map((role) => renderOption(role, shownRole(role), person.role));
  const role = view`<form method="post" action="${address}/role" class="inline">${formTokenField(formToken)}<label>Role in the organization<select name="role">${options}</select></label><button type="submit">Set the role</button></form>`;
  const against = view`<input type="hidden" name="against" value="yes">`;
  const back = asksAgainst
    ? renderAction(`${address}/reactivate`, formToken, 'Bring them back all the same', against)
    : renderAction(`${address}/reactivate`, formToken, 'Bring them back');
  return view`<section aria-labelledby="do"><h2 id="do">What can be done</h2>
${person.status === 'removed' ? null : role}
${renderAdoption(data)}
${person.status === 'active' ? view`<p><a class="button" href="${address}/remove">Remove from the organization …</a></p>` : back}</section>`;
}

export function renderPersonPage(data: PersonPageData): Page {
  const { person, connection, links, told, problem, now } = data;
  const { details } = person;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/people">Back to the people</a></nav>
<h1>${person.name}</h1>
${renderProblem(problem)}${told.map((line) => view`<p class="told" role="status">${line}</p>`)}
<section aria-labelledby="who"><h2 id="who" class="visually-hidden">Who</h2><dl class="facts">
${renderFact('Status', renderStatus(person.status))}${renderFact('User name', person.userName ?? 'none')}${renderFact('E-mail', person.email ?? 'none')}
${renderFact('Role', shownRole(person.role))}${renderFact('Managed by', connection === null ? 'nobody' : view`<a href="/admin/connections/${details?.connectionId ?? ''}">${connection}</a>`)}${renderFact('Id there', details?.externalId ?? 'none')}
${renderFact('Last seen', details?.lastSeenAt == null ? 'never' : renderTime(details.lastSeenAt, now))}${renderFact('Since', exactTime(person.createdAt).slice(0, 10))}${links.length === 0 ? renderFact('Links to identity providers', 'none: the first sign-in makes one') : null}</dl></section>
${renderRoles(data)}
${renderLinks(data)}
<div class="columns">${renderSessions(data)}${renderKeys(data)}</div>
${renderActions(data)}
${renderStory(data)}`;
  return { title: person.name, section: 'people', body };
}
