/** The frame around every page: head, header with navigation, main. Pages hand in a title and a body. */
import type { RequestHandler, Response } from 'express';
import type { Assets } from './assets.ts';
import { type View, view } from './view.ts';

export interface Page {
  readonly title: string;
  readonly body: View;
  /** Which part of the console this belongs to; absent on pages for people who are not in (no navigation then). */
  readonly section?: Section;
}

/** Later pages add themselves here; only what exists is shown. */
const SECTIONS = { sync: { label: 'Sync log', address: '/admin/sync' } } as const;
export type Section = keyof typeof SECTIONS;

/**
 * htmx is told to add no style sheet, to ask this host only, and to take its attributes from nowhere but `hx-`. What it
 * could evaluate (hx-on, js: values, trigger conditions) is never used and would be stopped by the content security policy.
 */
const HTMX_CONFIG = JSON.stringify({ includeIndicatorCSS: false, mode: 'same-origin', prefix: '', history: 'reload' });

function renderNavigation(current: Section): View {
  const links = Object.entries(SECTIONS).map(
    ([key, { label, address }]) =>
      view`<li><a href="${address}"${key === current ? view` aria-current="page"` : null}>${label}</a></li>`,
  );
  return view`<nav class="sections" aria-label="Console"><ul>${links}</ul></nav>`;
}

function renderPage(assets: Assets, { title, body, section }: Page): View {
  return view`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${HTMX_CONFIG}">
<title>${title} · Drawbridge</title>
<link rel="icon" href="${assets.address('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.address('console.css')}">
<script src="${assets.address('htmx.js')}" defer></script>
<script src="${assets.address('console.js')}" type="module"></script>
<script src="${assets.address('live-log.js')}" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/admin"><img src="${assets.address('icon.svg')}" alt="" width="20" height="20">Drawbridge</a>
${section === undefined ? null : renderNavigation(section)}
</header>
<main id="main" tabindex="-1">${body}</main>
</body>
</html>`;
}

/** Must run before anything that calls `sendPage`. */
export function providePages(assets: Assets): RequestHandler {
  return (_request, response, next) => {
    response.locals.assets = assets;
    response.set('Cache-Control', 'no-store');
    next();
  };
}

export function sendPage(response: Response, status: number, page: Page): void {
  const assets = response.locals.assets as Assets;
  response.status(status).type('html').send(renderPage(assets, page).toString());
}
