/** Inviting: many addresses at once, each answered; one invite with its state. */
import type { InviteAnswer, InviteView } from '../../directory/invites/invites.ts';
import type { SeatUse } from '../../directory/people/seats.ts';
import type { Team } from '../../directory/teams/team.ts';
import { ORGANIZATION_ROLES, shownRole } from '../../mapping/roles.ts';
import { tellNumber } from '../../numbers.ts';
import { formTokenField } from '../../web/form-token.ts';
import { minuteTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderAction, renderCopyable, renderOption, renderProblem } from '../forms.ts';
import { renderSeats } from './people-list.ts';

export interface InviteForm {
  readonly addresses: string;
  readonly role: string;
  readonly problem?: string;
}

export function renderInviteForm(
  { addresses, role, problem }: InviteForm,
  teams: readonly Team[],
  seats: SeatUse,
  formToken: string,
): Page {
  const roles = ORGANIZATION_ROLES.map((one) => renderOption(one, shownRole(one), role));
  const choices = teams.map((team) => renderOption(team.id, team.name, undefined));
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/people">Back to the people</a></nav>
<h1>Invite people</h1>
<section>${renderSeats(seats)}<form method="post" action="/admin/people/invite" class="stack">${formTokenField(formToken)}
${renderProblem(problem)}
<label>E-mail addresses, separated by commas or lines<textarea name="addresses" rows="5" required autocomplete="off">${addresses}</textarea></label>
<label>Role in the organization<select name="role">${roles}</select></label>
${
  teams.length === 0
    ? null
    : view`<label>Team (optional)<select name="team"><option value="">None</option>${choices}</select></label>
<label>Role in the team<select name="teamRole">${renderOption('member', 'Member', 'member')}${renderOption('admin', 'Admin', undefined)}${renderOption('viewer', 'View-Only', undefined)}</select></label>`
}
<p><button class="primary" type="submit">Invite</button></p>
<p class="muted">Everybody gets a link by mail that works once, for seven days.</p></form></section>`;
  return { title: 'Invite people', section: 'people', body };
}

function renderAnswer(answer: InviteAnswer, publicUrl: string, index: number): View {
  if (answer.outcome !== 'invited') return view`<li><strong>${answer.given}</strong>: ${answer.message}</li>`;
  const link =
    answer.link === null
      ? view`invited; the mail is on its way.`
      : view`invited. No mail is sent by this installation, so hand over this link yourself; it is shown this once: ${renderCopyable(`link-${index}`, `${publicUrl}${answer.link.path}`)}`;
  return view`<li><strong>${answer.given}</strong>: ${link}</li>`;
}

export function renderInvited(answers: readonly InviteAnswer[], publicUrl: string): Page {
  const invited = answers.filter(({ outcome }) => outcome === 'invited').length;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/people">Back to the people</a></nav>
<h1>${tellNumber(invited)} of ${tellNumber(answers.length)} invited</h1>
<section><ul class="answers">${answers.map((answer, index) => renderAnswer(answer, publicUrl, index))}</ul>
<p><a href="/admin/people/invite">Invite more</a></p></section>`;
  return { title: 'Invited', section: 'people', body };
}

const STATE_WORDS = {
  pending: 'waiting to be accepted',
  mail_failed: 'the mail did not arrive',
  accepted: 'accepted',
  expired: 'expired',
  revoked: 'revoked',
} as const;

export interface InvitePageData extends InviteView {
  /** A link that was made just now, where no mail is sent: shown this once. */
  readonly link?: string;
  readonly problem?: string;
  readonly formToken: string;
}

export function renderInvitePage({ invite, state, mail, link, problem, formToken }: InvitePageData): Page {
  const open = state === 'pending' || state === 'mail_failed' || state === 'expired';
  const failure =
    mail?.state === 'failed'
      ? view`<p class="form-problem">The mail server said: <q>${mail.serverReply ?? 'nothing'}</q></p>`
      : null;
  const fact = (name: string, value: string): View => view`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/people?status=invited">Back to the invites</a></nav>
<h1>Invite to ${invite.email}</h1>
${renderProblem(problem)}${failure}
${link === undefined ? null : view`<section><p><strong>The new link is shown this once:</strong> ${renderCopyable('link', link)}</p></section>`}
<section><dl class="facts">${fact('State', STATE_WORDS[state])}${fact('Role', shownRole(invite.role))}${fact('Invited by', invite.invitedBy.name)}
${fact('Made', minuteTime(invite.createdAt))}${fact('Ends', minuteTime(invite.expiresAt))}</dl>
${open ? view`<div class="inline">${renderAction(`/admin/people/invites/${invite.id}/resend`, formToken, 'Send it again')}${renderAction(`/admin/people/invites/${invite.id}/revoke`, formToken, 'Revoke the invite …')}</div><p class="muted">Sending it again makes a new link; the old one does not work any more.</p>` : null}</section>`;
  return { title: `Invite to ${invite.email}`, section: 'people', body };
}
