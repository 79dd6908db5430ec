/** Puts mails into the outbox, in the transaction of whoever has something to say. */
import type { MailStore, Outbox } from '../directory/mail.ts';

export interface OutboxParts {
  readonly store: MailStore;
  readonly delivers: boolean;
  readonly newId: () => string;
  readonly now: () => number;
}

export function createOutbox({ store, delivers, newId, now }: OutboxParts): Outbox {
  return {
    delivers,
    async enqueue(db, mail) {
      const at = now();
      const state = { state: 'waiting', attempts: 0, serverReply: null, createdAt: at, updatedAt: at } as const;
      await store.insert(db, { ...mail, ...state, id: newId() });
    },
  };
}
