/** Searches for people and their groups. What people type reaches a filter only through `fillFilter`. */
import { type Client, type Entry, Filter } from 'ldapts';
import type { LdapSettings } from '../../config/sign-in.ts';
import { type Refusal, refuse } from '../refusals.ts';
import { attributesToRead, BINARY_ATTRIBUTES, valuesOf } from './entry.ts';

/** Puts values in the places of `{name}`, escaped (RFC 4515, section 3); a value never adds a place. */
export function fillFilter(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    return value === undefined ? place : Filter.escape(value);
  });
}

/** The one entry of this name. References to other servers are not followed: the password would go there. */
export async function findPerson(client: Client, userName: string, settings: LdapSettings): Promise<Entry | Refusal> {
  const { searchEntries, searchReferences } = await client.search(settings.baseDn, {
    scope: 'sub',
    derefAliases: 'never',
    filter: fillFilter(settings.userFilter, { username: userName }),
    attributes: attributesToRead(settings),
    explicitBufferAttributes: [...BINARY_ATTRIBUTES],
    // Two are enough to know that it is not one.
    sizeLimit: 2,
    timeLimit: settings.timeoutSeconds,
  });
  const [entry] = searchEntries;
  if (searchEntries.length > 1) return refuse('ldap_user_ambiguous').refusal;
  if (entry !== undefined) return entry;
  const elsewhere = searchReferences.length === 0 ? null : `not followed: ${searchReferences.slice(0, 3).join(', ')}`;
  return refuse('ldap_user_unknown', elsewhere).refusal;
}

/** Names of the groups of a person; null: groups are not read. */
export async function findGroups(
  client: Client,
  entry: Entry,
  settings: LdapSettings,
): Promise<readonly string[] | null> {
  const { groups, attributes, timeoutSeconds } = settings;
  if (groups.from === 'none') return null;
  if (groups.from === 'memberof') return unique(valuesOf(entry, attributes.memberOf).map(firstName));
  const username = valuesOf(entry, attributes.userName)[0] ?? '';
  const { searchEntries } = await client.search(groups.baseDn, {
    scope: 'sub',
    derefAliases: 'never',
    filter: fillFilter(groups.filter, { dn: entry.dn, username }),
    attributes: [groups.name],
    paged: { pageSize: 500 },
    timeLimit: timeoutSeconds,
  });
  return unique(searchEntries.flatMap((group) => valuesOf(group, groups.name).slice(0, 1)));
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== ''))].toSorted();
}

/** `CN=Data\, Science,OU=Groups,DC=x` -> `Data, Science` (RFC 4514, sections 2.4 and 3). */
export function firstName(dn: string): string {
  const value = /^[^=]+=((?:\\.|[^,+\\])*)/s.exec(dn)?.[1] ?? '';
  const bytes = value.replace(/(?:\\[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('\\', ''), 'hex').toString());
  return bytes.replace(/\\(.)/gs, '$1').trim();
}
