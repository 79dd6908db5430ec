/** A person of the demonstration at their browser: keeps cookies, follows redirects, fills in a form, calls the API. */

export interface DemoPage {
  readonly status: number;
  readonly url: string;
  readonly text: string;
}

export interface DemoVisitor {
  open(url: string): Promise<DemoPage>;
  submit(url: string, fields: Readonly<Record<string, string>>): Promise<DemoPage>;
  /** One call of the JSON API in the session of this browser. @throws Error with what was answered */
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown): Promise<ApiAnswer>;
  /** Of Drawbridge itself. */
  cookies(): readonly { readonly name: string; readonly value: string }[];
}

export type ApiAnswer = Readonly<Record<string, unknown>>;

const MAX_HOPS = 12;

export function createDemoVisitor(base: string, userAgent: string): DemoVisitor {
  /** By origin: the identity provider listens beside Drawbridge. */
  const jars = new Map<string, Map<string, string>>();
  let formToken = '';

  async function send(url: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'user-agent': userAgent, accept: 'text/html', ...init.headers, ...(cookie && { cookie }) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return answer;
  }

  async function follow(url: string, body?: URLSearchParams): Promise<DemoPage> {
    let at = url;
    let answer = await send(at, body === undefined ? {} : { method: 'POST', body });
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status > 399 || location === null) break;
      at = new URL(location, at).href;
      await answer.body?.cancel();
      answer = await send(at, {});
    }
    const text = await answer.text();
    formToken = /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? formToken;
    return { status: answer.status, url: at, text };
  }

  return {
    cookies: () => [...(jars.get(base) ?? [])].map(([name, value]) => ({ name, value })),
    open: (url) => follow(url),
    submit: (url, fields) => follow(url, new URLSearchParams({ form_token: formToken, ...fields })),
    async call(method, path, body) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const version = method === 'PUT' || method === 'PATCH' ? await versionOf(path) : {};
      const answer = await send(`${base}/api/v1${path}`, {
        method,
        headers: { accept: 'application/json', 'x-csrf-token': formToken, ...json, ...version },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text === '' ? {} : JSON.parse(text)) as ApiAnswer;
    },
  };

  /** A change says what it is based on. */
  async function versionOf(path: string): Promise<Record<string, string>> {
    const answer = await send(`${base}/api/v1${path}`, { headers: { accept: 'application/json' } });
    await answer.body?.cancel();
    const etag = answer.headers.get('etag');
    return etag === null ? {} : { 'if-match': etag };
  }
}
