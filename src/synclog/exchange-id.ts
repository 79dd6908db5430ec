/** Ids of exchanges are UUIDv7, which begins with the milliseconds, so ids stand for times. */

/** The smallest id that can have been made at a time. */
export function firstIdAt(at: number): string {
  const hex = Math.max(0, Math.trunc(at)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** When an id was made, in epoch milliseconds; NaN for what is no such id. */
export function timeOfId(id: string): number {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id) ? Number.parseInt(`${id.slice(0, 8)}${id.slice(9, 13)}`, 16) : Number.NaN;
}
