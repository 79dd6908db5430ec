/** Puts mails into the outbox, in the transaction of whoever has something to say, and marks the job that sends each. */
import type { MailStore, Outbox } from '../directory/mail.ts';
import type { JobStore } from '../jobs/job.ts';

export const MAIL_QUEUE = 'mail';

export interface OutboxParts {
  readonly mails: MailStore;
  readonly jobs: JobStore;
  /** Whether there is a mail server. */
  readonly delivers: boolean;
  readonly newId: () => string;
  readonly now: () => number;
}

export function createOutbox({ mails, jobs, delivers, newId, now }: OutboxParts): Outbox {
  return {
    delivers,
    async enqueue(db, mail) {
      const [id, at] = [newId(), now()];
      const state = { state: 'waiting', attempts: 0, serverReply: null, createdAt: at, updatedAt: at } as const;
      await mails.insert(db, { ...mail, ...state, id });
      await jobs.mark(db, [{ queue: MAIL_QUEUE, key: id, organizationId: mail.organizationId, dueAt: at }], at);
      return id;
    },
  };
}
