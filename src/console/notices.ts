/** Pages that say why something cannot be shown, and what to do. */
import { notice } from '../web/notice.ts';
import type { Page } from '../web/page.ts';
import { view } from '../web/view.ts';

const SETUP_COMMAND = 'npm run --silent drawbridge -- admin setup-link';

export function notLocalPage(): Page {
  return notice(
    'Only from this machine',
    view`<p>Until people can sign in, the console answers only requests that are made on the machine that it runs on, to
<code>localhost</code> or <code>127.0.0.1</code>, and not through a proxy. This request came another way.</p>
<p>From elsewhere, open a tunnel and use the address of its local end:</p>
<pre><code>ssh -L 8080:127.0.0.1:8080 you@this-machine</code></pre>
<p>then <code>http://localhost:8080/admin</code>, with the port that Drawbridge listens on.</p>`,
  );
}

export function otherSitePage(): Page {
  return notice(
    'Sent from another site',
    view`<p>A page of another site tried to do something here with your browser. Nothing was done.</p>
<p><a href="/admin">Go to the console</a> and do it from there.</p>`,
  );
}

export function signedOutPage(): Page {
  return notice(
    'A setup link is needed',
    view`<p>You have no session, or it has ended. On the machine that Drawbridge runs on, make a one-time link and open it in this browser:</p>
<pre><code>${SETUP_COMMAND}</code></pre>`,
  );
}

export function usedLinkPage(): Page {
  return notice(
    'This link does not work any more',
    view`<p>A setup link works once and for an hour. This one was used, has expired, or is not complete. Make a new one:</p>
<pre><code>${SETUP_COMMAND}</code></pre>`,
  );
}

/** A form rather than a redirect: whatever only looks at links (scanners, previews) must not use this one up. */
export function enterPage(key: string): Page {
  return notice(
    'Enter the console',
    view`<p>This link opens the console in this browser, once.</p>
<form method="post" action="/admin/enter"><input type="hidden" name="key" value="${key}">
<button class="primary" type="submit">Enter</button></form>`,
  );
}
