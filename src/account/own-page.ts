/** The view of a person's own page: who am I, what may I do and why, where am I signed in, which keys have I. */

import type { Session } from '../directory/entry/session.ts';
import type { ApiKey } from '../directory/keys/api-key.ts';
import type { ExplainedGrant, ExplainedScope } from '../directory/roles/explain.ts';
import { shownRole } from '../mapping/roles.ts';
import { tellNumber } from '../numbers.ts';
import { countOf } from '../web/count-words.ts';
import { formTokenField } from '../web/form-token.ts';
import { renderTime } from '../web/moment.ts';
import type { Page } from '../web/page.ts';
import { renderNamed } from '../web/question.ts';
import { reasonOf } from '../web/role-reasons.ts';
import { type View, view } from '../web/view.ts';
import type { OwnPageData } from './own-data.ts';
import { describeAgent } from './user-agent.ts';

/** A key that was made a moment ago; its secret is shown this once. */
export interface MadeKey {
  readonly name: string;
  readonly secret: string;
}

const CONNECTOR_WORDS: Readonly<Record<string, string>> = {
  ...{
    oidc: 'OpenID Connect',
    saml: 'SAML',
    ldap: 'LDAP',
    email: 'a link by e-mail',
    setup: 'a setup link',
    invite: 'an invite',
  },
};

function renderReasons({ role, grants, exclusion, archived }: ExplainedScope): View {
  // Which role a reason gives is worth saying only where another one is stronger.
  const tell = (one: ExplainedGrant): string =>
    one.grant.role === role ? reasonOf(one) : `${reasonOf(one)} (${shownRole(one.grant.role)})`;
  const reasons = grants.map((one) => view`<li>${tell(one)}</li>`);
  return view`<ul class="reasons">${grants.length === 0 && exclusion === null ? view`<li class="muted">as everybody here</li>` : reasons}
${exclusion === null ? null : view`<li>kept out by hand since ${new Date(exclusion.createdAt).toISOString().slice(0, 10)}</li>`}
${archived ? view`<li>the team is archived</li>` : null}</ul>`;
}

function renderRoles({ scopes, visitor }: OwnPageData): View {
  const row = (scope: ExplainedScope): View =>
    view`<tr role="row"><th role="rowheader" scope="row">${scope.team === null ? `Organization ${visitor.user.organization}` : `Team ${scope.team.name}`}</th>
<td role="cell"><strong>${scope.role === null ? 'none' : shownRole(scope.role)}</strong></td><td role="cell">${renderReasons(scope)}</td></tr>`;
  return view`<section aria-labelledby="roles"><h2 id="roles">Roles</h2>
<div class="scroll"><table role="table" class="plain"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Where</th><th role="columnheader" scope="col">Role</th><th role="columnheader" scope="col">Why</th></tr></thead>
<tbody role="rowgroup">${scopes.map(row)}</tbody></table></div>
${scopes.length > 1 ? null : view`<p class="muted">You are in no team yet.</p>`}</section>`;
}

