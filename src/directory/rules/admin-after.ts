/** Whether an organization keeps an active admin under other mapping rules: read from the admins that it has, before anything is written. */
import type { CompiledRules } from '../../mapping/resolve.ts';
import type { Handle } from '../../synclog/handle.ts';
import { pagesOf } from '../pages.ts';
import type { DirectoryStore } from '../store.ts';
import type { Visibility } from '../visibility.ts';
import type { RulePerson } from './rule-people.ts';

export type AdminAfter =
  /** Somebody who is one stays one, or there is none now either. */
  | { readonly kind: 'stays' }
  /** Everybody who is one loses it; this person would become one. */
  | { readonly kind: 'heir'; readonly person: RulePerson }
  | { readonly kind: 'none' };

const PAGE = 200;

export async function adminAfter(
  store: DirectoryStore,
  db: Handle,
  scope: Visibility,
  rules: CompiledRules,
): Promise<AdminAfter> {
  let losers = 0;
  for await (const page of pagesOf((after) => store.rulePeople.admins(db, scope, after, PAGE), PAGE)) {
    if (await someoneStays(store, db, scope, rules, page)) return { kind: 'stays' };
    losers += page.length;
  }
  if (losers === 0) return { kind: 'stays' };
  const person = await findHeir(store, db, scope, rules);
  return person === undefined ? { kind: 'none' } : { kind: 'heir', person };
}

async function someoneStays(
  store: DirectoryStore,
  db: Handle,
  scope: Visibility,
  rules: CompiledRules,
  admins: readonly RulePerson[],
): Promise<boolean> {
  const held = await store.grants.ofUsers(
    db,
    admins.map(({ id }) => id),
  );
  const ofRules = (grant: (typeof held)[number]) =>
    grant.origin === 'rule' && grant.connectionId === scope.connectionId;
  const byUser = Map.groupBy(
    held.filter(({ scope: place, role }) => place === 'organization' && role === 'admin'),
    ({ userId }) => userId,
  );
  const doubtful = admins.filter(({ id }) => {
    const grants = byUser.get(id) ?? [];
    return grants.length > 0 && grants.every(ofRules);
  });
  return doubtful.length < admins.length || (await firstAdmin(store, db, scope, rules, doubtful)) !== undefined;
}

async function findHeir(
  store: DirectoryStore,
  db: Handle,
  scope: Visibility,
  rules: CompiledRules,
): Promise<RulePerson | undefined> {
  const isGiven = rules.rules.some(({ give }) => 'organizationRole' in give && give.organizationRole === 'admin');
  if (!isGiven) return undefined;
  for await (const page of pagesOf((after) => store.rulePeople.page(db, scope, after, PAGE), PAGE)) {
    const active = page.filter((person) => person.active);
    const heir = await firstAdmin(store, db, scope, rules, active);
    if (heir !== undefined) return heir;
  }
  return undefined;
}

/** The first of these people whom the rules make an admin of the organization. */
async function firstAdmin(
  { rulePeople }: DirectoryStore,
  db: Handle,
  { connectionId }: Visibility,
  rules: CompiledRules,
  people: readonly RulePerson[],
): Promise<RulePerson | undefined> {
  const ids = people.map(({ id }) => id);
  const groups = await rulePeople.groupsOf(db, connectionId, ids);
  return people.find(({ id, isManaged, attributes }) => {
    const given = [
      ...(groups.get(id) ?? []).flatMap((group) => rules.grantsOfGroup(group)),
      ...(rules.hasUserRules && isManaged ? rules.grantsOfUser(JSON.parse(attributes)) : []),
    ];
    return given.some((grant) => grant.scope === 'organization' && grant.role === 'admin');
  });
}
