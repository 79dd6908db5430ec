/** The operations that are compared, with the ratio that is wanted of each. */
import type { LoadRequest } from './load.ts';
import { activePatch, newUser, type SeededUser } from './seed.ts';

export interface Operation {
  /** For `--only`. */
  readonly key: string;
  readonly name: string;
  /** Wanted ratio: bridge / floor. */
  readonly wanted: number;
  readonly next: (users: readonly SeededUser[]) => () => LoadRequest;
}

let serial = 0;

function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

export const OPERATIONS: readonly Operation[] = [
  {
    key: 'get',
    name: 'GET user by id',
    wanted: 0.4,
    next: (users) => () => ({ method: 'GET', path: `/scim/v2/Users/${pick(users).id}` }),
  },
  {
    key: 'filter',
    name: 'filter `userName eq`',
    wanted: 0.4,
    next: (users) => () => ({
      method: 'GET',
      path: `/scim/v2/Users?filter=${encodeURIComponent(`userName eq "${pick(users).userName}"`)}`,
    }),
  },
  {
    key: 'list',
    name: 'list 100 of 20,000',
    wanted: 0.5,
    next: () => () => ({ method: 'GET', path: '/scim/v2/Users?startIndex=1&count=100' }),
  },
  {
    key: 'patch',
    name: 'PATCH active',
    wanted: 1,
    next: (users) => () => ({
      method: 'PATCH',
      path: `/scim/v2/Users/${pick(users).id}`,
      body: activePatch(Math.random() < 0.5),
    }),
  },
  {
    key: 'post',
    name: 'POST user',
    wanted: 1.2,
    next: () => () => {
      serial += 1;
      return {
        method: 'POST',
        path: '/scim/v2/Users',
        body: JSON.stringify(newUser(`bench-${process.pid}-${serial}`)),
      };
    },
  },
];
