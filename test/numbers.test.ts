/** Counts look alike on every page: one place groups their digits, and no page writes a bare one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tellNumber } from '../src/numbers.ts';
import { countOf } from '../src/web/count-words.ts';
import { view } from '../src/web/view.ts';

const SOURCE = join(import.meta.dirname, '..', 'src');
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(SOURCE, path), 'utf8') }));

it.each([
  [0, '0', '0 runs'],
  [1, '1', '1 run'],
  [999, '999', '999 runs'],
  [6607, '6,607', '6,607 runs'],
  [1_234_567, '1,234,567', '1,234,567 runs'],
])('tells %d as %s, and %s', (count, alone, withNoun) => {
  expect([tellNumber(count), countOf(count, 'run', 'runs')]).toEqual([alone, withNoun]);
});

it('lets no bare number into a page: the compiler refuses it', () => {
  // @ts-expect-error A number has to say whether it is a count.
  expect(view`${6607}`.toString()).toBe('6607');
});

describe('in the sources', () => {
  it('one place groups digits', () => {
    const others = FILES.filter(({ path, text }) => path !== 'numbers.ts' && /toLocaleString|NumberFormat/.test(text));
    expect(others.map(({ path }) => path)).toEqual([]);
  });

  it('no page chooses between one and many beside a bare number', () => {
    const pages = FILES.filter(({ path }) => /^(console|web|account|targets\/words)/.test(path));
    const bare = /\$\{([^{}]+)\} [^`$]*\$\{\1 === 1 \?|=== 1 \? ['`]1 .*: `\$\{(?!tellNumber)/g;
    expect(pages.flatMap(({ path, text }) => [...text.matchAll(bare)].map(([found]) => `${path}: ${found}`))).toEqual(
      [],
    );
  });
});
