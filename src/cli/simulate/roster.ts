/** What the identity provider remembers: the id that the server issued for each person and group, and who is in what. */
import type { RemoteGroup, RemoteUser } from './client.ts';
import type { People, Person } from './people.ts';

export interface Roster {
  setUser(index: number, id: string): void;
  /** Null: never provisioned, or deleted since. */
  user(index: number): RemoteUser | null;
  /** Changes what the identity provider knows about a person; gives the person before. */
  changePerson(index: number, change: Partial<Person>): Person;
  person(index: number): Person;
  forgetUser(index: number): void;
  setActive(index: number, active: boolean): void;
  isActive(index: number): boolean;
  /** One past the highest index that was ever provisioned. */
  readonly size: number;
  setGroup(group: RemoteGroup): void;
  forgetGroup(index: number): void;
  readonly groups: readonly RemoteGroup[];
  /** Indexes of people; live. */
  members(group: RemoteGroup): Set<number>;
}

export function createRoster(people: People): Roster {
  // A plain list of ids: people themselves are made again when asked for.
  const ids: (string | undefined)[] = [];
  const changed = new Map<number, Person>();
  const inactive = new Set<number>();
  const groups = new Map<number, RemoteGroup>();
  const members = new Map<number, Set<number>>();
  const person = (index: number) => changed.get(index) ?? people.person(index);
  return {
    setUser: (index, id) => {
      ids[index] = id;
    },
    user: (index) => {
      const id = ids[index];
      return id === undefined ? null : { id, person: person(index) };
    },
    changePerson: (index, change) => {
      const before = person(index);
      changed.set(index, { ...before, ...change });
      return before;
    },
    person,
    forgetUser: (index) => {
      ids[index] = undefined;
      for (const set of members.values()) set.delete(index);
    },
    setActive: (index, active) => {
      if (active) inactive.delete(index);
      else inactive.add(index);
    },
    isActive: (index) => ids[index] !== undefined && !inactive.has(index),
    get size() {
      return ids.length;
    },
    setGroup: (group) => groups.set(group.seed.index, group),
    forgetGroup: (index) => {
      groups.delete(index);
      members.delete(index);
    },
    get groups() {
      return [...groups.values()];
    },
    members: ({ seed }) => {
      const known = members.get(seed.index) ?? new Set<number>();
      members.set(seed.index, known);
      return known;
    },
  };
}
