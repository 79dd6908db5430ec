/** Cookies as they go out and come back: attributes, and those of sign-ins under way. */
import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { FLOWS_MAX, flowCookieOf, setFlowCookie, takeFlowCookie } from '../../src/signin/flow-cookies.ts';
import { createCookies } from '../../src/web/cookies.ts';

interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly options: Record<string, unknown>;
}

/** What of an answer cookies use. */
function answer() {
  const set: SetCookie[] = [];
  const cleared: string[] = [];
  const response = {
    cookie: (name: string, value: string, options: Record<string, unknown>) => set.push({ name, value, options }),
    clearCookie: (name: string) => cleared.push(name),
  } as unknown as Response;
  return { set, cleared, response };
}

const requestWith = (cookie: string) => ({ headers: { cookie } }) as Request;

describe('cookies of sign-ins under way', () => {
  const secure = createCookies(() => 'https://bridge.example');

  it('come along with a form of another site where the answer needs it, and only there', () => {
    const { set, response } = answer();
    for (const crossSite of [true, false]) {
      setFlowCookie(secure, requestWith(''), response, { state: `s-${crossSite}`, secret: 'x', crossSite });
    }
    expect(set.map(({ options }) => [options.sameSite, options.secure, options.httpOnly])).toEqual([
      ['none', true, true],
      ['lax', true, true],
    ]);
    expect(set.map(({ name }) => name.startsWith('__Host-drawbridge_flow_'))).toEqual([true, true]);
  });

  it('are one for each, and leave one another alone', () => {
    const { set, cleared, response } = answer();
    setFlowCookie(secure, requestWith(''), response, { state: 'one', secret: 'first', crossSite: true });
    const before = requestWith(set.map(({ name, value }) => `${name}=${value}`).join('; '));
    setFlowCookie(secure, before, response, { state: 'two', secret: 'second', crossSite: false });
    const both = requestWith(set.map(({ name, value }) => `${name}=${value}`).join('; '));
    expect(takeFlowCookie(secure, both, response, 'one')).toBe('first');
    expect(takeFlowCookie(secure, both, response, 'two')).toBe('second');
    expect(takeFlowCookie(secure, both, response, 'three')).toBeNull();
    expect(cleared).toEqual(set.map(({ name }) => name));
  });

  it('do not pile up: the oldest gives way', () => {
    const plain = createCookies(() => 'http://127.0.0.1:1');
    const names = Array.from({ length: FLOWS_MAX + 1 }, (_, index) => `drawbridge_${flowCookieOf(`state-${index}`)}`);
    const { cleared, response } = answer();
    const request = requestWith(['drawbridge_session=y', ...names.map((name) => `${name}=x`)].join('; '));
    setFlowCookie(plain, request, response, { state: 'another', secret: 'x', crossSite: false });
    expect(cleared).toEqual(names.slice(0, 2));
  });
});
