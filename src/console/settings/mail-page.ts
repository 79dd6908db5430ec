/** Where a test mail has got to; asks again while it is on its way. */
import type { Mail } from '../../directory/mail.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';

export function renderMailState({ id, state, to, serverReply }: Mail): View {
  switch (state) {
    case 'waiting':
      return view`<p id="mail-state" role="status" hx-get="/admin/settings/mail/${id}" hx-trigger="load delay:1s" hx-swap="outerHTML">The mail to ${to} is on its way.${serverReply === null ? null : view` The server said last: <q>${serverReply}</q>`} <a href="/admin/settings/mail/${id}">Look again</a></p>`;
    case 'sent':
      return view`<p id="mail-state" class="all-well"><span class="mark" aria-hidden="true">●</span> The mail server took the mail to ${to}. It said: <q>${serverReply ?? 'nothing'}</q></p>`;
    case 'failed':
      return view`<p id="mail-state" class="form-problem" role="alert">The mail to ${to} could not be sent. The server said: <q>${serverReply ?? 'nothing'}</q></p>`;
    case 'dropped':
      return view`<p id="mail-state">The mail was not sent: what it was about was over.</p>`;
    default:
      return state satisfies never;
  }
}

export function renderMailPage(mail: Mail): Page {
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/settings#mail">Back to the settings</a></nav><h1>Test mail</h1><section>${renderMailState(mail)}</section>`;
  return { title: 'Test mail', section: 'settings', body };
}
