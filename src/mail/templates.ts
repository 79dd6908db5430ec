/** What each kind of mail says. A kind of the core's list does not compile until it has its words here. */
import type { Mail, MailKind } from '../directory/mail.ts';
import { composeMessage, type Message } from './message.ts';

/** What a mail about an invite carries that the outbox does not hold. */
export interface LinkOfInvite {
  readonly path: string;
  readonly expiresAt: number;
  readonly organization: string;
}

export interface TemplateParts {
  /** Origin, without a slash at the end; known after listening only. */
  readonly publicUrl: () => string;
  /** Makes the link of an invite; undefined: there is nothing to send any more. */
  readonly linkOfInvite: (mail: Mail) => Promise<LinkOfInvite | undefined>;
  /** Makes a link that signs in whoever reads this address's mail. */
  readonly linkOfSignIn: (mail: Mail) => Promise<{ readonly path: string }>;
}

/** Undefined: what it is about is over. */
export type Template = (mail: Mail) => Promise<Message | undefined>;

export type Templates = Readonly<Record<MailKind, Template>>;

export function createTemplates({ publicUrl, linkOfInvite, linkOfSignIn }: TemplateParts): Templates {
  return {
    async invite(mail) {
      const link = await linkOfInvite(mail);
      if (link === undefined) return undefined;
      const who = textOf(mail, 'invitedBy');
      return composeMessage(`You are invited to ${link.organization}`, [
        `${who} invites you to join ${link.organization}.`,
        { label: 'Accept the invite', address: `${publicUrl()}${link.path}` },
        `The link works once, until ${toDay(link.expiresAt)}. If you did not expect it, there is nothing to do: without the link nobody joins in your name.`,
      ]);
    },
    async sign_in_link(mail) {
      const { path } = await linkOfSignIn(mail);
      return composeMessage('Your link to sign in', [
        'Somebody, probably you, asked for a link to sign in to Drawbridge.',
        { label: 'Sign in', address: `${publicUrl()}${path}` },
        'The link works once, for 15 minutes. If you did not ask for it, there is nothing to do: without the link nobody signs in in your name.',
      ]);
    },
    async test(mail) {
      return composeMessage('A test mail of Drawbridge', [
        `${textOf(mail, 'askedBy')} asked for this mail, to see whether mails arrive. They do.`,
        { label: 'Open the console', address: `${publicUrl()}/admin/settings` },
      ]);
    },
    async seats_full(mail) {
      const { seats, active } = mail.content;
      const isOver = Number(active) > Number(seats);
      return composeMessage('All seats are taken', [
        `${isOver ? `There are ${String(seats)} seats now, and ${String(active)} people are active; they keep their access.` : `All ${String(seats)} seats are taken.`} Nobody can be invited, created, brought back or let in until one is free.`,
        'To free a seat, deactivate somebody who does not need access any more, at the identity provider or in the console; or raise SEATS.',
        { label: 'Open the console', address: `${publicUrl()}/admin` },
      ]);
    },
    async runs_missing(mail) {
      const [person, missing, expected] = [textOf(mail, 'person'), mail.content.missing, mail.content.expected];
      const team = typeof mail.content.team === 'string' ? ` from team ${mail.content.team}` : '';
      return composeMessage(`Runs of ${person} are missing`, [
        `${person} was removed${team}. The ledger says that ${String(expected)} runs are kept; the tracker does not have ${String(missing)} of them any more.`,
        'Look for who deleted or moved them, in the tracker, before its own trash is emptied.',
        { label: 'Open the console', address: `${publicUrl()}/admin` },
      ]);
    },
    async ledger_broken(mail) {
      const [position, checked] = [Number(mail.content.breakAt), Number(mail.content.checked)];
      const whole = checked === 1 ? 'The entry before it is' : `The ${checked} entries before it are`;
      return composeMessage('The record of removed people was changed', [
        `The chain of the ledger does not hold from entry ${position} on. ${checked === 0 ? '' : `${whole} whole. `}Somebody, or a fault, changed the database by another way than Drawbridge.`,
        'Verify the chain to see what does not fit, compare with a backup and with your checkpoints, and look for who had access to the database.',
        { label: 'Open the removed people', address: `${publicUrl()}/admin/removed` },
      ]);
    },
    async team_alert(mail) {
      const { lines, more } = mail.content;
      const told = Array.isArray(lines) ? lines.map(String) : [];
      const count = told.length + Number(more);
      return composeMessage(`Team ${textOf(mail, 'team')}: ${count === 1 ? 'a change' : `${count} changes`}`, [
        ...told,
        ...(Number(more) > 0 ? [`And ${String(more)} more.`] : []),
        'You get this mail because the settings of the team name your address.',
        { label: 'Open the team', address: `${publicUrl()}/admin/teams/${mail.aboutId ?? ''}` },
      ]);
    },
  };
}

function textOf({ content }: Mail, key: string): string {
  const value = content[key];
  return typeof value === 'string' && value !== '' ? value : 'Somebody';
}

/** `2 December 2026, 14:00 UTC` */
function toDay(at: number): string {
  const parts = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat('en-GB', parts).format(at).replace(' at ', ', ')} UTC`;
}
