/** What needs attention, from the facts: pure. Each item says what is the matter in words and leads to where it is solved. */
import { tellFull } from '../../directory/people/seats.ts';
import { tellNumber } from '../../numbers.ts';
import type { FailureKind } from '../../targets/failing.ts';
import { tellFailing, tellSpan } from '../../targets/words.ts';
import { countOf } from '../../web/count-words.ts';
import { explainError } from '../error-words.ts';
import type { ConnectionFacts, OverviewFacts } from './facts.ts';

export interface Attention {
  readonly level: 'bad' | 'warn' | 'info';
  readonly text: string;
  readonly address: string;
  /** What the link says. */
  readonly action: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Entra ID comes every 20 to 40 minutes whether or not something changed; others come when something changed. */
const SILENT_AFTER_MS = { entra: 3 * HOUR_MS, okta: 14 * DAY_MS, generic: 14 * DAY_MS, strict: 14 * DAY_MS } as const;
const TOKEN_WARNING_MS = 14 * DAY_MS;
const SEATS_NEARLY_FULL = 0.9;
const MOST_CAUSES = 5;

const LEVELS: readonly Attention['level'][] = ['bad', 'warn', 'info'];

/** What the code of a refused sign-in means; undefined: it is no sign-in's. */
export type ExplainSignIn = (code: string) => { readonly meaning: string } | undefined;

export function findAttention(facts: OverviewFacts, explainSignIn: ExplainSignIn): readonly Attention[] {
  const items = [
    ...adminItems(facts),
    ...seatItems(facts),
    ...facts.connections.flatMap((one) => connectionItems(one, facts.now)),
    ...refusalItems(facts, explainSignIn),
    ...ledgerItems(facts),
    ...targetItems(facts),
    ...mailItems(facts),
  ];
  return items.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function adminItems({ people }: OverviewFacts): Attention[] {
  if (people.admins > 1) return [];
  const link = { address: '/admin/people', action: 'Make somebody else admin, too' };
  return people.admins === 1
    ? [{ level: 'warn', text: 'There is only one admin. If they leave, nobody is left to let others in.', ...link }]
    : [{ level: 'bad', text: 'There is no active admin.', ...link }];
}

function seatItems({ people: { active, seats } }: OverviewFacts): Attention[] {
  if (seats === null || active < seats * SEATS_NEARLY_FULL) return [];
  const link = { address: '/admin/people?status=active', action: 'See who uses a seat' };
  const full = tellFull({ limit: seats, active });
  return full === undefined
    ? [{ level: 'warn', text: `${tellNumber(active)} of ${tellNumber(seats)} seats are in use.`, ...link }]
    : [{ level: 'bad', text: full, ...link }];
}

function connectionItems({ connection, tokens, lastContactAt }: ConnectionFacts, now: number): Attention[] {
  const address = `/admin/connections/${connection.id}`;
  const items: Attention[] = [];
  if (connection.state === 'paused') {
    const text = `${connection.name} is paused: the identity provider is told to try again later.`;
    items.push({ level: 'warn', text, address, action: 'Resume it' });
  }
  if (tokens.length === 0) {
    const text = `${connection.name} has no valid token: every request is refused.`;
    items.push({ level: 'bad', text, address, action: 'Make a token' });
  }
  const last = Math.max(0, ...tokens.map((token) => token.expiresAt ?? Number.POSITIVE_INFINITY));
  if (tokens.length > 0 && last - now < TOKEN_WARNING_MS) {
    const days = Math.max(0, Math.floor((last - now) / DAY_MS));
    const text = `The last token of ${connection.name} ends in ${countOf(days, 'day', 'days')}.`;
    items.push({ level: 'warn', text, address, action: 'Make a new one' });
  }
  if (lastContactAt === null) {
    const text = `${connection.name} has sent nothing yet.`;
    items.push({ level: 'info', text, address, action: 'See what to enter there' });
  } else if (connection.state === 'active' && now - lastContactAt > SILENT_AFTER_MS[connection.dialect]) {
    const text = `${connection.name} has been silent for ${tellSpan((now - lastContactAt) / 1000)}.`;
    items.push({ level: 'warn', text, address, action: 'Check the connection' });
  }
  return items;
}

function refusalItems({ refusals, connections }: OverviewFacts, explainSignIn: ExplainSignIn): Attention[] {
  return refusals.slice(0, MOST_CAUSES).map(({ connectionId, errorCode, count, newestId }) => {
    const name = connections.find(({ connection }) => connection.id === connectionId)?.connection.name;
    const signIn = connectionId === null ? explainSignIn(errorCode) : undefined;
    const { meaning } = signIn ?? explainError(errorCode);
    const what = signIn === undefined ? 'request' : 'sign-in';
    const requests = countOf(count, what, `${what}s`);
    const from = name === undefined ? '' : ` of ${name}`;
    const search = new URLSearchParams({
      ...(connectionId === null ? {} : { connection: connectionId }),
      cause: errorCode,
    });
    return {
      level: 'warn',
      text: `${requests}${from} did not go through in the last day. ${meaning}`,
      address: count === 1 ? `/admin/sync/${newestId}` : `/admin/sync?${search}`,
      action: 'See what was sent and what to do',
    };
  });
}

function ledgerItems({ ledger: { chain, failed, missingIn, missingRuns } }: OverviewFacts): Attention[] {
  const items: Attention[] = [];
  if (chain !== undefined && !chain.holds) {
    const text = `The record of removed people does not hold from entry ${chain.breakAt ?? chain.checked + 1} on: it was changed.`;
    items.push({ level: 'bad', text, address: '/admin/removed', action: 'Verify it, and see what to do' });
  }
  if (missingIn > 0) {
    const runs = countOf(missingRuns, 'run that is', 'runs that are');
    const text = `${runs} to be kept cannot be found at the tracker, of ${countOf(missingIn, 'removed person', 'removed people')}.`;
    items.push({ level: 'bad', text, address: '/admin/removed?kept=missing', action: 'See whose they are' });
  }
  if (failed > 0) {
    const text = `The runs of ${countOf(failed, 'removed person', 'removed people')} could not be counted; the tracker is asked again.`;
    items.push({ level: 'warn', text, address: '/admin/removed?inventory=failed', action: 'See why' });
  }
  return items;
}

const LAG_SECONDS = 15 * 60;

const FAILING_ACTIONS: Readonly<Record<FailureKind, string>> = {
  unavailable: 'See what it answers',
  forbidden: 'Change its address',
  unopened: 'Change its settings',
};

function targetItems({ targets, now }: OverviewFacts): Attention[] {
  return targets.flatMap(({ target, lagSeconds, lagChanges, parked, deliveries, failing }) => {
    const link = { address: `/admin/targets/${target.id}` };
    const givenUp = parked + deliveries.dead;
    const items: Attention[] = [];
    if (givenUp > 0) {
      const text = `${countOf(givenUp, 'thing was', 'things were')} given up on the way to ${target.name}.`;
      items.push({ level: 'bad', text, ...link, action: 'See why, and try again' });
    }
    if (target.state === 'paused') {
      items.push({ level: 'warn', text: `The target ${target.name} is paused.`, ...link, action: 'Resume it' });
    } else if (failing !== null) {
      const level = failing.kind === 'unavailable' ? 'warn' : 'bad';
      const text = `The target ${target.name} cannot be worked with. ${tellFailing(failing, now)}`;
      items.push({ level, text, ...link, action: FAILING_ACTIONS[failing.kind] });
    } else if (lagSeconds > LAG_SECONDS) {
      const text = `${target.name} is ${tellSpan(lagSeconds)} behind: ${countOf(lagChanges, 'change waits', 'changes wait')}.`;
      items.push({ level: 'warn', text, ...link, action: 'See what it answers' });
    }
    return items;
  });
}

const MOST_MAILS = 3;

function mailItems({ failedMails }: OverviewFacts): Attention[] {
  const items = failedMails.slice(0, MOST_MAILS).map(({ id, kind, to, aboutId }): Attention => {
    const isInvite = kind === 'invite' && aboutId !== null;
    return {
      level: 'bad',
      text: isInvite ? `The invite to ${to} did not arrive.` : `A mail to ${to} could not be sent.`,
      address: isInvite ? `/admin/people/invites/${aboutId}` : `/admin/settings/mail/${id}`,
      action: isInvite ? 'See why, and send it again' : 'See why',
    };
  });
  if (failedMails.length <= MOST_MAILS) return items;
  const link = { address: '/admin/settings#mail', action: 'Test the mail server' };
  return [...items, { level: 'bad', text: 'More mails did not arrive.', ...link }];
}
