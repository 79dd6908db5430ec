/** Sends what an identity provider's test button sends, over HTTP to this very process, with a token that lives for a minute. */

import type { Context } from '../../directory/actor.ts';
import type { Connection, Dialect } from '../../directory/connections/connection.ts';
import { addTestToken, revokeToken } from '../../directory/connections/connections.ts';
import { runWork } from '../../directory/work.ts';
import type { ConnectionPagesParts } from './ports.ts';

export interface TestStep {
  readonly request: string;
  /** Null: no answer. */
  readonly status: number | null;
  /** The exchange in the sync log. */
  readonly exchangeId: string | null;
  readonly detail: string;
}

const TIMEOUT_MS = 10_000;

/** Documented in docs/idp/: what each client asks when an admin presses its test button. */
function requestsOf(dialect: Dialect): readonly string[] {
  const nobody = encodeURIComponent(`userName eq "test-${crypto.randomUUID()}"`);
  const noGroup = encodeURIComponent(`displayName eq "test-${crypto.randomUUID()}"`);
  if (dialect === 'okta') return ['/Users?startIndex=1&count=2', '/Groups?startIndex=1&count=100'];
  if (dialect === 'entra') return [`/Users?filter=${nobody}`, `/Groups?excludedAttributes=members&filter=${noGroup}`];
  return ['/ServiceProviderConfig', `/Users?filter=${nobody}`, '/Groups?count=1'];
}

async function ask(ownUrl: string, path: string, token: string): Promise<TestStep> {
  const request = `GET /scim/v2${decodeURIComponent(path)}`;
  try {
    const answer = await fetch(`${ownUrl}/scim/v2${path}`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/scim+json', 'user-agent': 'Drawbridge test' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = (await answer.json()) as { detail?: unknown; totalResults?: unknown };
    const found = typeof body.totalResults === 'number' ? `${body.totalResults} found` : 'answered';
    const detail = typeof body.detail === 'string' ? body.detail : found;
    return { request, status: answer.status, exchangeId: answer.headers.get('x-request-id'), detail };
  } catch (error) {
    return { request, status: null, exchangeId: null, detail: error instanceof Error ? error.message : String(error) };
  }
}

export async function testConnection(
  { directory, ownUrl }: ConnectionPagesParts,
  context: Context,
  connection: Connection,
): Promise<readonly TestStep[]> {
  const made = await runWork(directory, context, (work) => addTestToken(directory, work, connection), connection.id);
  const steps: TestStep[] = [];
  try {
    for (const path of requestsOf(connection.dialect)) steps.push(await ask(ownUrl(), path, made.token));
  } finally {
    await runWork(directory, context, (work) => revokeToken(directory, work, connection, made.id), connection.id);
  }
  return steps;
}
