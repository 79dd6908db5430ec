/** Whether an organization keeps an active admin under other mapping rules: read from the admins that it has, before anything is written. */
import type { CompiledRules } from '../../mapping/resolve.ts';
import type { Handle } from '../../synclog/handle.ts';
import { breathe } from '../breath.ts';
import type { DirectoryStore, Visibility } from '../store.ts';
import type { RulePerson } from './rule-people.ts';

export type AdminAfter =
  /** Somebody who is one stays one, or there is none now either. */
  | { readonly kind: 'stays' }
  /** Everybody who is one loses it; this person would become one. */
  | { readonly kind: 'heir'; readonly userId: string }
  | { readonly kind: 'none' };

const PAGE = 200;

export async function adminAfter(
  store: DirectoryStore,
  db: Handle,
  scope: Visibility,
  rules: CompiledRules,
): Promise<AdminAfter> {
  let losers = 0;
  for await (const page of pagesOf((after) => store.rulePeople.admins(db, scope, after, PAGE))) {
    if (await someoneStays(store, db, scope, rules, page)) return { kind: 'stays' };
    losers += page.length;
  }
  if (losers === 0) return { kind: 'stays' };
  const userId = await findHeir(store, db, scope, rules);
  return userId === undefined ? { kind: 'none' } : { kind: 'heir', userId };
}

async function* pagesOf(
  read: (afterId: string) => Promise<readonly RulePerson[]>,
): AsyncGenerator<readonly RulePerson[]> {
  let after = '';
  for (;;) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < PAGE) return;
    after = last.id;
    await breathe();
  }
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
): Promise<string | undefined> {
  const isGiven = rules.rules.some(({ give }) => 'organizationRole' in give && give.organizationRole === 'admin');
  if (!isGiven) return undefined;
  for await (const page of pagesOf((after) => store.rulePeople.page(db, scope, after, PAGE))) {
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
): Promise<string | undefined> {
  const ids = people.map(({ id }) => id);
  const groups = await rulePeople.groupsOf(db, connectionId, ids);
  return people.find(({ id, isManaged, attributes }) => {
    const given = [
      ...(groups.get(id) ?? []).flatMap((group) => rules.grantsOfGroup(group)),
      ...(rules.hasUserRules && isManaged ? rules.grantsOfUser(JSON.parse(attributes)) : []),
    ];
    return given.some((grant) => grant.scope === 'organization' && grant.role === 'admin');
  })?.id;
}
