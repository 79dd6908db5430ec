/** Pages of signing in that say one thing. */
import { formTokenField } from '../../web/form-token.ts';
import { notice } from '../../web/notice.ts';
import type { Page } from '../../web/page.ts';
import { view } from '../../web/view.ts';
import { REFUSALS, type RefusalCode, wordsForPage } from '../refusals.ts';

export function refusedPage(code: RefusalCode, requestId: string, contact: string | null): Page {
  const { text, code: shown } = wordsForPage(code);
  return notice(
    'You were not signed in',
    view`<p>${text}</p>
${contact === null ? null : view`<p>Whom to ask: <strong>${contact}</strong></p>`}
<p><a class="button" href="/auth/login">Back to the sign-in page</a></p>
<p class="muted">For whoever helps you: <code>${shown}</code>, request id <code>${requestId}</code></p>`,
  );
}

/** The same whether or not anybody has this address. */
export function linkSentPage(): Page {
  return notice(
    'Look into your mail',
    view`<p>If somebody may sign in here with this address, a link is on its way to it. It works once, for 15 minutes.</p>
<p class="muted">Nothing came? Look among unwanted mail, check the address, or ask your administrator.</p>
<p><a href="/auth/login">Back to the sign-in page</a></p>`,
  );
}

/** A button rather than a redirect: whatever only looks at links (mail scanners, previews) must not use this one up. */
export function enterByLinkPage(key: string, formToken: string): Page {
  return notice(
    'Sign in',
    view`<p>This link signs you in with this browser, once.</p>
<form method="post" action="/auth/email/enter">${formTokenField(formToken)}<input type="hidden" name="key" value="${key}">
<button class="primary" type="submit">Sign in</button></form>`,
  );
}

export function usedEmailLinkPage(): Page {
  return notice(
    'This link does not work any more',
    view`<p>${REFUSALS.email_link_unusable.text}</p>
<p><a class="button primary" href="/auth/login">Get a new one</a></p>`,
  );
}

export function invitePage(
  invite: { readonly key: string; readonly email: string; readonly organization: string; readonly invitedBy: string },
  formToken: string,
  problem?: string,
): Page {
  const { key, email, organization, invitedBy } = invite;
  return notice(
    `Join ${organization}`,
    view`<p>${invitedBy} invites <strong>${email}</strong> to join ${organization}.</p>
${problem === undefined ? null : view`<p id="problem" class="problem" role="alert">${problem}</p>`}
<form class="stacked" method="post" action="/auth/invite">${formTokenField(formToken)}<input type="hidden" name="key" value="${key}">
<label>Your name<input name="name" autocomplete="name" maxlength="200" required></label>
<button class="primary" type="submit">Accept and sign in</button></form>`,
  );
}

export function endedInvitePage(reason: string): Page {
  return notice(
    'This invite does not work any more',
    view`<p>${reason}</p><p><a class="button" href="/auth/login">To the sign-in page</a></p>`,
  );
}

export function setupPage(key: string, formToken: string, problem?: string): Page {
  const described = problem === undefined ? null : view` aria-describedby="problem"`;
  return notice(
    'Become an admin',
    view`<p>This one-time link makes you an admin of this installation, and signs you in with this browser. It is on record.</p>
${problem === undefined ? null : view`<p id="problem" class="problem" role="alert">${problem}</p>`}
<form class="stacked" method="post" action="/auth/setup">${formTokenField(formToken)}<input type="hidden" name="key" value="${key}">
<label>Your name<input name="name" autocomplete="name" maxlength="200" required></label>
<label>Your e-mail address<input name="email" type="email" autocomplete="email" autocapitalize="none" maxlength="320" required${described}></label>
<p class="muted">If somebody here has this address already, that person becomes an admin. Use the address that your organization signs you in with: then a later sign-in finds you.</p>
<button class="primary" type="submit">Become an admin</button></form>`,
  );
}

export function usedSetupLinkPage(): Page {
  return notice(
    'This link does not work any more',
    view`<p>${REFUSALS.setup_link_unusable.text} Make a new one on the machine that Drawbridge runs on:</p>
<pre><code>npm run --silent drawbridge -- admin setup-link</code></pre>`,
  );
}

export function signOutPage(formToken: string): Page {
  return notice(
    'Sign out',
    view`<form method="post" action="/auth/logout">${formTokenField(formToken)}
<button class="primary" type="submit">Sign out</button></form>`,
  );
}

/** @param provider where the session of the identity provider ends, which ours does not do by itself */
export function signedOutPage(provider: { readonly label: string; readonly url: string } | null): Page {
  return notice(
    'You are signed out',
    view`<p>Your session here has ended.</p>
${provider === null ? null : view`<p>${provider.label} may still know you. On a machine that others use, <a href="${provider.url}" rel="noreferrer">sign out there, too</a>.</p>`}
<p><a class="button" href="/auth/login">Sign in again</a></p>`,
  );
}
