/** The first cycle of an identity provider: test, users, groups without members, then references and memberships. */
import type { IdpClient, RemoteUser } from './client.ts';
import type { People } from './people.ts';
import { runPool, upTo } from './pool.ts';
import type { Report } from './report.ts';
import type { Roster } from './roster.ts';

/** Who acts in a simulation, and what they know. */
export interface Cast {
  readonly client: IdpClient;
  readonly people: People;
  readonly roster: Roster;
  readonly report: Report;
  readonly random: () => number;
}

export async function populate(cast: Cast): Promise<void> {
  const { client, people } = cast;
  await client.testConnection();
  await runPool(upTo(people.userCount), client.concurrency, (index) => provision(cast, index));
  await runPool(upTo(people.groupCount), client.concurrency, (index) => provisionGroup(cast, index));
  if (client.sendsReferencesLater)
    await runPool(upTo(people.userCount), client.concurrency, (index) => assignManager(cast, index));
  fillGroups(cast);
  await runPool(cast.roster.groups, client.concurrency, async (group) => {
    const members = [...cast.roster.members(group)].map((index) => cast.roster.user(index)).filter(isKnown);
    if (members.length > 0) await client.pushMembers(group, members);
    cast.report.add('memberships', members.length);
  });
}

/** Creates or links one person; gives whether the server took them. */
export async function provision({ client, roster, report }: Cast, index: number): Promise<void> {
  const id = await client.provisionUser(roster.person(index));
  if (id === null) return;
  roster.setUser(index, id);
  report.add('users');
}

async function provisionGroup({ client, people, roster, report }: Cast, index: number): Promise<void> {
  const seed = people.group(index);
  const id = await client.provisionGroup(seed);
  if (id === null) return;
  roster.setGroup({ id, seed, name: seed.name });
  report.add('groups');
}

async function assignManager({ client, roster }: Cast, index: number): Promise<void> {
  const user = roster.user(index);
  const manager = user === null || user.person.manager === null ? null : roster.user(user.person.manager);
  if (user !== null && manager !== null) await client.setManager(user, manager);
}

/** One pass over the people instead of one for each group. */
function fillGroups({ people, roster }: Cast): void {
  const byIndex = new Map(roster.groups.map((group) => [group.seed.index, roster.members(group)]));
  for (const index of upTo(people.userCount)) {
    if (roster.user(index) === null) continue;
    for (const group of roster.person(index).groups) byIndex.get(group)?.add(index);
  }
}

export function isKnown(user: RemoteUser | null): user is RemoteUser {
  return user !== null;
}
