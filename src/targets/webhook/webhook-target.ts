/**
 * `webhook`: an address that is told of every change, in the form of Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 *
 * Owns: the message and its signatures. Does not own: the order, the tries and what was given up (deliver.ts).
 */
import { Webhook } from 'standardwebhooks';
import { type Call, type EventAdapter, TargetClosed, TargetRefusal, TargetUnavailable } from '../contract.ts';
import type { HttpClient } from '../http/http-client.ts';
import { testEvent, toEvent } from './event.ts';
import { type WebhookSecrets, type WebhookSettings, wantsEvent } from './settings.ts';

export interface WebhookTargetParts {
  readonly organizationId: string;
  readonly settings: WebhookSettings;
  readonly secrets: WebhookSecrets;
  readonly http: HttpClient;
  readonly now: () => number;
}

export function createWebhookTarget(parts: WebhookTargetParts): EventAdapter {
  const { settings, http, now } = parts;

  async function post(call: Call, id: string, event: unknown): Promise<void> {
    const body = JSON.stringify(event);
    const headers = { 'content-type': 'application/json', ...signedHeaders(parts.secrets, id, body, now()) };
    const answer = await http.send(call, {
      method: 'POST',
      url: settings.url,
      headers: { ...headers, 'user-agent': 'Drawbridge' },
      body,
      answerMaxBytes: 64 * 1024,
      isStatusEnough: true,
    });
    // Standard Webhooks: "410 Gone: disable the endpoint and stop sending".
    if (answer.status === 410) throw new TargetClosed('It answered 410 Gone: it wants no more events.');
    if (answer.status < 200 || answer.status > 299) throw new TargetRefusal(`It answered ${answer.status}.`);
  }

  return {
    wantsEvent: (kind) => wantsEvent(settings, kind),
    deliver: (call, { id, change }) => post(call, id, toEvent(change)),
    async test(call) {
      try {
        await post(call, `msg_test_${now()}`, testEvent(parts.organizationId, now()));
        return { ok: true, findings: [`${settings.url} took the event webhook.test.`] };
      } catch (error) {
        if (!isTold(error)) throw error;
        return { ok: false, findings: [error.message] };
      }
    },
    close: () => http.close(),
  };
}

function isTold(error: unknown): error is Error {
  return [TargetRefusal, TargetUnavailable, TargetClosed].some((kind) => error instanceof kind);
}

/** One signature per live secret, so that a receiver may change over at its own time. */
export function signedHeaders({ signing }: WebhookSecrets, id: string, body: string, now: number) {
  const live = signing.filter(({ until }) => until === null || until > now);
  const at = new Date(now);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': live.map(({ secret }) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
