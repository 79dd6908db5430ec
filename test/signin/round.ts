/** A whole sign-in as the routes do it: begin, keep, come back, take, finish; over a real store. */
import { createUseOnce, keepAttempt, newAttemptSecret, takeAttempt } from '../../src/signin/attempts.ts';
import type { Answer, ConnectorParts, Outcome, RedirectConnector } from '../../src/signin/connector.ts';
import type { Store } from '../../src/store/store.ts';

export function partsOver(store: Store, change: Partial<ConnectorParts> = {}): ConnectorParts {
  const now = Date.now;
  return {
    publicUrl: () => 'http://127.0.0.1:9',
    now,
    useOnce: createUseOnce({ store, now }),
    onFault: () => undefined,
    ...change,
  };
}

export interface Begun {
  readonly url: string;
  readonly state: string;
  /** What the cookie of the browser holds. */
  readonly browser: string;
}

export async function begin(store: Store, connector: RedirectConnector): Promise<Begun> {
  const state = newAttemptSecret();
  const browser = newAttemptSecret();
  const started = await connector.start(state);
  if (started.kind !== 'redirect') throw new Error(`start was refused: ${JSON.stringify(started.refusal)}`);
  const attempt = { state, browser, connector: connector.type, kept: started.kept, returnTo: '/' };
  await keepAttempt({ store, now: Date.now }, attempt);
  return { url: started.url, state, browser };
}

export async function finish(
  store: Store,
  connector: RedirectConnector,
  answer: Answer,
  browser: string | null,
): Promise<Outcome> {
  const state = connector.stateOf(answer);
  if (state === null) return connector.finish(answer, null);
  const taken = await takeAttempt({ store, now: Date.now }, { state, browser, connector: connector.type });
  return taken.kind === 'refused' ? taken : connector.finish(answer, taken.attempt);
}
