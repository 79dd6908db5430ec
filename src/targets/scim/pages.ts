/** A whole list, page by page. */
import type { JsonObject } from '../../schema/json.ts';
import { type Call, TargetRefusal } from '../contract.ts';
import { isSuccess, refusalOf, resourcesOf, type ScimClient } from './scim-client.ts';

const PAGE = 500;

/** By startIndex, until everything that was promised came; a provider that ignores it would give the first page for ever. */
export async function* pages(client: ScimClient, call: Call, path: string): AsyncIterable<JsonObject> {
  const seen = new Set<string>();
  for (let startIndex = 1; ; ) {
    const answer = await client.send(call, { method: 'GET', path: `${path}?startIndex=${startIndex}&count=${PAGE}` });
    if (!isSuccess(answer)) throw refusalOf('Reading the list', answer);
    const resources = resourcesOf(answer.body).filter(({ id }) => typeof id === 'string');
    const fresh = resources.filter(({ id }) => !seen.has(String(id)));
    for (const resource of fresh) {
      seen.add(String(resource.id));
      yield resource;
    }
    const total = Number(answer.body.totalResults ?? 0);
    startIndex += resources.length;
    if (startIndex > total || resources.length === 0) return;
    if (fresh.length === 0) throw new TargetRefusal('Its list gives the same page again: it cannot be read whole.');
  }
}
