/** The examples of docs/targets/webhook.md: a receiver that copies them is right. */
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { newSigningSecret } from '../../src/targets/webhook/settings.ts';
import { signedHeaders } from '../../src/targets/webhook/webhook-target.ts';

const page = readFileSync(new URL('../../docs/targets/webhook.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

/** Imports from a data address cannot find packages: the library is handed in. */
async function load(block: string): Promise<Record<string, (...args: unknown[]) => unknown>> {
  const code = block.replace("import { Webhook } from 'standardwebhooks';", 'const { Webhook } = globalThis.lent;');
  Object.assign(globalThis, { lent: { Webhook } });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

const body = JSON.stringify({ type: 'user.created', data: { name: 'Ada Bÿron' } });

function sign(now: number, ...secrets: string[]): Record<string, string> {
  return signedHeaders({ signing: secrets.map((secret) => ({ secret, until: null })) }, 'msg_1', body, now);
}

it('has both examples', () => {
  expect(blocks).toHaveLength(2);
});

it('reads an event with the library, and refuses a forged one', async () => {
  const { readEvent } = await load(blocks[0] ?? '');
  const secret = newSigningSecret();
  expect(readEvent?.(secret, body, sign(Date.now(), secret))).toMatchObject({ type: 'user.created' });
  expect(() => readEvent?.(secret, body.replace('Ada', 'Eve'), sign(Date.now(), secret))).toThrow();
});

it('tells a genuine event from others by hand', async () => {
  const { isGenuine } = await load(blocks[1] ?? '');
  const [old, fresh, other] = [newSigningSecret(), newSigningSecret(), newSigningSecret()];
  const now = Date.now();
  expect(isGenuine?.(fresh, body, sign(now, fresh))).toBe(true);
  // While a secret is being changed, either will do.
  expect(isGenuine?.(old, body, sign(now, fresh, old))).toBe(true);
  expect(isGenuine?.(other, body, sign(now, fresh, old))).toBe(false);
  expect(isGenuine?.(fresh, `${body} `, sign(now, fresh))).toBe(false);
  expect(isGenuine?.(fresh, body, sign(now - 301_000, fresh))).toBe(false);
  expect(isGenuine?.(fresh, body, { ...sign(now, fresh), 'webhook-id': 'msg_2' })).toBe(false);
});
