/**
 * Joiner, mover, leaver: some weeks of an organization in a row, with the mistakes that happen, so that a sync log has
 * something of everything, refusals included. Each step is told in words when it is about to be sent.
 */
import { castMember, castUser } from './casting.ts';
import type { RemoteUser } from './client.ts';
import * as event from './event.ts';
import { displayName } from './people.ts';
import { type Cast, isKnown } from './populate.ts';

/** What a story needs so that everybody's part can be cast. */
export const STORY_NEEDS = { users: 8, groups: 2 } as const;

const JOINERS = 3;

/** Steps are made one after the other, each from what is so by then: run each before taking the next. */
export function* tellStory(cast: Cast): Generator<event.SimulatedEvent> {
  const seen = new Set<number>();
  const someone = (): RemoteUser | null => {
    const user = castUser(cast, seen);
    if (user !== null) seen.add(user.person.index);
    return user;
  };
  for (let i = 0; i < JOINERS; i += 1) {
    seen.add(cast.people.userCount + i);
    yield event.join(cast, cast.people.userCount + i);
  }
  yield* movers(cast, seen, someone);
  const onLeave = someone();
  if (onLeave !== null) yield event.leave(cast, onLeave);
  const leaver = someone();
  if (leaver !== null) yield event.leave(cast, leaver);
  yield* mistakes(cast, someone);
  if (onLeave !== null) yield event.comeBack(cast, onLeave);
  if (leaver !== null && cast.client.deletesUsers) yield event.remove(cast, leaver);
  yield* shortLivedGroup(cast, someone);
}

function* movers(cast: Cast, seen: Set<number>, someone: () => RemoteUser | null): Generator<event.SimulatedEvent> {
  const [promoted, manager] = [someone(), someone()];
  if (promoted !== null && manager !== null) yield event.changeNameTitleManager(cast, promoted, manager);
  const mover = castMember(cast, seen);
  if (mover !== null) {
    seen.add(mover.user.person.index);
    yield event.move(cast, mover.user, mover.group, mover.other);
    const replaced = castMember(cast, seen);
    const coming = someone();
    if (replaced !== null && coming !== null && coming.id !== replaced.user.id)
      yield event.swap(cast, replaced.group, replaced.user, coming);
  }
  const [first] = cast.roster.groups;
  if (first !== undefined) yield event.rename(cast, first);
  const last = cast.roster.groups.at(-1);
  if (last !== undefined && cast.client.pushesAgain) yield pushNow(cast, last.seed.index);
}

function pushNow({ client, roster }: Cast, groupIndex: number): event.SimulatedEvent {
  const name = roster.groups.find(({ seed }) => seed.index === groupIndex)?.name ?? '';
  return {
    words: `An admin presses "Push now" for ${name}.`,
    run: async () => {
      const group = roster.groups.find(({ seed }) => seed.index === groupIndex);
      if (group === undefined) return;
      await client.pushMembers(group, [...roster.members(group)].map((index) => roster.user(index)).filter(isKnown));
    },
  };
}

function* mistakes({ client, roster }: Cast, someone: () => RemoteUser | null): Generator<event.SimulatedEvent> {
  const twice = someone();
  if (twice !== null) {
    const words = `By mistake ${displayName(twice.person)} is created a second time.`;
    yield { words, run: () => client.createDuplicate(twice) };
  }
  const [group] = roster.groups;
  if (group !== undefined) {
    const words = `By mistake somebody unknown is added to ${group.name}.`;
    yield { words, run: () => client.addUnknownMember(group) };
  }
  yield {
    words: 'An admin mistypes the matching attribute: a malformed filter.',
    run: () => client.sendMalformedFilter(),
  };
}

/** A group that comes and goes; its people stay. */
function* shortLivedGroup(
  { client, roster, people }: Cast,
  someone: () => RemoteUser | null,
): Generator<event.SimulatedEvent> {
  const members = [someone(), someone()].filter(isKnown);
  const index = people.groupCount;
  const seed = { ...people.group(index), name: 'hackathon' };
  yield {
    words: `A group hackathon is made for ${members.map(({ person }) => displayName(person)).join(' and ') || 'nobody'}.`,
    run: async () => {
      const id = await client.provisionGroup(seed);
      if (id === null) return;
      const group = { id, seed, name: seed.name };
      roster.setGroup(group);
      await client.pushMembers(group, members);
    },
  };
  const group = roster.groups.find((known) => known.seed.index === index);
  if (group === undefined) return;
  yield {
    words: 'The hackathon is over and its group is deleted; its people stay.',
    run: async () => {
      await client.deleteGroup(group);
      roster.forgetGroup(index);
    },
  };
}
