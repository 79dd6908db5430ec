/** The console over memory: an implementation of its ports for tests, and an Express app around it on 127.0.0.1. */
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { createConsole } from '../../src/console/console.ts';
import type { OverviewFacts } from '../../src/console/overview/facts.ts';
import type { ConsoleParts, Person } from '../../src/console/parts.ts';
import type { Connection, ConnectionToken } from '../../src/directory/connections/connection.ts';
import type { OrganizationRole } from '../../src/directory/people/user.ts';
import type { Change } from '../../src/synclog/change.ts';
import type { Exchange, ExchangeQuery } from '../../src/synclog/exchange.ts';
import type { SyncLogReader } from '../../src/synclog/sync-log.ts';
import { chooseSpan, gather, type Timeline, type TimelineReader } from '../../src/synclog/timeline.ts';
import { createCookies } from '../../src/web/cookies.ts';
import { exampleVisitor } from '../support/example-visitor.ts';

export interface Memory {
  readonly exchanges: Exchange[];
  readonly changes: Change[];
  readonly connections: Connection[];
  readonly tokens: ConnectionToken[];
  readonly people: (Person & { readonly organizationId: string })[];
  readonly sessions: Map<string, string>;
  /** Organization roles of sessions; without one: admin. */
  readonly roles: Map<string, OrganizationRole>;
  /** Every query of the list, and how many were answered in one go at most. */
  readonly asked: ExchangeQuery[];
  mostAtOnce: number;
  now: number;
}

export function emptyMemory(now: number): Memory {
  return {
    exchanges: [],
    changes: [],
    connections: [],
    tokens: [],
    people: [],
    roles: new Map(),
    sessions: new Map(),
    asked: [],
    mostAtOnce: 0,
    now,
  };
}

function concerns(memory: Memory, exchange: Exchange, userId: string): boolean {
  const changed = memory.changes.some((change) => change.exchangeId === exchange.id && change.subject.id === userId);
  return changed || exchange.subject?.id === userId;
}

function matches(memory: Memory, exchange: Exchange, query: ExchangeQuery): boolean {
  const words = (query.text ?? '').toLowerCase().split(/\s+/);
  const text = JSON.stringify(exchange).toLowerCase();
  return (
    exchange.organizationId === query.organizationId &&
    (query.connectionId === undefined || exchange.connectionId === query.connectionId) &&
    (query.outcome === undefined || exchange.outcome === query.outcome) &&
    (query.errorCode === undefined || exchange.errorCode === query.errorCode) &&
    (query.operation === undefined || exchange.operation === query.operation) &&
    (query.userId === undefined || concerns(memory, exchange, query.userId)) &&
    exchange.at >= (query.from ?? 0) &&
    exchange.at < (query.until ?? Number.POSITIVE_INFINITY) &&
    (query.before === undefined || exchange.id < query.before) &&
    words.every((word) => text.includes(word))
  );
}

function createReader(memory: Memory): SyncLogReader {
  let running = 0;
  return {
    async listExchanges(query) {
      memory.asked.push(query);
      running += 1;
      memory.mostAtOnce = Math.max(memory.mostAtOnce, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      const found = memory.exchanges.filter((exchange) => matches(memory, exchange, query));
      return found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, query.limit);
    },
    async searchedDownTo() {
      return undefined;
    },
    async findExchange(organizationId, id) {
      return memory.exchanges.find((exchange) => exchange.id === id && exchange.organizationId === organizationId);
    },
    async changesOfExchange(organizationId, exchangeId, limit, after = 0) {
      const found = memory.changes.filter((c) => c.exchangeId === exchangeId && c.organizationId === organizationId);
      return found.filter(({ position }) => position > after).slice(0, limit);
    },
    async changesOfSubject(organizationId, subjectId, limit) {
      const found = memory.changes.filter((c) => c.subject.id === subjectId && c.organizationId === organizationId);
      return found.reverse().slice(0, limit);
    },
    async activity() {
      return [];
    },
    async refusals() {
      return [];
    },
  };
}

