/** The table of refusals: complete, and silent where it has to be. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../src/config.ts';
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

it('tells nobody what came out of an encrypted assertion before its signature was found right', () => {
  const unproven: readonly RefusalCode[] = [
    ...(['saml_decryption_failed', 'saml_several_assertions', 'saml_algorithm_weak'] as const),
    ...(['saml_signature_missing', 'saml_subject_markup', 'saml_signature_wrong'] as const),
  ];
  expect(new Set(unproven.map((code) => wordsForPage(code).code))).toEqual(new Set(['saml_signature_wrong']));
});

const GUIDES = join(import.meta.dirname, '../../docs/sso');
const known = new Set(describeConfig().flatMap(({ name }) => [name, `${name}_FILE`]));

describe.each(readdirSync(GUIDES))('docs/sso/%s', (file) => {
  const text = readFileSync(join(GUIDES, file), 'utf8');

  it('names variables that exist', () => {
    const named = text.match(/\b(OIDC|SAML|LDAP|PUBLIC|SESSION|DISABLE|SMTP|BOOTSTRAP)_[A-Z_]*[A-Z]\b/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });

  it('names refusals that exist', () => {
    const named = text.match(/`(oidc|saml|ldap|provider|attempt|credentials|account|identity)_[a-z_]+`/g) ?? [];
    expect(named.map((name) => name.slice(1, -1)).filter((code) => !codes.includes(code as RefusalCode))).toEqual([]);
  });
});
