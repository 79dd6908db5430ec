/** Who is who over there, read from the target's map. */
import type { LinkBook } from './contract.ts';
import type { TargetStoreParts } from './parts.ts';
import type { Target } from './target.ts';

export function bookOf({ store, target }: { readonly store: TargetStoreParts; readonly target: Target }): LinkBook {
  return {
    ownerOf: (type, remoteId) => store.targetLinks.ownerOf(store.reader, target.id, type, remoteId),
    async remoteNameOf(type, id) {
      return (await store.targetLinks.find(store.reader, target.id, { type, id }))?.link?.remoteName;
    },
    async remoteIdOf(type, id) {
      return (await store.targetLinks.find(store.reader, target.id, { type, id }))?.link?.remoteId;
    },
    isNameTaken: (type, name) => store.targetLinks.isNameTaken(store.reader, target.id, type, name),
  };
}