function countInMemory(memory: Memory, query: Parameters<TimelineReader['read']>[0]): Timeline {
  const spanMs = chooseSpan(query.from, query.until);
  const found = memory.exchanges.filter((exchange) => matches(memory, exchange, { ...query, limit: 1 }));
  const counts = found.map(({ at, connectionId, outcome }) => ({ at, connectionId, outcome, count: 1 }));
  const from = Math.floor(query.from / spanMs) * spanMs;
  return { from, until: query.until, spanMs, counts: gather(counts, spanMs), cut: false };
}

const quiet: Pick<OverviewFacts, 'ledger' | 'targets' | 'failedMails'> = {
  ledger: { failed: 0, missingIn: 0, missingRuns: 0, chain: undefined },
  targets: [],
  failedMails: [],
};

function overviewInMemory(memory: Memory, organizationId: string): OverviewFacts {
  const { now } = memory;
  const day = countInMemory(memory, { organizationId, from: now - 86_400_000, until: now });
  const week = countInMemory(memory, { organizationId, from: now - 7 * 86_400_000, until: now });
  const connections = memory.connections
    .filter((connection) => connection.organizationId === organizationId)
    .map((connection) => {
      const tokens = memory.tokens.filter((token) => token.connectionId === connection.id);
      return { connection, tokens, lastContactAt: tokens[0]?.lastUsedAt ?? null, users: 2, groups: 1 };
    });
  const refusals = [{ connectionId: 'entra', errorCode: 'last_admin', count: 2, newestId: 'x' }];
  return { now, connections, day, week, refusals, people: { active: 9, admins: 1, seats: 10 }, ...quiet };
}

export interface MemoryConsole {
  readonly app: Express;
  readonly memory: Memory;
  readonly faults: unknown[];
  readonly stop: AbortController;
}

export function createMemoryConsole(memory: Memory, changed: Partial<ConsoleParts> = {}): MemoryConsole {
  const stop = new AbortController();
  const faults: unknown[] = [];
  const parts: ConsoleParts = {
    syncLog: createReader(memory),
    timeline: { read: async (query) => countInMemory(memory, query) },
    overview: { read: async (organizationId) => overviewInMemory(memory, organizationId) },
    connections: {
      list: async (organizationId) => memory.connections.filter((c) => c.organizationId === organizationId),
      findToken: async (_organizationId, id) => memory.tokens.find((token) => token.id === id),
    },
    people: {
      find: async (organizationId, text, limit) =>
        memory.people
          .filter(
            (p) =>
              p.organizationId === organizationId &&
              (p.id === text || p.name.toLowerCase().includes(text.toLowerCase())),
          )
          .slice(0, limit),
    },
    sentBecauseOf: async () => [],
    rooms: [],
    place: { publicUrl: () => 'http://127.0.0.1', publicUrlGiven: false },
    cookies: createCookies(() => 'http://127.0.0.1'),
    sessions: {
      async find(token) {
        const organizationId = memory.sessions.get(token);
        return organizationId === undefined ? undefined : exampleVisitor(organizationId, memory.roles.get(token));
      },
    },
    explainRefusal: () => undefined,
    now: () => memory.now,
    publicUrl: 'https://bridge.example',
    stopping: stop.signal,
    reportFault: (error) => void faults.push(error),
    live: { pollMs: 20, heartbeatMs: 100 },
    ...changed,
  };
  const app = express();
  app.use('/admin', createConsole(parts));
  return { app, memory, faults, stop };
}

export interface RunningConsole extends MemoryConsole {
  readonly address: string;
  close(): Promise<void>;
}

export async function startMemoryConsole(memory: Memory, changed: Partial<ConsoleParts> = {}): Promise<RunningConsole> {
  const made = createMemoryConsole(memory, changed);
  const server = made.app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...made,
    address: `http://127.0.0.1:${port}`,
    async close() {
      made.stop.abort();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeIdleConnections();
      });
    },
  };
}
