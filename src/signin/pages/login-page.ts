/** The sign-in page: every configured way, the quickest first. */

import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import type { Connector } from '../connector.ts';

export interface LoginPageData {
  readonly connectors: readonly Connector[];
  readonly offersEmailLink: boolean;
  readonly formToken: string;
  /** Path to go to afterwards. */
  readonly returnTo: string;
  /** What went wrong at the last try, for this page to say. */
  readonly problem?: string;
  /** What was typed at the last try; never a password. */
  readonly typed?: string;
}

function returnField(returnTo: string): View | null {
  return returnTo === '/' ? null : view`<input type="hidden" name="return" value="${returnTo}">`;
}

function renderRedirect(connector: Connector, returnTo: string): View {
  const query = returnTo === '/' ? '' : `?return=${encodeURIComponent(returnTo)}`;
  return view`<p><a class="button primary" href="/auth/${connector.type}/login${query}">Sign in with ${connector.label}</a></p>`;
}

function renderPassword(connector: Connector, { formToken, returnTo, problem, typed }: LoginPageData): View {
  const described = problem === undefined ? null : view` aria-describedby="problem"`;
  return view`<form method="post" action="/auth/ldap" aria-labelledby="ldap"><h2 id="ldap">With ${connector.label}</h2>
${formTokenField(formToken)}${returnField(returnTo)}
<label>User name<input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${typed ?? ''}"${described}></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required${described}></label>
<button class="primary" type="submit">Sign in</button></form>`;
}

function renderEmail({ formToken, returnTo }: LoginPageData): View {
  return view`<form method="post" action="/auth/email" aria-labelledby="email"><h2 id="email">With a link by e-mail</h2>
${formTokenField(formToken)}${returnField(returnTo)}
<label>E-mail address<input name="email" type="email" autocomplete="email" autocapitalize="none" required></label>
<button type="submit">Send me a link</button></form>`;
}

function renderNoWay(): View {
  return view`<p>No way to sign in is set up here yet. Whoever runs this installation can make a one-time link on its machine:</p>
<pre><code>npm run --silent drawbridge -- admin setup-link</code></pre>`;
}

export function renderLoginPage(data: LoginPageData): Page {
  const { connectors, offersEmailLink, returnTo, problem } = data;
  const redirects = connectors.filter(({ way }) => way === 'redirect');
  const forms = connectors.filter(({ way }) => way === 'form');
  const isEmpty = connectors.length === 0 && !offersEmailLink;
  const body = view`<section class="notice sign-in"><h1>Sign in</h1>
${problem === undefined ? null : view`<p id="problem" class="problem" role="alert">${problem}</p>`}
${redirects.map((connector) => renderRedirect(connector, returnTo))}
${forms.map((connector) => renderPassword(connector, data))}
${offersEmailLink ? renderEmail(data) : null}
${isEmpty ? renderNoWay() : null}</section>`;
  return { title: 'Sign in', body };
}
