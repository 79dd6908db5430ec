/** Memberships in one request, and what to do when that is refused. */
import { type MemberChange, type MemberResult, TargetRefusal } from './contract.ts';

/** All at once; when that is refused, halves, until the one that is to blame is alone. */
export async function sendOrSplit(
  changes: readonly MemberChange[],
  send: (changes: readonly MemberChange[]) => Promise<void>,
): Promise<readonly MemberResult[]> {
  const [first] = changes;
  if (first === undefined) return [];
  try {
    await send(changes);
    return [];
  } catch (error) {
    if (!(error instanceof TargetRefusal)) throw error;
    if (changes.length === 1) return [{ userId: first.userId, refusal: error.message }];
  }
  const middle = Math.ceil(changes.length / 2);
  const left = await sendOrSplit(changes.slice(0, middle), send);
  return [...left, ...(await sendOrSplit(changes.slice(middle), send))];
}
