/** How long a target that does not answer is left alone: requests that fail together are one failure. Real HTTP. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TargetUnavailable } from '../../src/targets/contract.ts';
import { createAddressGuard, parseNetwork } from '../../src/targets/http/address-guard.ts';
import { createHttpClient, type HttpClient } from '../../src/targets/http/http-client.ts';
import { createPace, type Pace } from '../../src/targets/http/pace.ts';

const FIRST_MS = 500;
const LAST_MS = 60_000;
const call = { signal: new AbortController().signal, requestId: null, trace: () => undefined };

/** Turns as the store gives them. */
function startPace(perSecond: number, now: () => number): Pace {
  let nextAt = 0;
  return createPace({
    ...{ perSecond, now },
    takeTurns: async (count, spacingMs, notBefore) => {
      const at = Math.max(nextAt, notBefore);
      nextAt = at + count * spacingMs;
      return at;
    },
    hold: async (at) => {
      nextAt = Math.max(nextAt, at);
    },
  });
}

describe('a target that does not answer is left alone', () => {
  let server: Server;
  let waiting: ServerResponse[];
  let wanted: number;
  let retryAfter: readonly (string | undefined)[];
  const opened: HttpClient[] = [];

  beforeEach(async () => {
    waiting = [];
    retryAfter = [];
    // Nobody is answered before everybody has asked.
    server = createServer((_request, response) => {
      waiting.push(response);
      if (waiting.length < wanted) return;
      for (const [index, each] of waiting.splice(0).entries()) {
        const seconds = retryAfter[index];
        each.writeHead(503, seconds === undefined ? {} : { 'retry-after': seconds }).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function start(random: () => number) {
    const clock = { now: 1_000_000 };
    const now = () => clock.now;
    const pace = startPace(0, now);
    const loopback = parseNetwork('127.0.0.0/8');
    const guard = createAddressGuard('private', loopback === undefined ? [] : [loopback]);
    const client = createHttpClient({ guard, pace, now, random, connections: 48 });
    opened.push(client);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    /** That many at once; gives for how long the target is left alone after that, and the waits that were told. */
    return async (count: number) => {
      clock.now = Math.max(clock.now, pace.heldUntil());
      wanted = count;
      const sent = Array.from({ length: count }, () => client.send(call, { method: 'GET', url, headers: {} }));
      const waits = (await Promise.allSettled(sent)).map((each) =>
        each.status === 'rejected' && each.reason instanceof TargetUnavailable ? each.reason.retryAfterMs : undefined,
      );
      return { holdMs: pace.heldUntil() - clock.now, waits };
    };
  }

  it('for as long by many requests that fail together as by one, and twice as long each time, up to a minute', async () => {
    const rounds = fc.array(fc.integer({ min: 1, max: 48 }), { minLength: 1, maxLength: 10 });
    const property = fc.asyncProperty(
      rounds,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (counts, chance) => {
        const fail = start(() => chance);
        for (const [index, count] of counts.entries()) {
          const { holdMs, waits } = await fail(count);
          const full = Math.min(LAST_MS, FIRST_MS * 2 ** index);
          expect(holdMs).toBe(Math.round((full / 2) * (1 + chance)));
          expect(waits).toEqual(Array.from({ length: count }, () => holdMs));
        }
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  it('for as long as it asks, whichever of those that failed together it asks', async () => {
    const fail = start(() => 0.5);
    for (const asked of [['7'], [undefined, undefined, '7'], ['7', undefined, '3']]) {
      retryAfter = asked;
      expect((await fail(3)).holdMs).toBe(7000);
    }
  });

  it('by those too who had a turn before it failed, who take another one', async () => {
    const pace = startPace(20, Date.now);
    const ended: number[] = [];
    const turns = [1, 2, 3].map(async () => {
      await pace.turn(call.signal);
      ended.push(Date.now());
    });
    await turns[0];
    const until = Date.now() + 200;
    await pace.holdUntil(until);
    await Promise.all(turns);
    const [, second = 0, third = 0] = ended;
    // A timer may be a millisecond early.
    expect(second).toBeGreaterThanOrEqual(until - 2);
    expect(third - second).toBeGreaterThanOrEqual(40);
  });
});
