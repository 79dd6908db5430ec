/** Settings of the organization and of the installation, with test buttons; what the environment decides says so. */

import type { OrganizationSettings } from '../../directory/connections/organization-settings.ts';
import type { SeatUse } from '../../directory/people/seats.ts';
import { PRIVACY, PRIVACY_SWITCHES, type PrivacySwitch } from '../../directory/teams/team-privacy.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { type View, type ViewValue, view } from '../../web/view.ts';
import { renderAction } from '../forms.ts';
import { renderSeats } from '../people/people-list.ts';
import { describeSignIn } from '../words.ts';
import type { Fact, SettingsPagesParts, ShownSignIn } from './ports.ts';
import { renderSignInRules, type SignInRulesForm } from './sign-in-rules.ts';

export interface SettingsPageData {
  readonly parts: Pick<SettingsPagesParts, 'environmentProvisions' | 'mailServer' | 'tracker' | 'retentionDays'>;
  readonly signIn: ShownSignIn;
  readonly signInRules: SignInRulesForm;
  readonly organization: string;
  readonly settings: OrganizationSettings;
  readonly enforced: ReadonlySet<PrivacySwitch>;
  readonly seats: SeatUse;
  readonly told: readonly string[];
  readonly formToken: string;
}

function renderFacts(facts: readonly Fact[]): View {
  return view`<dl class="facts">${facts.map(({ label, value }) => view`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function section(id: string, title: string, body: ViewValue): View {
  return view`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}

function renderOrganization({ organization, settings, parts, formToken }: SettingsPageData): View {
  const { environmentProvisions } = parts;
  const note = environmentProvisions
    ? null
    : view`<p class="told problem">The environment decides: <code>DISABLE_SSO_PROVISIONING=true</code>. Nobody is created at their first sign-in, whatever is set here.</p>`;
  return section(
    'organization',
    `Organization ${organization}`,
    view`${note}<form method="post" action="/admin/settings/organization">${formTokenField(formToken)}<label class="choice"><input type="checkbox" name="provision" value="yes"${settings.provisionOnSignIn ? view` checked` : null}${environmentProvisions ? null : view` disabled`}> <span>Create people at their first sign-in, with the role Member, while a seat is free</span></label><p><button type="submit"${environmentProvisions ? null : view` disabled`}>Save</button></p></form>`,
  );
}

function renderPrivacy({ enforced, formToken }: SettingsPageData): View {
  const switches = PRIVACY_SWITCHES.map(
    (name) =>
      view`<label class="choice"><input type="checkbox" name="enforce" value="${name}"${enforced.has(name) ? view` checked` : null}> <span>${PRIVACY[name].enforcement}<br><span class="muted">${PRIVACY[name].words}: ${PRIVACY[name].enforced ? 'on' : 'off'} in every team</span></span></label>`,
  );
  return section(
    'privacy',
    'Privacy in every team',
    view`<form method="post" action="/admin/settings/privacy">${formTokenField(formToken)}<p class="muted">What is enforced here, no team can change.</p>${switches}<p><button type="submit">Save</button></p></form>`,
  );
}

function renderWay({ type, label, facts }: ShownSignIn['connectors'][number], formToken: string): View {
  const test = view`<input type="hidden" name="way" value="${type}">`;
  return view`<section class="effect"><h3>${label} (${describeSignIn(type)})</h3>${renderFacts(facts)}${renderAction('/admin/settings/sign-in/test', formToken, `Test ${label}`, test)}</section>`;
}

function renderWays({ signIn: { connectors, facts }, formToken }: SettingsPageData): View {
  const none = view`<p class="muted">None is configured: people come in by invite, by a link by e-mail, or by <code>admin setup-link</code>. See docs/sso.</p>`;
  return section(
    'sign-in',
    'Ways to sign in',
    view`${connectors.length === 0 ? none : connectors.map((way) => renderWay(way, formToken))}${renderFacts(facts)}`,
  );
}

function renderMail({ parts: { mailServer }, formToken }: SettingsPageData): View {
  const body =
    mailServer === null
      ? view`<p class="muted">No mail is sent: <code>SMTP_URL</code> and <code>MAIL_FROM</code> are not set. Links of invites are shown to whoever invites.</p>`
      : view`<p>Mail goes out through <code>${mailServer}</code>.</p>${renderAction('/admin/settings/mail/test', formToken, 'Send a test mail to me')}`;
  return section('mail', 'Mail', body);
}

function renderTracker({ parts: { tracker }, formToken }: SettingsPageData): View {
  const body =
    tracker === null
      ? view`<p class="muted">There is no tracker to ask: <code>TRACKER</code> is not set, or it reports by itself. See docs/ledger.md.</p>`
      : view`${renderFacts(tracker.facts)}${renderAction('/admin/settings/tracker/test', formToken, 'Test the tracker')}`;
  return section('tracker', 'Tracker', body);
}

export function renderSettingsPage(data: SettingsPageData): Page {
  const { retentionDays } = data.parts;
  const kept = retentionDays === 0 ? 'for ever' : `for ${retentionDays} days`;
  const body = view`<h1>Settings</h1>${data.told.map((line) => view`<p class="told" role="status">${line}</p>`)}
${renderOrganization(data)}${section('seats', 'Seats', renderSeats(data.seats))}${renderWays(data)}
${section('sign-in-rules', 'Groups of sign-ins', renderSignInRules(data.signInRules, data.formToken))}
<div class="columns">${renderMail(data)}${renderTracker(data)}</div>
${renderPrivacy(data)}
${section('retention', 'What is kept', view`<p>Requests in the sync log: ${kept} (<code>SYNCLOG_RETENTION_DAYS</code>). Changes and the ledger: for ever. Runs of people who left: as long as <a href="/admin/removed">their entries</a> say.</p>`)}`;
  return { title: 'Settings', section: 'settings', body };
}
