/** What the examples of docs/api.md take for granted, and running them without a shell. */
import type { Endpoint } from '../../src/api/endpoint.ts';
import { type ApiAnswer, type ApiClient, apiClient } from '../support/api-client.ts';
import type { TestBridge } from '../support/bridge.ts';
import { makeAdmin } from '../support/keys.ts';
import { scimClient } from '../support/scim-client.ts';

/** Something that an identity provider sent, an admin whom nobody manages. */
export async function prepareExamples(bridge: TestBridge): Promise<Record<string, string>> {
  const { secret } = await makeAdmin(bridge, 'root');
  const admin = await makeAdmin(bridge, 'another admin');
  const connection = await bridge.createConnection({ dialect: 'generic', name: 'Seed' });
  const scim = scimClient(connection);
  const person = await scim.user('ada@seed.example', { displayName: 'Ada Byron' });
  const group = await scim.group('seed', [person]);
  const api = `${bridge.url}/api/v1`;
  const team = (await apiClient(api, secret).get('/teams?search=seed')).body.items[0].id;
  const { items } = (await apiClient(api, secret).get('/exchanges?operation=groups.create')).body;
  const ids = {
    PERSON: person,
    TEAM_OF_PERSON: team,
    GROUP: group,
    EXCHANGE: items[0].id,
    UNMANAGED_ADMIN: admin.id,
  };
  return { DRAWBRIDGE: api, KEY: secret, ...ids };
}

/** Runs one, filled in with what earlier ones saved, and saves what it says. */
export async function runExample(
  client: ApiClient,
  { method, path, query: _query, body, binaryBody, example = {} }: Endpoint,
  saved: Record<string, string>,
  picture: Uint8Array,
): Promise<ApiAnswer> {
  const valueIn = (name: string) => saved[example.params?.[name] ?? name] ?? example.params?.[name] ?? name;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => valueIn(name));
  const headers = example.ifMatch === undefined ? {} : { 'if-match': `"${saved[example.ifMatch]}"` };
  const text = JSON.stringify(example.body)?.replaceAll(/\{([A-Z_]+)\}/g, (_match, name: string) => saved[name] ?? '');
  const json = body === undefined || text === undefined ? undefined : JSON.parse(text);
  const given = binaryBody === undefined ? json : picture;
  const type = binaryBody === undefined ? {} : { 'content-type': binaryBody.mediaTypes[0] ?? '' };
  const address = `${filled}${example.query === undefined ? '' : `?${example.query}`}`;
  const answer = await client.send(method.toUpperCase(), address, given, { ...headers, ...type });
  for (const [name, from] of Object.entries(example.saves ?? {})) saved[name] = String(valueAt(answer.body, from));
  return answer;
}

/** `results[0].invite.id` */
function valueAt(body: unknown, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], body);
}
