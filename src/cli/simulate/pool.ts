/** Works on items a few at a time, in order, without holding more than those. The first fault ends it, after what is under way. */
export async function runPool<T>(items: Iterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const take = async (): Promise<void> => {
    for (let next = iterator.next(); !failed && next.done !== true; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: width }, take));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
}

/** 0, 1, ... up to but not including `end`. */
export function* upTo(end: number): Generator<number> {
  for (let index = 0; index < end; index += 1) yield index;
}
