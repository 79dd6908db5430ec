/** What an exchange did, in one sentence that a person can read: `Okta added Ada Byron to group vision`. */
import type { NewChange } from './change.ts';

/** One change as the rest of a sentence that starts with who did it. */
export function tellChange(change: NewChange): string {
  const name = change.subject.name;
  const related = change.related?.name ?? '';
  switch (change.kind) {
    case 'organization.created':
      return `created the organization ${name}`;
    case 'connection.created':
      return `created the connection ${name}`;
    case 'connection.paused':
      return `paused the connection ${name}`;
    case 'connection.resumed':
      return `resumed the connection ${name}`;
    case 'connection.rules_changed':
      return `changed the mapping rules of ${name}`;
    case 'token.created':
      return `made a token for ${name}`;
    case 'token.revoked':
      return `ended a token of ${name}`;
    case 'user.created':
      return `created ${name}`;
    case 'user.updated':
      return `changed ${name} (${keysOf(change).join(', ')})`;
    case 'user.adopted':
      return `took over ${name}, whom nobody managed`;
    case 'user.adoption_approved':
      return `allowed ${related} to take over ${name}`;
    case 'user.deactivated':
      return `deactivated ${name}`;
    case 'user.reactivated':
      return `reactivated ${name}`;
    case 'user.role_changed':
      return `made ${name} ${String(change.after?.organizationRole ?? 'member')} of the organization`;
    case 'user.deleted':
      return `deleted ${name}`;
    case 'group.created':
      return `created group ${name}`;
    case 'group.updated':
      return tellGroupUpdate(change);
    case 'group.deleted':
      return `deleted group ${name}`;
    case 'membership.added':
      return `added ${name} to group ${related}`;
    case 'membership.removed':
      return `removed ${name} from group ${related}`;
    case 'team.created':
      return `created team ${name}`;
    case 'team.renamed':
      return `renamed team ${String(change.before?.name)} to ${name}`;
    case 'grant.added':
      return `gave ${name} ${roleOf(change)} in ${related}`;
    case 'grant.removed':
      return `took ${roleOf(change)} in ${related} from ${name}`;
    case 'setup_link.created':
      return 'made a setup link';
    case 'setup_link.used':
      return 'used a setup link';
    default:
      return change.kind satisfies never;
  }
}

function tellGroupUpdate({ subject, before }: NewChange): string {
  const was = before?.displayName;
  return was === undefined || was === subject.name
    ? `changed group ${subject.name}`
    : `renamed group ${String(was)} to ${subject.name}`;
}

function keysOf({ before = {}, after = {} }: NewChange): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => (name.startsWith('urn:') ? 'enterprise attributes' : name));
}

function roleOf({ after }: NewChange): string {
  const grant = after?.grant as { role?: unknown } | undefined;
  return `the role ${String(grant?.role ?? '')}`;
}

/** Changes that follow from others are told last: a person's name matters more than the grant that came of it. */
const WEIGHT: Partial<Record<NewChange['kind'], number>> = {
  'grant.added': 2,
  'grant.removed': 2,
  'team.created': 1,
  'user.role_changed': 1,
};

/** @param who the connection's name */
export function tellChanges(who: string, changes: readonly NewChange[]): string {
  const [first, ...rest] = changes.toSorted((a, b) => (WEIGHT[a.kind] ?? 0) - (WEIGHT[b.kind] ?? 0));
  if (first === undefined) return `${who} changed nothing`;
  const others = rest.filter((change) => WEIGHT[change.kind] === undefined);
  const same = others.filter((change) => change.kind === first.kind && change.related?.id === first.related?.id).length;
  const told = same > 0 && first.related !== undefined ? tellMany(first, same + 1) : tellChange(first);
  const second = others.find((change) => change.kind !== first.kind);
  return `${who} ${told}${second === undefined ? '' : ` and ${tellOthers(second, others)}`}`;
}

function tellMany(change: NewChange, count: number): string {
  const where = change.related?.name ?? '';
  return change.kind === 'membership.removed'
    ? `removed ${count} people from group ${where}`
    : `added ${count} people to group ${where}`;
}

function tellOthers(second: NewChange, others: readonly NewChange[]): string {
  const alike = others.filter(
    (change) => change.kind === second.kind && change.related?.id === second.related?.id,
  ).length;
  return alike > 1 && second.related !== undefined ? tellMany(second, alike) : tellChange(second);
}
