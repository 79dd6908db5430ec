/** Numbers with their nouns. */

/** `1 run`, `2 runs`, `0 runs`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
