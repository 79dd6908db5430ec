/**
 * Work on thousands of rows in one transaction lets the process answer others in between: what is read goes over another
 * connection and never waits for a writer, but with an embedded database both share this thread.
 */
import { setImmediate } from 'node:timers/promises';

/** Between two pages of a long piece of work. */
export async function breathe(): Promise<void> {
  await setImmediate();
}
