import { afterEach, describe, expect, it } from 'vitest';
import type { ConsoleParts } from '../../src/console/parts.ts';
import { exampleExchange, exampleMemory, exchangeId, NOW, ORGANIZATION } from './example-log.ts';
import { type Memory, type RunningConsole, startMemoryConsole } from './memory-console.ts';

interface Event {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Reads events of one stream; `next` waits for the next one of a name. */
class Stream {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  #text = '';

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#reader = (response.body ?? new ReadableStream()).getReader();
  }

  async next(name: string): Promise<Event> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end === -1) {
        const { value, done } = await this.#reader.read();
        if (done) throw new Error(`the stream ended before ${name}`);
        this.#text += new TextDecoder().decode(value);
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const event = parseEvent(block);
      if (event.event === name) return event;
    }
  }

  /** What comes until the server ends it. */
  async rest(): Promise<string> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return this.#text;
      this.#text += new TextDecoder().decode(value);
    }
  }

  /** Resolves when the server ends it. */
  async ended(): Promise<void> {
    while (!(await this.#reader.read()).done);
  }

  leave(): void {
    this.#abort.abort();
  }
}

function parseEvent(block: string): Event {
  const fields = block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  const all = (name: string): string[] => fields.filter(([key]) => key === name).map(([, value]) => value ?? '');
  return { event: all('event')[0] ?? '', id: all('id')[0], data: all('data').join('\n') };
}

let running: RunningConsole | undefined;

async function start(changed: Partial<ConsoleParts> = {}): Promise<RunningConsole> {
  running = await startMemoryConsole(exampleMemory(), changed);
  return running;
}

async function listen(search = '', headers: Record<string, string> = {}): Promise<Stream> {
  const abort = new AbortController();
  const response = await fetch(`${running?.address}/admin/sync/events${search}`, {
    signal: abort.signal,
    headers: { Cookie: 'drawbridge_session=session', ...headers },
  });
  return new Stream(response, abort);
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

describe('live rows', () => {
  it('sends what is new, as a row, with its id', async () => {
    const { memory } = await start();
    const stream = await listen(`?after=${exchangeId(NOW)}`);
    await stream.next('beat');
    memory.exchanges.push(exampleExchange(NOW + 5, { summary: 'Okta created <b>Alan</b>' }));
    const { id, data } = await stream.next('rows');
    expect(id).toBe(exchangeId(NOW + 5));
    expect(data).toContain('Okta created &lt;b&gt;Alan&lt;/b&gt;');
    stream.leave();
  });

  it('sends an exchange that was written later than one with a later id', async () => {
    const { memory } = await start();
    const stream = await listen(`?after=${exchangeId(NOW)}`);
    await stream.next('beat');
    memory.exchanges.push(exampleExchange(NOW + 9));
    await stream.next('rows');
    memory.exchanges.push(exampleExchange(NOW + 7, { summary: 'A late one' }));
    expect((await stream.next('rows')).data).toContain('A late one');
    stream.leave();
  });

  it('sends no row to whoever lost their session or their role since', async () => {
    for (const lose of [
      (memory: Memory) => memory.sessions.clear(),
      (memory: Memory) => memory.roles.set('session', 'member'),
    ]) {
      const { memory, close } = await start({ live: { pollMs: 10, heartbeatMs: 60_000 } });
      const stream = await listen(`?after=${exchangeId(NOW)}`);
      await stream.next('beat');
      lose(memory);
      memory.exchanges.push(exampleExchange(NOW + 1, { summary: 'Not theirs any more' }));
      expect(await stream.rest()).toMatch(/^event: ended/);
      await close();
    }
  });

  it('keeps to the filter and to the organization', async () => {
    const { memory } = await start();
    const stream = await listen(`?outcome=refused&after=${exchangeId(NOW)}`);
    await stream.next('beat');
    memory.exchanges.push(
      exampleExchange(NOW + 1, { summary: 'Not refused' }),
      exampleExchange(NOW + 2, { outcome: 'refused', organizationId: 'org-2', summary: 'Not ours' }),
      exampleExchange(NOW + 3, { outcome: 'refused', summary: 'Ours' }),
    );
    const { data } = await stream.next('rows');
    expect(data.match(/data-id/g)).toHaveLength(1);
    expect(data).toContain('Ours');
    stream.leave();
  });

  it('resumes after the last event that was seen', async () => {
    const { memory } = await start();
    memory.exchanges.push(exampleExchange(NOW + 1, { summary: 'Missed while away' }));
    const stream = await listen('', { 'Last-Event-ID': exchangeId(NOW) });
    expect((await stream.next('rows')).data).toContain('Missed while away');
    stream.leave();
  });

  it('says so when more came than it shows', async () => {
    const { memory } = await start();
    for (let n = 1; n <= 150; n += 1) memory.exchanges.push(exampleExchange(NOW + n));
    const stream = await listen(`?after=${exchangeId(NOW)}`);
    await stream.next('gap');
    stream.leave();
  });

  it('asks the store once per filter, however many listen', async () => {
    const { memory } = await start({ live: { pollMs: 1, heartbeatMs: 20 } });
    const streams = await Promise.all([listen(), listen(), listen()]);
    for (const stream of streams) await stream.next('beat');
    memory.exchanges.push(exampleExchange(NOW + 1));
    for (const stream of streams) await stream.next('rows');
    memory.mostAtOnce = 0;
    for (let beat = 0; beat < 5; beat += 1) await streams[0]?.next('beat');
    expect(memory.mostAtOnce).toBe(1);
    for (const stream of streams) stream.leave();
  });

  it('asks no more once the last listener has left', async () => {
    const { memory } = await start({ live: { pollMs: 1, heartbeatMs: 20, maxListeners: 1 } });
    const stream = await listen('?outcome=refused');
    await stream.next('beat');
    stream.leave();
    let other = await listen();
    // The room is free again only once the server has noticed that the first one left.
    while (other.response.status === 503) other = await listen();
    await other.next('beat');
    memory.asked.length = 0;
    for (let beat = 0; beat < 3; beat += 1) await other.next('beat');
    expect(memory.asked.length).toBeGreaterThan(0);
    expect(memory.asked.filter((query) => query.outcome === 'refused')).toEqual([]);
    other.leave();
  });

  it('refuses one listener too many, and has room again when one leaves', async () => {
    await start({ live: { pollMs: 20, heartbeatMs: 20, maxListeners: 1 } });
    const first = await listen();
    await first.next('beat');
    const refused = await listen();
    expect(refused.response.status).toBe(503);
    expect(refused.response.headers.get('Retry-After')).toBe('15');
    first.leave();
    await expect
      .poll(async () => {
        const again = await listen();
        const { status } = again.response;
        again.leave();
        return status;
      })
      .toBe(200);
  });

  it('ends when the session ends', async () => {
    const { memory } = await start({ live: { pollMs: 20, heartbeatMs: 20 } });
    const stream = await listen();
    await stream.next('beat');
    memory.sessions.delete('session');
    await stream.next('ended');
    await stream.ended();
  });

  it('ends when the process stops', async () => {
    const { stop } = await start();
    const stream = await listen();
    await stream.next('beat');
    stop.abort();
    await stream.ended();
  });

  it('goes on after a fault of the store', async () => {
    const memory = exampleMemory();
    let broken = false;
    const base = await startMemoryConsole(memory);
    await base.close();
    const faulty: Partial<ConsoleParts> = {
      syncLog: {
        listExchanges: async () => {
          if (broken) throw new Error('gone for a moment');
          return memory.exchanges.filter((exchange) => exchange.organizationId === ORGANIZATION && exchange.at >= NOW);
        },
      } as never,
    };
    running = await startMemoryConsole(memory, faulty);
    const stream = await listen();
    await stream.next('beat');
    broken = true;
    await expect.poll(() => running?.faults.length).toBeGreaterThan(0);
    broken = false;
    memory.exchanges.push(exampleExchange(NOW + 1, { summary: 'After the fault' }));
    expect((await stream.next('rows')).data).toContain('After the fault');
    stream.leave();
  });
});