function renderPerson({ visitor, managedBy, mayOpenConsole }: OwnPageData): View {
  const { user } = visitor;
  const fact = (name: string, value: string): View => view`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return view`<section aria-labelledby="who"><h2 id="who" class="visually-hidden">Who you are</h2>
<dl class="facts">${fact('User name', user.userName)}${fact('E-mail', user.email ?? 'none')}${fact('Organization', user.organization)}
${fact('Managed by', managedBy ?? 'nobody but admins')}</dl>
${mayOpenConsole ? view`<p class="links"><a class="button" href="/admin">Open the console</a></p>` : null}</section>`;
}

function renderSession(session: Session, { visitor, now, formToken }: OwnPageData): View {
  const isThis = session.id === visitor.session.id;
  const how = CONNECTOR_WORDS[session.connector] ?? session.connector;
  const end = view`<form method="post" action="/account/sessions/end">${formTokenField(formToken)}<input type="hidden" name="id" value="${session.id}">
<button type="submit">${renderNamed('End', `the session of ${describeAgent(session.userAgent)}`)}</button></form>`;
  return view`<li class="entry"><div><strong>${describeAgent(session.userAgent)}</strong>${isThis ? view` <span class="badge changed">this one</span>` : null}
<p class="muted">${session.remoteAddress ?? 'unknown address'} · with ${how} · signed in ${renderTime(session.createdAt, now)} · last seen ${renderTime(session.lastSeenAt, now)}</p></div>
${isThis ? null : end}</li>`;
}

function renderSessions(data: OwnPageData): View {
  const { sessions, formToken } = data;
  const others = view`<form method="post" action="/account/sessions/end-others">${formTokenField(formToken)}<button type="submit">End the ${sessions.length === 2 ? 'other one' : `${tellNumber(sessions.length - 1)} others`} …</button></form>`;
  return view`<section aria-labelledby="sessions"><h2 id="sessions">Where you are signed in</h2>
<ul class="entries">${sessions.map((session) => renderSession(session, data))}</ul>
${sessions.length > 1 ? others : null}</section>`;
}

function renderInvite({ invite }: OwnPageData): View | null {
  if (invite === null) return null;
  const until = new Date(invite.expiresAt).toISOString().slice(0, 10);
  return view`<section aria-labelledby="invite"><h2 id="invite">You are invited</h2>
<p>${invite.invitedBy.name} invites you as ${shownRole(invite.role)} of the organization${invite.teams.length === 0 ? null : `, with roles in ${countOf(invite.teams.length, 'team', 'teams')}`}. Open the link in the mail that you got, until ${until}.</p></section>`;
}

function renderKey(key: ApiKey, { now, formToken }: OwnPageData): View {
  const used = key.lastUsedAt === null ? 'never used' : view`last used ${renderTime(key.lastUsedAt, now)}`;
  const ends =
    key.expiresAt === null ? 'does not expire' : `expires ${new Date(key.expiresAt).toISOString().slice(0, 10)}`;
  const revoke = view`<form method="post" action="/account/keys/revoke">${formTokenField(formToken)}<input type="hidden" name="id" value="${key.id}"><button type="submit">${renderNamed('Revoke', `the key ${key.name}`)}</button></form>`;
  return view`<li class="entry"><div><strong>${key.name}</strong> <code>…${key.hint}</code>
<p class="muted">${key.scopes.join(', ')} · made ${renderTime(key.createdAt, now)} · ${ends} · ${used}</p></div>
${revoke}</li>`;
}

function renderMade({ name, secret }: MadeKey): View {
  return view`<div class="made" role="status"><p><strong>The key ${name} was made.</strong> Copy it now: it is not shown again.</p>
<copy-button for="secret" hidden><button type="button">Copy</button><span role="status"></span></copy-button>
<pre class="body wrap" tabindex="0" role="region" aria-label="The new key"><code id="secret">${secret}</code></pre></div>`;
}

function renderKeys(data: OwnPageData, made: MadeKey | null): View {
  const { keys, formToken } = data;
  const list =
    keys.length === 0
      ? view`<p class="muted">You have no API keys.</p>`
      : view`<ul class="entries">${keys.map((key) => renderKey(key, data))}</ul>`;
  return view`<section aria-labelledby="keys"><h2 id="keys">API keys</h2>
<p class="muted">A key does what you may do, for programs: as a bearer token, or as the password of the user <code>api</code>.</p>
${made === null ? null : renderMade(made)}${list}
<form class="inline" method="post" action="/account/keys">${formTokenField(formToken)}
<label>Name<input name="name" required maxlength="100" autocomplete="off" placeholder="What it is for"></label>
<label>Expires after<select name="days"><option value="30">30 days</option><option value="90" selected>90 days</option><option value="365">a year</option></select></label>
<button type="submit">Make a key</button></form></section>`;
}

export function renderOwnPage(data: OwnPageData, made: MadeKey | null): Page {
  const { name } = data.visitor.user;
  const body = view`<div class="own"><h1>${name}</h1>${renderPerson(data)}${renderInvite(data)}${renderRoles(data)}${renderSessions(data)}${renderKeys(data, made)}</div>`;
  return { title: name, body };
}
