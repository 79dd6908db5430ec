/** Where a person goes after signing in. The one place that turns a text from outside into an address to redirect to. */

const MAX_LENGTH = 2048;
const SOMEWHERE = 'http://here.invalid';

/** Ways in and out: coming back to one of them after signing in would go round in circles. */
const NOWHERE = /^\/auth(\/|$)/;

/**
 * A path of this host, with query and fragment, or `/`. Whatever a browser could read as another host, by any spelling
 * (`//host`, `/\host`, `/.//host`, a scheme, control characters that it drops), is `/`.
 */
export function toReturnAddress(text: unknown): string {
  if (typeof text !== 'string' || text.length > MAX_LENGTH || !/^\/[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/';
  if (!URL.canParse(text, SOMEWHERE)) return '/';
  const { origin, pathname, search, hash } = new URL(text, SOMEWHERE);
  if (origin !== SOMEWHERE || pathname.startsWith('//') || NOWHERE.test(pathname)) return '/';
  return `${pathname}${search}${hash}`;
}

/** `/auth/login`, with the way back when there is one worth keeping. */
export function signInAddress(returnTo: unknown): string {
  const address = toReturnAddress(returnTo);
  return address === '/' ? '/auth/login' : `/auth/login?return=${encodeURIComponent(address)}`;
}
