/** Pages that say one thing: why something cannot be shown, what has happened, what to do. */
import type { RequestHandler } from 'express';
import { type AppError, ERROR_CODES, type ErrorCode } from '../errors.ts';
import { cameThroughProxy, isLoopbackHost } from './loopback.ts';
import { type Page, sendPage } from './page.ts';
import { type View, view } from './view.ts';

export function notice(title: string, body: View): Page {
  return { title, body: view`<section class="notice"><h1>${title}</h1>${body}</section>` };
}

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  last_admin: 'Make somebody else an admin first, then try again.',
  seat_limit: 'Remove somebody who needs no seat, or have SEATS raised.',
};

/** For the page on which it was tried: what is wrong, and what to do where the page does not show it. */
export function tellFault({ code, message }: AppError): string {
  const remedy = REMEDIES[code];
  return remedy === undefined ? message : `${message} ${remedy}`;
}

/** What a person can do about it, from the page that says what is wrong. */
function adviceOn({ code, status }: AppError): string {
  if (status === 401) return 'Sign in again.';
  const remedy = REMEDIES[code];
  if (remedy !== undefined) return remedy;
  if (status === 403) return 'If you need this, ask an admin of the organization.';
  if (status === 404 || status === 405) return 'Check the address, or start again from your own page.';
  if (status === 410) return 'Ask whoever sent it for a new one.';
  if (status === 409 || status === 412 || status === 428)
    return 'Go back and reload the page: it shows how things are now. Then try again.';
  if (status === 413) return 'Send less at a time, or a smaller file.';
  if (status === 429) return 'Wait a minute, then try again.';
  if (status >= 500)
    return 'Try again in a moment. If it goes on, tell whoever runs this installation, with the request id where there is one.';
  return 'Go back, correct what was sent, and try again.';
}

export function errorPage(error: AppError, requestId?: string): Page {
  const title = error.status === 404 ? 'Not found' : error.status >= 500 ? 'That did not work' : 'That is not possible';
  const text = error.status >= 500 ? ERROR_CODES[error.code][1] : error.message;
  return notice(
    title,
    view`<p>${text}</p><p>${adviceOn(error)}</p>${requestId === undefined ? null : view`<p>Request id: <code>${requestId}</code></p>`}
<p><a href="/">To your own page</a></p>`,
  );
}

function otherHostPage(): Page {
  return notice(
    'Not over this address',
    view`<p>This installation has no address of its own yet, so that people can sign in only on the machine that it runs on, at
<code>localhost</code> or <code>127.0.0.1</code>, and not through a proxy. This request came another way.</p>
<p>Set <code>PUBLIC_URL</code> to the https address under which people reach it. Until then, open a tunnel and use its local end:</p>
<pre><code>ssh -L 8080:127.0.0.1:8080 you@this-machine</code></pre>`,
  );
}

/** Where browsers find this installation. */
export interface Place {
  readonly publicUrl: () => string;
  /** Whether somebody said so; else it is this machine's own address, and no proxy stands before it knowingly. */
  readonly publicUrlGiven: boolean;
}

/**
 * Without https, pages for people answer this machine alone: a session must not travel in the clear, and another site
 * must not reach them by pointing its own name at 127.0.0.1 (DNS rebinding).
 */
export function requireSafeWay({ publicUrl, publicUrlGiven }: Place): RequestHandler {
  return (request, response, next) => {
    const isHere = isLoopbackHost(request.headers.host) && (publicUrlGiven || !cameThroughProxy(request.headers));
    if (publicUrl().startsWith('https:') || isHere) next();
    else sendPage(response, 403, otherHostPage());
  };
}
