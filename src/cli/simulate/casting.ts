/** Who an event happens to: active people that were not in another event of the story, groups that have members. */
import type { RemoteGroup, RemoteUser } from './client.ts';
import type { Cast } from './populate.ts';
import { pick } from './random.ts';

/** An active person other than those in `spared`; the first person stays, because others report to them. Null: nobody is left. */
export function castUser({ roster, random }: Cast, spared: ReadonlySet<number>): RemoteUser | null {
  const start = Math.floor(random() * roster.size);
  for (let step = 0; step < roster.size; step += 1) {
    const index = (start + step) % roster.size;
    if (index !== 0 && !spared.has(index) && roster.isActive(index)) return roster.user(index);
  }
  return null;
}

export interface CastMember {
  readonly user: RemoteUser;
  readonly group: RemoteGroup;
  /** A group that the person is not in. */
  readonly other: RemoteGroup;
}

/** An active member of some group, with another group to go to. */
export function castMember(cast: Cast, spared: ReadonlySet<number>): CastMember | null {
  const { roster, random } = cast;
  const groups = roster.groups;
  for (let tries = 0; tries < groups.length * 2; tries += 1) {
    const group = pick(random, groups);
    for (const index of roster.members(group)) {
      const user = spared.has(index) || !roster.isActive(index) ? null : roster.user(index);
      const others = groups.filter((other) => !roster.members(other).has(index));
      if (user !== null && others.length > 0) return { user, group, other: pick(random, others) };
    }
  }
  return null;
}
