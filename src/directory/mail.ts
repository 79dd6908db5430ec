/**
 * The port to the post: a use-case puts a mail into the outbox in its own transaction, and mail/ sends it afterwards. A
 * mail names what it is about, and its template is filled when it is sent: a link that only its reader may know is made
 * then, so that no secret lies in the outbox.
 */
import type { JsonObject } from '../schema/json.ts';
import type { Handle } from '../synclog/handle.ts';

/** One template each in mail/. */
export const MAIL_KINDS = [
  'invite',
  'seats_full',
  'runs_missing',
  'ledger_broken',
  'team_alert',
  'sign_in_link',
  'test',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

export interface NewMail {
  readonly organizationId: string;
  readonly kind: MailKind;
  /** Address. */
  readonly to: string;
  /** Id of what it is about (an invite, a person), so that it can be told whether its mail arrived. */
  readonly aboutId: string | null;
  /** What the template is filled with; never a secret. */
  readonly content: JsonObject;
}

/**
 * `failed`: the server refused it for good, or it could not be delivered for too long. `dropped`: what it was about was over
 * before it was sent.
 */
export type MailState = 'waiting' | 'sent' | 'failed' | 'dropped';

export interface Mail extends NewMail {
  readonly id: string;
  readonly state: MailState;
  readonly attempts: number;
  /** What the mail server said last; null before the first try. */
  readonly serverReply: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface MailStore {
  find(db: Handle, id: string): Promise<Mail | undefined>;
  insert(db: Handle, mail: Mail): Promise<void>;
  /** Takes back what is not sent yet about something. */
  dropWaiting(db: Handle, aboutId: string, at: number): Promise<void>;
  /** The newest mail about each of these. */
  newestAbout(db: Handle, aboutIds: readonly string[]): Promise<ReadonlyMap<string, Mail>>;
  setState(
    db: Handle,
    id: string,
    state: {
      readonly state: MailState;
      readonly attempts: number;
      readonly serverReply: string | null;
      readonly at: number;
    },
  ): Promise<void>;
  /** Refused for good, newest first, unless a later mail is about the same. */
  failed(db: Handle, organizationId: string, limit: number): Promise<readonly Mail[]>;
  /** Forgets mails that are older and do not wait; says how many. */
  prune(db: Handle, before: number, limit: number): Promise<number>;
}

export interface Outbox {
  /** False: there is no mail server, and whoever needs a link is shown it instead. */
  readonly delivers: boolean;
  /** @returns the id of the mail */
  enqueue(db: Handle, mail: NewMail): Promise<string>;
}
