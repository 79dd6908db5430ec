/** A browser without pictures: follows redirects and fills in forms, with a cookie jar of its own. */
import { CookieJar } from 'tough-cookie';

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface Visitor {
  readonly jar: CookieJar;
  /** One request, no redirect followed; cookies sent and kept. */
  request(url: string, form?: URLSearchParams): Promise<Page>;
  /** Follows redirects until a page comes, or an address for which `stopAt` is true (that one is not asked). */
  follow(url: string, form?: URLSearchParams, stopAt?: (url: string) => boolean): Promise<Page>;
}

const MAX_HOPS = 20;

export function createVisitor(): Visitor {
  const jar = new CookieJar();

  async function request(url: string, form?: URLSearchParams): Promise<Page> {
    const cookie = await jar.getCookieString(url);
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { connection: 'close', ...(cookie === '' ? {} : { cookie }) },
      ...(form === undefined ? {} : { body: form }),
    });
    for (const line of response.headers.getSetCookie()) await jar.setCookie(line, url, { ignoreError: true });
    return { url, status: response.status, text: await response.text(), headers: response.headers };
  }

  return {
    jar,
    request,
    async follow(url, form, stopAt = () => false) {
      let page = await request(url, form);
      for (let hop = 0; hop < MAX_HOPS; hop += 1) {
        const location = page.headers.get('location');
        if (page.status < 300 || page.status > 399 || location === null) return page;
        const next = new URL(location, page.url).href;
        if (stopAt(next)) return { ...page, url: next };
        page = await request(next);
      }
      throw new Error(`more than ${MAX_HOPS} redirects, the last to ${page.url}`);
    },
  };
}

/** Hidden and visible fields of the first form of a page, with its address. */
export function readForm({ text, url }: Page): { readonly action: string; readonly fields: URLSearchParams } {
  const decode = (html: string) =>
    html
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
      .replaceAll('&amp;', '&');
  const attribute = (tag: string, name: string) =>
    decode(new RegExp(`\\s${name}\\s*=\\s*"([^"]*)"`, 'i').exec(tag)?.[1] ?? '');
  const form = /<form[^>]*>/i.exec(text)?.[0];
  if (form === undefined) throw new Error(`no form at ${url}: ${text.slice(0, 300)}`);
  const fields = new URLSearchParams();
  for (const [tag] of text.matchAll(/<input[^>]*>/gi)) {
    const name = attribute(tag, 'name');
    if (name !== '') fields.append(name, attribute(tag, 'value'));
  }
  const action = attribute(form, 'action');
  return { action: action === '' ? url : new URL(action, url).href, fields };
}
