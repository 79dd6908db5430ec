import { describe, expect, it } from 'vitest';
import { faultsOfPattern, matchTemplate, parseTemplate } from '../../src/mapping/template.ts';

function match(pattern: string, name: string): Record<string, string> | undefined {
  const captures = matchTemplate(parseTemplate(pattern, { wildcard: true }), name);
  return captures && Object.fromEntries(captures);
}

describe('matchTemplate', () => {
  it.each([
    ['ml-{team}-{role}', 'ml-vision-admin', { team: 'vision', role: 'admin' }],
    ['ml-{team}-{role}', 'ML-Vision Lab-Admin', { team: 'Vision Lab', role: 'Admin' }],
    ['ml-{team}-{role}', 'ml-vision-lab-admin', { team: 'vision-lab', role: 'admin' }],
    ['ml-{team}-{role}', 'ml-vision', undefined],
    ['ml-{team}-{role}', 'ml--admin', undefined],
    ['ml-{team}-{role}', 'ml-vision-', undefined],
    ['ml-{team}-{role}', 'xml-vision-admin', undefined],
    ['ml-{team}', 'ml-', undefined],
    ['{team}', 'x', { team: 'x' }],
    ['{team}', '', undefined],
    ['research*', 'Research', {}],
    ['research*', 'research-nlp', {}],
    ['research*', 'my research', undefined],
    ['*research', 'my research', {}],
    ['*a*{b}', 'xaya', { b: 'a' }],
    ['exact', 'EXACT', {}],
    ['exact', 'exactly', undefined],
    ['a.c', 'abc', undefined],
    ['(a|b)+$', '(A|B)+$', {}],
    ['aa{x}aa', 'aaa', undefined],
    ['aa{x}aa', 'aaaa', undefined],
    ['aa{x}aa', 'aabaa', { x: 'b' }],
    ['İstanbul-{x}', 'İstanbul-Ömer', { x: 'Ömer' }],
  ])('%s on %s', (pattern, name, want) => {
    expect(match(pattern, name)).toEqual(want);
  });

  it('is done at once with a name made to try every way', () => {
    const pattern = Array.from({ length: 20 }, (_, index) => `{c${index}}`).join('-');
    expect(match(`${pattern}!`, `${'-'.repeat(200_000)}?`)).toBeUndefined();
    expect(match(`x${pattern}`, '-'.repeat(200_000))).toBeUndefined();
  });
});

describe('faultsOfPattern', () => {
  it.each([
    ['ml-{team}-{role}', []],
    ['{a}{b}', ['two captures need some text between them']],
    ['*{b}', ['two captures need some text between them']],
    ['{a}-{a}', ['{a} stands in the pattern more than once']],
    ['{a b}', ['{a b} is no name for a capture']],
    ['{}', ['{} is no name for a capture']],
    ['{__proto__}', ['{__proto__} is no name for a capture']],
    ['{group}', ['{group} always stands for the name of the group; name the capture otherwise']],
    ['{a', ['there is a brace without its other half']],
  ])('%s: %j', (pattern, want) => {
    expect(faultsOfPattern(parseTemplate(pattern, { wildcard: true }))).toEqual(want);
  });
});
