/** Every group of a connection in the order of ids, read in pages. */
import type { Handle } from '../../synclog/handle.ts';
import type { Group } from '../groups/group.ts';
import { pagesOf } from '../pages.ts';
import type { DirectoryStore } from '../store.ts';
import type { Visibility } from '../visibility.ts';

const PAGE = 500;

export async function groupsAfter(
  { groups }: DirectoryStore,
  db: Handle,
  scope: Visibility,
  afterId: string,
  limit: number,
): Promise<readonly Group[]> {
  return (await groups.page(db, scope, { page: { offset: 0, limit, afterId }, withTotal: false })).items;
}

export async function* eachGroup(store: DirectoryStore, db: Handle, scope: Visibility): AsyncGenerator<Group> {
  for await (const page of pagesOf((after) => groupsAfter(store, db, scope, after, PAGE), PAGE)) yield* page;
}
