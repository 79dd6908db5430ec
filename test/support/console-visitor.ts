/** An admin at the console without a browser: follows links, fills in the forms that the pages hold, keeps cookies. */
import { createSetupLink } from '../../src/directory/entry/setup-links.ts';
import { runWork } from '../../src/directory/work.ts';
import type { TestBridge } from './bridge.ts';

export interface VisitedPage {
  readonly status: number;
  /** Path and query at which the visitor ended. */
  readonly address: string;
  readonly html: string;
  /** Without markup, blanks folded. */
  readonly text: string;
}

export interface ConsoleVisitor {
  readonly organizationId: string;
  get(path: string): Promise<VisitedPage>;
  /** Sends fields with the form token of the page that was seen last, and follows redirects. */
  submit(path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<VisitedPage>;
  /** Sends fields, is asked whether that is meant, and says yes. @throws Error when nothing is asked */
  confirm(path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<VisitedPage>;
  /** Says yes to the question that a page holds. @param more fields to fill in. @throws Error when it holds none */
  sayYes(page: VisitedPage, more?: Readonly<Record<string, string>>): Promise<VisitedPage>;
  /** Sends a form with one file. */
  upload(path: string, name: string, content: Uint8Array): Promise<VisitedPage>;
  /** What a request with the session's cookie and nothing else is answered. */
  status(path: string, init: RequestInit): Promise<number>;
  /** Sends the right form token, as another site would if it knew it. @param site of `Sec-Fetch-Site` */
  submitFrom(site: string, path: string): Promise<number>;
  /** The answer as it came: pictures, downloads. */
  raw(path: string): Promise<Response>;
  /** For a browser that goes on in the same session. */
  cookies(): readonly { readonly name: string; readonly value: string }[];
}

function decode(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function toText(html: string): string {
  const text = html.replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ');
  return decode(text).replace(/\s+/g, ' ').trim();
}

/** What a hidden field of that name holds; empty: there is none. */
export function hiddenOn({ html }: VisitedPage, name: string): string {
  return decode(html.match(new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`))?.[1] ?? '');
}

/** The form of a question: where it goes, and what it sends. */
function questionIn({ html, text }: VisitedPage): { action: string; fields: Record<string, string[]> } {
  const form = html.match(/<section class="question">[\s\S]*?<form method="post" action="([^"]+)"([\s\S]*?)<\/form>/);
  if (form === null) throw new Error(`nothing is asked: ${text.slice(0, 300)}`);
  const fields: Record<string, string[]> = {};
  for (const [input] of (form[2] ?? '').matchAll(/<input [^>]*>/g)) {
    const [name, value] = ['name', 'value'].map((one) => input.match(new RegExp(` ${one}="([^"]*)"`))?.[1] ?? '');
    if (name !== undefined && name !== 'form_token') fields[name] = [...(fields[name] ?? []), decode(value ?? '')];
  }
  return { action: decode(form[1] ?? ''), fields };
}

/** @param organizationId the default one without it */
export async function visitConsole(bridge: TestBridge, organizationId?: string): Promise<ConsoleVisitor> {
  const { directory } = bridge.core;
  const known = await directory.store.organizations.find(directory.store.reader, organizationId ?? 'default');
  const id = known?.id ?? '';
  const cookies = new Map<string, string>();
  let formToken = '';

  const cookieHeader = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  async function send(path: string, init: RequestInit = {}): Promise<VisitedPage> {
    const cookie = cookieHeader();
    const headers = { ...(init.headers as Record<string, string> | undefined), cookie, accept: 'text/html' };
    const answer = await fetch(new URL(path, bridge.url), { ...init, headers, redirect: 'manual' });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = answer.headers.get('location');
    if (location !== null && answer.status >= 300 && answer.status < 400) return send(location);
    const html = await answer.text();
    formToken = html.match(/name="form_token" value="([^"]+)"/)?.[1] ?? formToken;
    return { status: answer.status, address: path, html, text: toText(html) };
  }

  function post(path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<VisitedPage> {
    const body = new URLSearchParams({ form_token: formToken });
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    return send(path, { method: 'POST', body });
  }

  function sayYes(page: VisitedPage, more: Readonly<Record<string, string>> = {}): Promise<VisitedPage> {
    const { action, fields } = questionIn(page);
    return post(action, { ...fields, ...more });
  }

  const context = { organizationId: id, actor: { kind: 'cli', id: null, name: 'test' } as const, exchangeId: null };
  const { secret } = await runWork(directory, context, (work) => createSetupLink(directory, work));
  await send(`/auth/setup?key=${secret}`);
  await post('/auth/setup', { key: secret, name: 'Console Admin', email: 'admin@console.example' });
  return {
    organizationId: id,
    cookies: () => [...cookies].map(([name, value]) => ({ name, value })),
    get: (path) => send(path),
    status: async (path, init) => {
      const headers = { ...(init.headers as Record<string, string>), cookie: cookieHeader(), accept: 'text/html' };
      return (await fetch(new URL(path, bridge.url), { ...init, headers, redirect: 'manual' })).status;
    },
    submitFrom: async (site, path) => {
      const headers = { cookie: cookieHeader(), accept: 'text/html', 'sec-fetch-site': site };
      const body = new URLSearchParams({ form_token: formToken });
      const request = { method: 'POST', body, headers, redirect: 'manual' } as const;
      return (await fetch(new URL(path, bridge.url), request)).status;
    },
    submit: post,
    confirm: async (path, fields) => sayYes(await post(path, fields)),
    sayYes,
    upload(path, name, content) {
      const body = new FormData();
      body.append('form_token', formToken);
      body.append(name, new Blob([new Uint8Array(content)]), 'file');
      return send(path, { method: 'POST', body });
    },
    raw: (path) => fetch(new URL(path, bridge.url), { headers: { cookie: cookieHeader() } }),
  };
}
