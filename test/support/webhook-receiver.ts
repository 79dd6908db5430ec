/** A receiver of webhooks that checks signatures as a receiver should, with the library that the Standard Webhooks project gives. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of any type
  readonly data: any;
  readonly signatures: number;
}

export interface WebhookReceiver {
  readonly url: string;
  /** In the order in which they came, repetitions too. */
  readonly events: ReceivedEvent[];
  /** Deliveries whose signature did not hold. */
  readonly forged: number;
  /** The secrets that it knows; any of them will do. */
  secrets: string[];
  /** Status to answer with; asked before the event is kept, so that a refused one is not. */
  answer: (event: ReceivedEvent) => number;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<WebhookReceiver> {
  const state = { events: [] as ReceivedEvent[], forged: 0 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const event = verify(receiver.secrets, body, headers);
      if (event === undefined) {
        state.forged += 1;
        response.writeHead(401).end();
        return;
      }
      const status = receiver.answer(event);
      if (status < 300) state.events.push(event);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    events: state.events,
    get forged() {
      return state.forged;
    },
    secrets: [],
    answer: () => 204,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

function verify(
  secrets: readonly string[],
  body: string,
  headers: Readonly<Record<string, string>>,
): ReceivedEvent | undefined {
  for (const secret of secrets) {
    try {
      const payload = new Webhook(secret).verify(body, headers) as Omit<ReceivedEvent, 'id' | 'signatures'>;
      const signatures = (headers['webhook-signature'] ?? '').split(' ').length;
      return { ...payload, id: headers['webhook-id'] ?? '', signatures };
    } catch {
      // The next secret may be the one.
    }
  }
  return undefined;
}
