/** A whole list, page by page. */
import type { JsonObject } from '../../schema/json.ts';
import { type Call, TargetRefusal } from '../contract.ts';
import { idOf, isSuccess, refusalOf, resourcesOf, type ScimClient } from './scim-client.ts';

const PAGE = 500;
/** Past it a list is taken to have no end. */
const LIST_MAX = 500_000;

/** By startIndex, until everything that was promised came; a provider that ignores it would give the first page for ever. */
export async function* pages(client: ScimClient, call: Call, path: string): AsyncIterable<JsonObject> {
  const seen = new Set<string>();
  for (let startIndex = 1; ; ) {
    const page = `${path}?startIndex=${startIndex}&count=${PAGE}`;
    const answer = await client.send(call, { method: 'GET', path: page, isList: true });
    if (!isSuccess(answer)) throw refusalOf('Reading the list', answer);
    const resources = resourcesOf(answer.body).filter((resource) => idOf(resource) !== undefined);
    const before = seen.size;
    for (const resource of resources) {
      const id = String(resource.id);
      if (seen.has(id)) continue;
      seen.add(id);
      yield resource;
    }
    const total = Number(answer.body.totalResults ?? 0);
    startIndex += resources.length;
    if (startIndex > total || resources.length === 0) return;
    if (seen.size > LIST_MAX) throw new TargetRefusal(`Its list has no end: more than ${LIST_MAX} came.`);
    if (seen.size === before) throw new TargetRefusal('Its list gives the same page again: it cannot be read whole.');
  }
}
