import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextFreeTeamName, toSafeTeamName } from '../../src/mapping/team-name.ts';

describe('toSafeTeamName', () => {
  it.each([
    ['vision', 'vision'],
    ['Computer Vision', 'Computer-Vision'],
    ['R&D / ML (EU)', 'R-D-ML-EU'],
    ['Größe', 'Grosse'],
    ['Søren Łódź', 'Soren-Lodz'],
    ['a--b_c', 'a--b_c'],
    ['a - b', 'a-b'],
    ['--a--', 'a'],
    ['_x_', '_x_'],
    ['x'.repeat(70), 'x'.repeat(64)],
    [`${'x'.repeat(63)} y`, 'x'.repeat(63)],
  ])('%s becomes %s', (name, want) => {
    expect(toSafeTeamName(name)).toBe(want);
  });

  it('names what has nothing left by its hash', () => {
    expect(toSafeTeamName('研究')).toMatch(/^team-[0-9a-f]{8}$/);
    expect(toSafeTeamName('研究')).not.toBe(toSafeTeamName('視覚'));
    expect(toSafeTeamName('')).toMatch(/^team-[0-9a-f]{8}$/);
  });

  it('is always safe, and keeps what is safe', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const safe = toSafeTeamName(name);
        expect(safe).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        expect(toSafeTeamName(safe)).toBe(safe);
      }),
    );
  });
});

describe('nextFreeTeamName', () => {
  it('counts up until a name is free', () => {
    const taken = new Set(['a', 'a-2', 'a-3']);
    expect(nextFreeTeamName('a', (name) => taken.has(name))).toBe('a-4');
    expect(nextFreeTeamName('b', (name) => taken.has(name))).toBe('b');
  });

  it('stays within the length that is allowed', () => {
    const long = 'x'.repeat(64);
    expect(nextFreeTeamName(long, (name) => name === long)).toBe(`${'x'.repeat(62)}-2`);
  });
});
