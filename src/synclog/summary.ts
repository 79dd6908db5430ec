/** What an exchange did, in one sentence that a person can read: `Okta added Ada Byron to group vision`. */
import { type NewChange, tellChange } from './change.ts';

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
