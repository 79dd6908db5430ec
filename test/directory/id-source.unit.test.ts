import { expect, it } from 'vitest';
import { createIdSource } from '../../src/directory/id-source.ts';

it('makes ids that sort in the order of their making, and no two alike', () => {
  const next = createIdSource();
  const ids = Array.from({ length: 20_000 }, next);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('starts each millisecond anew, so that one id does not tell the next', async () => {
  const next = createIdSource();
  const counters: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    counters.push(next().slice(15, 23));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(new Set(counters).size).toBe(counters.length);
});
