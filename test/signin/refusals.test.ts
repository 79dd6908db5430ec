/** The table of refusals: complete, and silent where it has to be. */
import { expect, it } from 'vitest';
import { REFUSALS, type RefusalCode, wordsForPage } from '../../src/signin/refusals.ts';

const codes = Object.keys(REFUSALS) as RefusalCode[];

it.each(codes)('%s says what happened, why, and what to do', (code) => {
  const { text, cause, remedy, shownAs } = REFUSALS[code];
  for (const words of [text, cause, remedy]) expect(words).toMatch(/^[A-Z`].*[.!]$/s);
  if (shownAs !== undefined) expect(codes).toContain(shownAs);
});

it('never shows words that are shown as others', () => {
  expect(codes.map((code) => REFUSALS[wordsForPage(code).code].shownAs).filter(Boolean)).toEqual([]);
});

it('tells nobody whether a name exists, a password was nearly right, or an account is locked', () => {
  const about = codes.filter((code) => /^ldap_(user|account|password|not_allowed)/.test(code));
  expect(about.length).toBeGreaterThan(6);
  expect(new Set(about.map((code) => wordsForPage(code).code))).toEqual(new Set(['credentials_wrong']));
});
