/** Numbers with their nouns. */

/** `1 run`, `0 runs`, `12,300 runs`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
