/** In the place of HTTP for a dry run: what reads goes out, what writes is written down and answered as if it had worked. */
import { isJsonObject, type JsonObject } from '../../schema/json.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts';

export interface PlannedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

/** Ids of what would be created begin like this. */
export const PLANNED_ID = 'planned-';

export function createDryClient(http: HttpClient, plan: (request: PlannedRequest) => void): HttpClient {
  /** What would be there, by path, so that it can be read again. */
  const made = new Map<string, JsonObject>();
  let created = 0;

  function answerWrite(sent: HttpRequest): HttpAnswer {
    const body: unknown = sent.body === undefined ? undefined : JSON.parse(sent.body);
    plan({ method: sent.method, url: sent.url, body });
    const path = pathOf(sent.url);
    const given = isJsonObject(body) ? body : {};
    if (sent.method === 'PUT') made.set(path, given);
    if (sent.method !== 'POST') return answer(200, made.get(path) ?? {});
    created += 1;
    const resource = { ...given, id: `${PLANNED_ID}${created}` };
    made.set(`${path}/${resource.id}`, resource);
    return answer(201, resource);
  }

  return {
    async send(call, sent) {
      const isToken = sent.headers['content-type'] === 'application/x-www-form-urlencoded';
      if (sent.method !== 'GET' && !isToken) return answerWrite(sent);
      const planned = made.get(pathOf(sent.url));
      return planned === undefined ? http.send(call, sent) : answer(200, planned);
    },
    close: () => http.close(),
  };
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

function answer(status: number, body: JsonObject): HttpAnswer {
  return { status, headers: {}, body, text: JSON.stringify(body) };
}
