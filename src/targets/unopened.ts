/**
 * A target that cannot be opened: its secrets were sealed with a key that is not there, or its settings are of another
 * version. Told at once and until it is opened: nothing that is sent would mend it.
 */
import { isAppError } from '../errors.ts';
import type { TargetParts } from './parts.ts';
import type { Target } from './target.ts';

/** Keeps nothing about a target that is gone or was changed since it was tried. */
export async function keepUnopened({ store, now }: TargetParts, target: Target, error: unknown): Promise<void> {
  await store.write(async (db) => {
    const current = await store.targets.findById(db, target.id);
    if (current?.updatedAt !== target.updatedAt) return;
    const at = now();
    const failure = { reason: reasonOf(error), kind: 'unopened' } as const;
    await store.targetFailures.add(db, { targetId: target.id, startedAt: at, at, ...failure });
  });
}

function reasonOf(error: unknown): string {
  if (isAppError(error, 'invalid_value')) return `${error.message} Change its settings.`;
  // Of what else went wrong the text may hold a secret.
  return isAppError(error) ? error.message : 'It cannot be opened: the log of Drawbridge says why.';
}

export async function clearUnopened({ store }: TargetParts, { id }: Target): Promise<void> {
  const kept = await store.targetFailures.find(store.reader, id);
  if (kept?.kind === 'unopened') await store.write((db) => store.targetFailures.clear(db, id));
}
