/** Numbers as people read them, on every page, in every mail and on the command line. */

/** `6,607`. */
export function tellNumber(count: number): string {
  return count.toLocaleString('en');
}
