/** Everything that somebody was called here, so that an erasure finds where it stands. */
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { NamedPerson } from '../people/named-person.ts';

/** Under which of these a record of the person holds a name; `value` is that of an address. */
const NAMING = new Set([
  ...['userName', 'displayName', 'formatted', 'externalId', 'email', 'emails', 'value'],
  ...['name', 'trackerUser'],
]);
/** Records of these about the person are read for names of earlier, newest first. */
const TELLING = ['user.created', 'user.updated', 'user.deleted'] as const;
const CHANGES_MAX = 500;

export async function namesOfPerson(
  { store }: Pick<DirectoryParts, 'store'>,
  db: Handle,
  organizationId: string,
  userId: string,
): Promise<NamedPerson> {
  const user = await store.persons.findRemoved(db, organizationId, userId);
  const entries = await store.ledger.ofUser(db, organizationId, userId);
  const records: unknown[] = [user === undefined ? null : JSON.parse(user.attributes)];
  for (const { personal } of entries) if (personal !== null) records.push(JSON.parse(personal));
  for (const kind of TELLING) {
    const changes = await store.changes.ofSubject(db, userId, kind, CHANGES_MAX);
    for (const { subject, before, after } of changes) records.push({ name: subject.name }, before, after);
  }
  const names = new Set(records.flatMap(namesIn).map((name) => name.trim()));
  for (const name of [user?.userName, user?.displayName, user?.externalId]) if (name) names.add(name);
  return { organizationId, userId, names: [...names].filter((name) => name !== '') };
}

function namesIn(record: unknown): string[] {
  if (Array.isArray(record)) return record.flatMap(namesIn);
  if (typeof record !== 'object' || record === null) return [];
  return Object.entries(record).flatMap(([key, value]) => {
    if (!NAMING.has(key)) return [];
    return typeof value === 'string' ? [value] : namesIn(value);
  });
}
