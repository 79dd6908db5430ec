/** Numbers with their nouns. */
import { tellNumber } from '../numbers.ts';

/** `1 run`, `0 runs`, `12,300 runs`. */
export function countOf(count: number, one: string, many: string): string {
  return `${tellNumber(count)} ${count === 1 ? one : many}`;
}
