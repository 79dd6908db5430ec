/** One mail over SMTP, and what the server's answer means. */
import { createTransport } from 'nodemailer';
import type { Message } from './message.ts';

export interface SmtpParts {
  /** `smtp://user:password@host:port`, `smtps://...` */
  readonly url: string;
  readonly from: string;
  /** How long to wait for the server at each step; default 20 s. */
  readonly timeoutMs?: number;
}

export interface Envelope {
  readonly to: string;
  /** The same at each try, so that a mail which arrives twice is seen to be one. */
  readonly id: string;
  readonly message: Message;
}

export type Delivery =
  | { readonly kind: 'accepted'; readonly reply: string }
  /** Trying again is useless: the server refused the recipient or the mail. */
  | { readonly kind: 'refused'; readonly reply: string }
  | { readonly kind: 'failed'; readonly reply: string };

export type Deliver = (envelope: Envelope, signal: AbortSignal) => Promise<Delivery>;

/** What nodemailer's errors carry. */
interface SmtpFault {
  readonly code?: string;
  /** What was refused. */
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** Refusals of this mail or its recipient. Others are of us (a wrong password, a sender that may not): the operator's to mend. */
const ABOUT_THE_MAIL: ReadonlySet<string> = new Set(['RCPT TO', 'DATA']);

const REPLY_MAX = 500;

export function createDelivery({ url, from, timeoutMs = 20_000 }: SmtpParts): Deliver {
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  return async ({ to, id, message }, signal) => {
    signal.throwIfAborted();
    const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
    const interrupted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const host = /@([^@>]+)>?$/.exec(from)?.[1] ?? 'localhost';
    const headers = { 'Auto-Submitted': 'auto-generated' };
    const mail = { from, to: { name: '', address: to }, messageId: `<${id}@${host}>`, headers, ...message };
    try {
      const sent = await Promise.race([transport.sendMail(mail), interrupted]);
      return { kind: 'accepted', reply: toReply(sent.response) };
    } catch (error) {
      if (signal.aborted) throw error;
      return toDelivery(error);
    } finally {
      transport.close();
    }
  };
}

function toDelivery(error: unknown): Delivery {
  const { code = '', command = '', responseCode = 0, response } = error as SmtpFault;
  const reply = toReply(response ?? (error instanceof Error ? error.message : String(error)));
  const isRefusal = code === 'EENVELOPE' || code === 'EMESSAGE';
  const permanent = isRefusal && responseCode >= 500 && ABOUT_THE_MAIL.has(command);
  return { kind: permanent ? 'refused' : 'failed', reply };
}

function toReply(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, REPLY_MAX);
}
