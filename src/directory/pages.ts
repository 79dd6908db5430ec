/** Long lists, read in the order of ids, a page at a time. */
import { breathe } from './breath.ts';

/**
 * Pages that have something in them. Others get their turn in between.
 * @param read those after an id ('' for the first), at most `size`
 */
export async function* pagesOf<T extends { readonly id: string }>(
  read: (afterId: string) => Promise<readonly T[]>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let after = '';
  for (;;) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < size) return;
    after = last.id;
    await breathe();
  }
}
