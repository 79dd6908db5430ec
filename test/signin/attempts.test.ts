/** State between start and finish: once, in the browser that began, for a while. */
import { beforeAll, expect, it } from 'vitest';
import { createUseOnce, keepAttempt, newAttemptSecret, takeAttempt } from '../../src/signin/attempts.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { describeEachEngine } from '../support/each-engine.ts';

describeEachEngine('sign-ins under way', (open) => {
  let store: Store;
  let now = 1_000_000;
  const parts = () => ({ store, now: () => now });

  beforeAll(async () => {
    store = createStore(await open());
  });

  async function begin() {
    const state = newAttemptSecret();
    const browser = newAttemptSecret();
    await keepAttempt(parts(), { state, browser, connector: 'oidc', kept: { nonce: 'n' }, returnTo: '/admin' });
    return { state, browser, connector: 'oidc' as const };
  }

  it('gives what was kept to the browser that began', async () => {
    const begun = await begin();
    expect(await takeAttempt(parts(), begun)).toEqual({
      kind: 'attempt',
      attempt: { state: begun.state, kept: { nonce: 'n' } },
      returnTo: '/admin',
    });
  });

  it('gives it once', async () => {
    const begun = await begin();
    await takeAttempt(parts(), begun);
    expect(await takeAttempt(parts(), begun)).toMatchObject({ refusal: { code: 'attempt_unknown' } });
  });

  it('gives it to one of many who ask at once', async () => {
    const begun = await begin();
    const taken = await Promise.all(Array.from({ length: 8 }, () => takeAttempt(parts(), begun)));
    expect(taken.filter((each) => each.kind === 'attempt')).toHaveLength(1);
  });

  it.each([
    { name: 'no cookie', change: { browser: null }, code: 'attempt_of_another_browser' },
    { name: 'the cookie of another browser', change: { browser: 'x' }, code: 'attempt_of_another_browser' },
    { name: 'a state that was not given', change: { state: 'x' }, code: 'attempt_unknown' },
    { name: 'another connector', change: { connector: 'saml' as const }, code: 'attempt_unknown' },
  ])('refuses $name', async ({ change, code }) => {
    const begun = await begin();
    expect(await takeAttempt(parts(), { ...begun, ...change })).toMatchObject({ kind: 'refused', refusal: { code } });
  });

  it('refuses after 15 minutes, and forgets', async () => {
    const begun = await begin();
    const forgotten = await begin();
    now += 15 * 60_000;
    expect(await takeAttempt(parts(), begun)).toMatchObject({ refusal: { code: 'attempt_unknown' } });
    now += 1;
    await begin();
    now -= 60_000;
    expect(await takeAttempt(parts(), forgotten)).toMatchObject({ refusal: { code: 'attempt_unknown' } });
  });

  it('remembers a use until it could not be repeated any more', async () => {
    const useOnce = createUseOnce(parts());
    const use = { realm: 'saml assertion', value: '_1', until: now + 1000 };
    const first = await Promise.all(Array.from({ length: 8 }, () => useOnce(use)));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await useOnce({ ...use, realm: 'logout token' })).toBe(true);
    now += 1001;
    expect(await useOnce({ ...use, until: now + 1000 })).toBe(true);
  });
});
