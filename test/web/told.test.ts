/** What came of a form, until the next page: told once, there, and only to whom it was said. */
import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { createCookies } from '../../src/web/cookies.ts';
import { leadTo, toldHere } from '../../src/web/told.ts';

const cookies = createCookies(() => 'http://127.0.0.1');

/** A browser with a session: what it keeps, and the way that it was shown. */
function browser(session: string) {
  const kept = new Map([['drawbridge_session', session]]);
  const ways: string[] = [];
  const response = {
    cookie: (name: string, value: string) => kept.set(name, value),
    clearCookie: (name: string) => kept.delete(name),
    redirect: (_status: number, way: string) => ways.push(way),
  } as unknown as Response;
  const at = (originalUrl: string) => {
    const cookie = [...kept].map(([name, value]) => `${name}=${value}`).join('; ');
    return { headers: { cookie }, originalUrl } as Request;
  };
  return {
    ...{ kept, ways },
    lead: (way: string, words: readonly string[]) => leadTo(cookies, at('/'), response, way, words),
    open: (address: string) => toldHere(cookies, at(address), response),
  };
}

describe('what came of a form', () => {
  it('is told once, on its page', () => {
    const { lead, open, ways } = browser('secret');
    expect(lead('/admin/people/1?after=a%7Eb', ['Ümit is Admin now.', 'And more.'])).toBe(true);
    expect(ways).toEqual(['/admin/people/1?after=a%7Eb']);
    expect(open('/admin/people/2')).toEqual([]);
    expect(open('/admin/people/1?after=a%7Eb')).toEqual(['Ümit is Admin now.', 'And more.']);
    expect(open('/admin/people/1?after=a%7Eb')).toEqual([]);
  });

  it('needs no cookie where nothing is to be told', () => {
    const { lead, kept, ways } = browser('secret');
    expect(lead('/admin/people/1', [])).toBe(true);
    expect([...kept.keys(), ...ways]).toEqual(['drawbridge_session', '/admin/people/1']);
  });

  it('stays in the answer when it is too much to wait, or nobody is signed in', () => {
    const { lead, ways } = browser('secret');
    expect(lead('/admin/people/1', ['x'.repeat(2_000)])).toBe(false);
    expect(browser('').lead('/admin/people/1', ['done'])).toBe(false);
    expect(ways).toEqual([]);
  });

  it('is nobody else’s to write: signed with the secret of the session', () => {
    const other = browser('another secret');
    other.lead('/admin', ['Call this number.']);
    const { kept, open } = browser('secret');
    const forged = other.kept.get('drawbridge_told') ?? '';
    const [payload = ''] = forged.split('.');
    for (const value of [forged, payload, `${payload}.`, 'x', '.']) {
      kept.set('drawbridge_told', value);
      expect(open('/admin')).toEqual([]);
    }
  });
});
