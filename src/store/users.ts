/** Users in SQL. Hot look-ups are built once; lists are built per filter. */
import type { UserStore } from '../directory/store.ts';
import type { Engine } from './engine.ts';
import { createUserLists } from './user-lists.ts';
import { createUserLookups } from './user-lookups.ts';
import { createUserWrites } from './user-writes.ts';

export function createUserStore(engine: Engine): UserStore {
  return { ...createUserLookups(engine), ...createUserLists(engine), ...createUserWrites(engine) };
}
