/**
 * web/: what the doors for browsers share.
 *
 * Owns: the frame around every page (head, header with navigation, main), assets, security headers, the session's
 * cookie and who is behind it, form tokens, return addresses. Does not own: what stands on a page, sessions themselves
 * (directory/ does). Called by signin/, console/, account/ and api/. Pages hand in a title and a body.
 */
import type { RequestHandler, Response } from 'express';
import type { Assets } from './assets.ts';
import { FORM_TOKEN_FIELD } from './form-token.ts';
import { type View, view } from './view.ts';

export interface Page {
  readonly title: string;
  readonly body: View;
  /** Which section of the door this belongs to, by its key; absent on pages for people who are not in (no navigation then). */
  readonly section?: string;
}

export interface Section {
  readonly key: string;
  readonly label: string;
  readonly address: string;
}

/** What the header says about the person who is signed in. */
export interface Viewer {
  readonly name: string;
  /** Goes with the button that signs out. */
  readonly formToken: string;
}

export interface Frame {
  readonly assets: Assets;
  /** Navigation of the door. */
  readonly sections: readonly Section[];
}

/**
 * htmx is told to add no style sheet, to ask this host only, and to take its attributes from nowhere but `hx-`. What it
 * could evaluate (hx-on, js: values, trigger conditions) is never used and would be stopped by the content security policy.
 */
const HTMX_CONFIG = JSON.stringify({ includeIndicatorCSS: false, mode: 'same-origin', prefix: '', history: 'reload' });

function renderNavigation(sections: readonly Section[], current: string): View {
  const links = sections.map(
    ({ key, label, address }) =>
      view`<li><a href="${address}"${key === current ? view` aria-current="page"` : null}>${label}</a></li>`,
  );
  const label = sections.find(({ key }) => key === current)?.label ?? 'Menu';
  // The style sheet shows one of the two: nine links in a row do not fit a phone, and a closed menu hides them from a desk.
  return view`<nav class="sections wide" aria-label="Console"><ul>${links}</ul></nav>
<nav class="sections narrow" aria-label="Console"><details><summary><span class="visually-hidden">Menu, now at </span>${label}<span class="menu" aria-hidden="true">Menu</span></summary><ul>${links}</ul></details></nav>`;
}

function renderViewer({ name, formToken }: Viewer): View {
  return view`<div class="viewer"><a href="/" aria-label="${name}: your own page">${name}</a>
<form method="post" action="/auth/logout"><input type="hidden" name="${FORM_TOKEN_FIELD}" value="${formToken}"><button type="submit">Sign out</button></form></div>`;
}

function renderPage({ assets, sections }: Frame, { title, body, section }: Page, viewer: Viewer | undefined): View {
  return view`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${HTMX_CONFIG}">
<title>${title} · Drawbridge</title>
<link rel="icon" href="${assets.address('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.address('style.css')}">
<script src="${assets.address('htmx.js')}" defer></script>
<script src="${assets.address('console.js')}" type="module"></script>
<script src="${assets.address('live-log.js')}" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/"><img src="${assets.address('icon.svg')}" alt="" width="20" height="20">Drawbridge</a>
${section === undefined ? null : renderNavigation(sections, section)}
${viewer === undefined ? null : renderViewer(viewer)}
</header>
<main id="main" tabindex="-1">${body}</main>
</body>
</html>`;
}

/** Must run before anything that calls `sendPage`. */
export function providePages(frame: Frame): RequestHandler {
  return (_request, response, next) => {
    response.locals.frame = frame;
    response.set('Cache-Control', 'no-store');
    next();
  };
}

export function sendPage(response: Response, status: number, page: Page): void {
  const frame = response.locals.frame as Frame;
  const viewer = response.locals.viewer as Viewer | undefined;
  response
    .status(status)
    .type('html')
    .send(renderPage(frame, page, viewer).toString());
}
