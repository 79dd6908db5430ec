import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { run } from './scripted-services.ts';

/** Starts `serve` with a server whose stopping the test ends; resolves when stopping has begun after a first signal. */
async function stopOnce(signal: 'SIGTERM' | 'SIGINT', setupUrl: string | null = null) {
  const signals = new EventEmitter();
  const events = new EventEmitter();
  const exits: number[] = [];
  const stopping = once(events, 'stopping');
  let now = 1000;
  const stopped = Promise.withResolvers<void>();
  const stop = () => {
    events.emit('stopping');
    return stopped.promise;
  };
  const listening = once(signals, 'newListener');
  const answer = run(['serve'], {
    signals,
    server: { stop, setupUrl },
    exit: (code) => exits.push(code),
    now: () => now,
  });
  await listening;
  queueMicrotask(() => signals.emit(signal));
  await stopping;
  const again = (afterMs: number) => {
    now += afterMs;
    signals.emit(signal);
  };
  return { answer, exits, again, signals, finish: stopped.resolve };
}

describe('serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s, with exit code 0', async (signal) => {
    const { answer, exits, finish, signals } = await stopOnce(signal);
    finish();
    expect(await answer).toMatchObject({ code: 0, out: '' });
    expect(exits).toEqual([]);
    expect(signals.eventNames()).not.toContain(signal);
  });

  it('ends at once on a second signal', async () => {
    const { answer, exits, again, finish } = await stopOnce('SIGINT');
    again(2000);
    expect(exits).toEqual([130]);
    finish();
    await answer;
  });

  it('takes a signal that npm passes on as the one that the terminal sent', async () => {
    const { answer, exits, again, finish } = await stopOnce('SIGINT');
    again(1);
    expect(exits).toEqual([]);
    finish();
    expect(await answer).toMatchObject({ code: 0 });
  });

  it('says where it is and how to make a connection, on standard error', async () => {
    const { answer, finish } = await stopOnce('SIGTERM');
    finish();
    const { err } = await answer;
    expect(err).toContain('http://127.0.0.1:8080/scim/v2');
    expect(err).toContain('http://127.0.0.1:8080/admin');
    expect(err).toContain('connection create --name okta --dialect okta');
    expect(err).not.toContain('no admin');
  });

  it('prints a setup link where there is no admin and nobody could become one by signing in', async () => {
    const link = 'http://127.0.0.1:8080/auth/setup?key=s3cret';
    const { answer, finish } = await stopOnce('SIGTERM', link);
    finish();
    const { err, out } = await answer;
    expect(err).toContain(
      `There is no admin yet. Become one with this link, which works once, for an hour:\n    ${link}`,
    );
    expect(out).toBe('');
  });
});
