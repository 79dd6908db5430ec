/** Single events in the life of an organization, told in words before they are sent. The story and the trickle are made of these. */
import type { RemoteGroup, RemoteUser } from './client.ts';
import { FAMILY_NAMES, TITLES } from './names.ts';
import { displayName } from './people.ts';
import { type Cast, provision } from './populate.ts';
import { pick } from './random.ts';

export interface SimulatedEvent {
  readonly words: string;
  run(): Promise<void>;
}

const name = ({ person }: RemoteUser) => displayName(person);

/** Somebody new, in the groups that the directory has for them. */
export function join(cast: Cast, index: number): SimulatedEvent {
  const { client, roster } = cast;
  const person = roster.person(index);
  const groups = roster.groups.filter(({ seed }) => person.groups.includes(seed.index));
  const where = groups.length === 0 ? '' : ` and goes to ${groups.map((group) => group.name).join(' and ')}`;
  return {
    words: `${displayName(person)} joins as ${person.title}${where}.`,
    run: async () => {
      await provision(cast, index);
      const user = roster.user(index);
      if (user === null) return;
      const manager = person.manager === null ? null : roster.user(person.manager);
      if (client.sendsReferencesLater && manager !== null) await client.setManager(user, manager);
      for (const group of groups) await changeMembers(cast, group, [user], []);
    },
  };
}

/** A new name, title and manager at once, as after a wedding and a promotion. */
export function changeNameTitleManager(cast: Cast, user: RemoteUser, manager: RemoteUser): SimulatedEvent {
  const { client, roster, random } = cast;
  const others = FAMILY_NAMES.filter((familyName) => familyName !== user.person.familyName);
  const change = {
    familyName: pick(random, others),
    title: pick(random, otherTitles(user)),
    manager: manager.person.index,
  };
  const newName = displayName({ ...user.person, ...change });
  return {
    words: `${name(user)} is now called ${newName}, becomes ${change.title} and reports to ${name(manager)}.`,
    run: async () => {
      const before = roster.changePerson(user.person.index, change);
      await client.updateUser({ id: user.id, person: roster.person(user.person.index) }, before);
      await client.setManager(user, manager);
    },
  };
}

export function changeTitle({ client, roster, random }: Cast, user: RemoteUser): SimulatedEvent {
  const title = pick(random, otherTitles(user));
  return {
    words: `${name(user)} becomes ${title}.`,
    run: async () => {
      const before = roster.changePerson(user.person.index, { title });
      await client.updateUser({ id: user.id, person: roster.person(user.person.index) }, before);
    },
  };
}

export function move(cast: Cast, user: RemoteUser, from: RemoteGroup, to: RemoteGroup): SimulatedEvent {
  return {
    words: `${name(user)} moves from ${from.name} to ${to.name}.`,
    run: async () => {
      await changeMembers(cast, from, [], [user]);
      await changeMembers(cast, to, [user], []);
    },
  };
}

/** One goes and another comes, in one request where the client does that. */
export function swap(cast: Cast, group: RemoteGroup, leaving: RemoteUser, coming: RemoteUser): SimulatedEvent {
  return {
    words: `In ${group.name}, ${name(coming)} takes the place of ${name(leaving)}.`,
    run: () => changeMembers(cast, group, [coming], [leaving]),
  };
}

export function rename({ client, roster }: Cast, group: RemoteGroup): SimulatedEvent {
  return {
    words: `The group ${group.name} gets another name.`,
    run: async () => {
      // After an earlier run the new name is taken already.
      for (let round = 1; round < 100; round += 1) {
        const newName = round === 1 ? `${group.seed.name} lab` : `${group.seed.name} lab ${round}`;
        if ((await client.findGroup(newName)) !== null) continue;
        const renamed = { ...group, name: newName };
        await client.renameGroup(renamed);
        roster.setGroup(renamed);
        return;
      }
    },
  };
}

export function leave({ client, roster }: Cast, user: RemoteUser): SimulatedEvent {
  return {
    words: `${name(user)} leaves and is deactivated.`,
    run: async () => {
      await client.deactivateUser(user);
      roster.setActive(user.person.index, false);
    },
  };
}

export function comeBack({ client, roster }: Cast, user: RemoteUser): SimulatedEvent {
  return {
    words: `${name(user)} comes back.`,
    run: async () => {
      await client.reactivateUser(user);
      roster.setActive(user.person.index, true);
    },
  };
}

/** For good, some time after the person was deactivated. */
export function remove({ client, roster }: Cast, user: RemoteUser): SimulatedEvent {
  return {
    words: `${name(user)} is deleted for good.`,
    run: async () => {
      await client.deleteUser(user);
      roster.forgetUser(user.person.index);
    },
  };
}

export async function changeMembers(
  { client, roster, report }: Cast,
  group: RemoteGroup,
  add: readonly RemoteUser[],
  removed: readonly RemoteUser[],
): Promise<void> {
  await client.changeMembers(group, { add, remove: removed });
  const members = roster.members(group);
  for (const { person } of add) members.add(person.index);
  for (const { person } of removed) members.delete(person.index);
  report.add('memberships', add.length + removed.length);
}

function otherTitles({ person }: RemoteUser): readonly string[] {
  return TITLES.filter((title) => title !== person.title);
}
