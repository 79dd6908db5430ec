import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/jobs/backoff.ts';

const backoff = { firstMs: 1000, maxMs: 60_000 };

describe('backoffMs', () => {
  it.each([
    { name: 'waits at least half of the first time', attempts: 1, random: 0, want: 500 },
    { name: 'waits at most the first time', attempts: 1, random: 1, want: 1000 },
    { name: 'doubles', attempts: 4, random: 1, want: 8000 },
    { name: 'stops growing', attempts: 7, random: 1, want: 60_000 },
    { name: 'stays a number after very many tries', attempts: 100_000, random: 0, want: 30_000 },
  ])('$name', ({ attempts, random, want }) => expect(backoffMs(backoff, attempts, random)).toBe(want));
});
