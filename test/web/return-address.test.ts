import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signInAddress, toReturnAddress } from '../../src/web/return-address.ts';

describe('return addresses', () => {
  it.each([
    ['/', '/'],
    ['/admin/sync?outcome=refused#rows', '/admin/sync?outcome=refused#rows'],
    ['/mlflow/', '/mlflow/'],
    ['/a/../b', '/b'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/a/..//evil.example', '/'],
    ['/%2e//evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['\n//evil.example', '/'],
    ['https://evil.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['evil.example', '/'],
    ['', '/'],
    [undefined, '/'],
    [['/a', '/b'], '/'],
    [`/${'a'.repeat(3000)}`, '/'],
    ['/auth/logout', '/'],
    ['/auth', '/'],
    ['/x/../auth/login', '/'],
    ['/authors', '/authors'],
  ])('%j becomes %s', (given, want) => expect(toReturnAddress(given)).toBe(want));

  const nasty = fc
    .array(
      fc.oneof(
        fc.constantFrom('/', '\\', '//', '.', '..', '%2f', '%5c', '%09', '\t', '\n', ' ', '@', ':', '?', '#', '[', ']'),
        fc.constantFrom('evil.example', 'http:', 'https:', 'javascript:', 'data:', 'a', '\u0000', '／', '。', '\u2028'),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));

  it.each(['https://bridge.example', 'http://127.0.0.1:8080'])('never leave %s, whatever is given', (home) => {
    fc.assert(
      fc.property(
        fc.oneof(
          nasty,
          nasty.map((text) => `/${text}`),
          fc.webUrl(),
        ),
        (text) => {
          const address = toReturnAddress(text);
          const url = new URL(address, `${home}/auth/oidc/callback?code=x`);
          expect(url.origin).toBe(home);
          expect(url.pathname).not.toMatch(/^\/auth(\/|$)/);
          expect(address).toMatch(/^\/[\x21-\x7e]*$/);
          expect(toReturnAddress(address)).toBe(address);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('go along to the sign-in page only when they say something', () => {
    expect(signInAddress('/admin/sync?a=b')).toBe('/auth/login?return=%2Fadmin%2Fsync%3Fa%3Db');
    expect([signInAddress('/'), signInAddress('//evil.example')]).toEqual(['/auth/login', '/auth/login']);
  });
});
