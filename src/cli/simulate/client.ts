/** What the story asks of an identity provider's client; okta.ts and entra.ts turn it into their own requests. */
import type { GroupSeed, Person } from './people.ts';

/** A person as the identity provider knows them, with the id that the server issued. */
export interface RemoteUser {
  readonly id: string;
  readonly person: Person;
}

export interface RemoteGroup {
  readonly id: string;
  readonly seed: GroupSeed;
  /** May differ from the seed's name after a rename. */
  readonly name: string;
}

export interface IdpClient {
  readonly name: string;
  /** How many requests are under way at once. */
  readonly concurrency: number;
  /** What the identity provider does when an admin presses the test button. */
  testConnection(): Promise<void>;
  /** Looks the person up, then links or creates. Gives the server's id; null when the server refused. */
  provisionUser(person: Person): Promise<string | null>;
  /** Changes of name, title, department and phone. */
  updateUser(user: RemoteUser, before: Person): Promise<void>;
  setManager(user: RemoteUser, manager: RemoteUser): Promise<void>;
  deactivateUser(user: RemoteUser): Promise<void>;
  /** Brings back a deactivated user; the id must still be the same. */
  reactivateUser(user: RemoteUser): Promise<void>;
  /** Whether references to people are a pass of their own after all users (Entra), or just part of a profile (Okta). */
  readonly sendsReferencesLater: boolean;
  /** Whether an admin can push a whole group again at any time (Okta's "Push now"). */
  readonly pushesAgain: boolean;
  /** Whether this client deletes users at all: Okta never does. */
  readonly deletesUsers: boolean;
  deleteUser(user: RemoteUser): Promise<void>;
  findGroup(name: string): Promise<string | null>;
  provisionGroup(group: GroupSeed): Promise<string | null>;
  /** The first push of all members to a group that has just been linked. */
  pushMembers(group: RemoteGroup, members: readonly RemoteUser[]): Promise<void>;
  changeMembers(group: RemoteGroup, change: MemberChange): Promise<void>;
  /** `group.name` is the new name. */
  renameGroup(group: RemoteGroup): Promise<void>;
  deleteGroup(group: RemoteGroup): Promise<void>;
  /** Mistakes that happen, each of which has to be refused. */
  createDuplicate(user: RemoteUser): Promise<void>;
  addUnknownMember(group: RemoteGroup): Promise<void>;
  sendMalformedFilter(): Promise<void>;
}

export interface MemberChange {
  readonly add: readonly RemoteUser[];
  readonly remove: readonly RemoteUser[];
}

/** Parts of at most `size`. */
export function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
