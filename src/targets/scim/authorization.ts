/** How a SCIM target is asked to let us in: a bearer token, or OAuth 2.0 client credentials (RFC 6749 section 4.4). */
import { isJsonObject } from '../../schema/json.ts';
import { type Call, TargetUnavailable } from '../contract.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Authorize } from './scim-client.ts';

export function bearer(token: string): Authorize {
  return async () => `Bearer ${token}`;
}

export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string | undefined;
}

/** A token is fetched when it is needed and kept until shortly before its end. */
const EARLY_MS = 30_000;
const LIFETIME_DEFAULT_SECONDS = 300;

export function clientCredentials(http: HttpClient, client: ClientCredentials, now: () => number): Authorize {
  let kept: { readonly header: string; readonly until: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function fetchToken(call: Call): Promise<string> {
    const { tokenUrl, clientId, clientSecret, scope } = client;
    // Both parts are form-encoded before they are joined (RFC 6749 section 2.3.1).
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const answer = await http.send(call, {
      method: 'POST',
      url: tokenUrl,
      headers: {
        authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(scope === undefined ? {} : { scope }),
      }).toString(),
    });
    const body = isJsonObject(answer.body) ? answer.body : {};
    if (answer.status !== 200 || typeof body.access_token !== 'string') {
      const why = typeof body.error === 'string' ? `: ${body.error}` : '';
      throw new TargetUnavailable(`The token endpoint gave no token (${answer.status}${why}).`, 60_000);
    }
    const seconds = typeof body.expires_in === 'number' ? body.expires_in : LIFETIME_DEFAULT_SECONDS;
    const header = `Bearer ${body.access_token}`;
    kept = { header, until: now() + Math.max(seconds * 1000 - EARLY_MS, 1000) };
    return header;
  }

  return async (call, fresh) => {
    if (fresh) kept = undefined;
    if (kept !== undefined && kept.until > now()) return kept.header;
    fetching ??= fetchToken(call).finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
}
