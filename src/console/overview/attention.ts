/** What needs attention, from the facts: pure. Each item says what is the matter in words and leads to where it is solved. */
import { tellFull } from '../../directory/people/seats.ts';
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

export function findAttention(facts: OverviewFacts): readonly Attention[] {
  const items = [
    ...adminItems(facts),
    ...seatItems(facts),
    ...facts.connections.flatMap((one) => connectionItems(one, facts.now)),
    ...refusalItems(facts),
    ...jobItems(facts),
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
    ? [{ level: 'warn', text: `${active} of ${seats} seats are in use.`, ...link }]
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
  const ends = Math.min(...tokens.map((token) => token.expiresAt ?? Number.POSITIVE_INFINITY));
  const last = Math.max(0, ...tokens.map((token) => token.expiresAt ?? Number.POSITIVE_INFINITY));
  if (tokens.length > 0 && last - now < TOKEN_WARNING_MS) {
    const days = Math.max(0, Math.floor((ends - now) / DAY_MS));
    const text = `The last token of ${connection.name} ends in ${days} ${days === 1 ? 'day' : 'days'}.`;
    items.push({ level: 'warn', text, address, action: 'Make a new one' });
  }
  if (lastContactAt === null) {
    const text = `${connection.name} has sent nothing yet.`;
    items.push({ level: 'info', text, address, action: 'See what to enter there' });
  } else if (connection.state === 'active' && now - lastContactAt > SILENT_AFTER_MS[connection.dialect]) {
    const days = Math.floor((now - lastContactAt) / DAY_MS);
    const since = days === 0 ? `${Math.floor((now - lastContactAt) / HOUR_MS)} hours` : `${days} days`;
    const text = `${connection.name} has been silent for ${since}.`;
    items.push({ level: 'warn', text, address, action: 'Check the connection' });
  }
  return items;
}

function refusalItems({ refusals, connections }: OverviewFacts): Attention[] {
  return refusals.slice(0, MOST_CAUSES).map(({ connectionId, errorCode, count, newestId }) => {
    const name = connections.find(({ connection }) => connection.id === connectionId)?.connection.name;
    const { meaning } = explainError(errorCode);
    const requests = count === 1 ? '1 request' : `${count} requests`;
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

/** What each queue's parked work means; queues that people cannot do anything about are left out. */
const QUEUES: Readonly<Record<string, (count: number) => Omit<Attention, 'level'>>> = {
  mail: (count) => ({
    text: `${count} ${count === 1 ? 'mail' : 'mails'} could not be sent.`,
    address: '/admin/settings#mail',
    action: 'See why, and test the mail server',
  }),
  inventory: (count) => ({
    text: `The runs of ${count} removed ${count === 1 ? 'person' : 'people'} could not be counted.`,
    address: '/admin/removed?inventory=failed',
    action: 'See why, and try again',
  }),
  target: (count) => ({
    text: `${count} ${count === 1 ? 'user or team' : 'users or teams'} could not be brought to a target.`,
    address: '/admin/targets',
    action: 'See why, and try again',
  }),
};

function jobItems({ jobs }: OverviewFacts): Attention[] {
  const parked = new Map<string, number>();
  for (const { queue, state, count } of jobs) {
    const kind = queue.split(':', 1)[0] ?? queue;
    if (state === 'parked') parked.set(kind, (parked.get(kind) ?? 0) + count);
  }
  return [...parked].flatMap(([kind, count]) => {
    const words = QUEUES[kind]?.(count);
    return words === undefined ? [] : [{ level: 'bad' as const, ...words }];
  });
}
