/**
 * The post: sends what lies in the outbox, with retries, never inside a request.
 *
 * Owns: the words of mails, talking SMTP, giving up. Does not own: deciding that there is something to say (directory/ puts
 * it into the outbox, in the transaction of the change), leases and back-off (jobs/). Started by app/background.ts, where a
 * mail server is configured.
 */
import type { Mail, MailStore } from '../directory/mail.ts';
import type { Backoff } from '../jobs/backoff.ts';
import type { Job, JobResult } from '../jobs/job.ts';
import type { WorkerOptions } from '../jobs/worker.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Message } from './message.ts';
import { MAIL_QUEUE } from './outbox.ts';
import type { Templates } from './templates.ts';
import type { Deliver } from './transport.ts';

export interface PostParts {
  readonly mails: MailStore;
  readonly write: <T>(work: (db: Handle) => Promise<T>) => Promise<T>;
  readonly reader: Handle;
  readonly now: () => number;
  readonly templates: Templates;
  readonly deliver: Deliver;
}

/** With the back-off, about two days. */
const ATTEMPTS_MAX = 40;
const BACKOFF: Backoff = { firstMs: 5_000, maxMs: 2 * 3_600_000 };

/** @param options for tests, which have no two days */
export function postWorker(
  parts: PostParts,
  options: Partial<Pick<WorkerOptions, 'maxAttempts' | 'backoff' | 'pollMs'>> = {},
): WorkerOptions {
  const maxAttempts = options.maxAttempts ?? ATTEMPTS_MAX;
  return {
    ...{ queue: MAIL_QUEUE, maxAttempts, backoff: BACKOFF, concurrency: 4 },
    ...options,
    handle: (job, signal) => send(parts, job, maxAttempts, signal),
  };
}

async function send(parts: PostParts, job: Job, maxAttempts: number, signal: AbortSignal): Promise<JobResult> {
  const mail = await parts.mails.find(parts.reader, job.key);
  if (mail === undefined || mail.state === 'sent' || mail.state === 'dropped') return { kind: 'done' };
  const attempts = job.attempts + 1;
  const message = await compose(parts, mail);
  if (message === undefined) return end(parts, mail, 'dropped', attempts, null);
  if (typeof message === 'string') return giveUpOrRetry(parts, mail, attempts, maxAttempts, message);
  const delivery = await parts.deliver({ to: mail.to, id: mail.id, message }, signal);
  switch (delivery.kind) {
    case 'accepted':
      return end(parts, mail, 'sent', attempts, delivery.reply);
    case 'refused':
      return fail(parts, mail, attempts, delivery.reply);
    case 'failed':
      return giveUpOrRetry(parts, mail, attempts, maxAttempts, delivery.reply);
    default:
      return delivery satisfies never;
  }
}

/** A text: why it could not be written. */
async function compose({ templates }: PostParts, mail: Mail): Promise<Message | string | undefined> {
  try {
    return await templates[mail.kind](mail);
  } catch (error) {
    return `This mail could not be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function end(
  { mails, write, now }: PostParts,
  mail: Mail,
  state: 'sent' | 'dropped',
  attempts: number,
  serverReply: string | null,
): Promise<JobResult> {
  await write((db) => mails.setState(db, mail.id, { state, attempts, serverReply, at: now() }));
  return { kind: 'done' };
}

async function fail({ mails, write, now }: PostParts, mail: Mail, attempts: number, reply: string): Promise<JobResult> {
  await write((db) => mails.setState(db, mail.id, { state: 'failed', attempts, serverReply: reply, at: now() }));
  return { kind: 'park', reason: reply };
}

async function giveUpOrRetry(
  parts: PostParts,
  mail: Mail,
  attempts: number,
  maxAttempts: number,
  reply: string,
): Promise<JobResult> {
  if (attempts >= maxAttempts) return fail(parts, mail, attempts, reply);
  const { mails, write, now } = parts;
  await write((db) => mails.setState(db, mail.id, { state: 'waiting', attempts, serverReply: reply, at: now() }));
  return { kind: 'retry', reason: reply };
}
