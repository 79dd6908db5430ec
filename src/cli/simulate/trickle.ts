/** The quiet traffic after the first cycle: one small event at a time, for as long as somebody asks for the next. */
import { castMember, castUser } from './casting.ts';
import type { RemoteUser } from './client.ts';
import * as event from './event.ts';
import { displayName } from './people.ts';
import type { Cast } from './populate.ts';

/** Gives the next event, already cast; run it before taking the next. */
export type Trickle = () => event.SimulatedEvent;

const NOBODY: ReadonlySet<number> = new Set();
/** So that the organization neither empties nor fills up over a long demonstration. */
const MOST_AWAY = 5;
const MOST_JOINERS = 200;

export function createTrickle(cast: Cast): Trickle {
  const away: RemoteUser[] = [];
  const firstJoiner = cast.roster.size;
  return () => {
    const dice = cast.random();
    const returning = away.length >= MOST_AWAY || dice < 0.1 ? away.shift() : undefined;
    if (returning !== undefined) return event.comeBack(cast, returning);
    if (dice < 0.25 && cast.roster.size - firstJoiner < MOST_JOINERS) return event.join(cast, cast.roster.size);
    const user = castUser(cast, NOBODY);
    if (user === null) return event.join(cast, cast.roster.size);
    if (dice < 0.35) {
      away.push(user);
      return event.leave(cast, user);
    }
    if (dice < 0.4) return mistake(cast, user);
    const member = dice < 0.75 ? castMember(cast, NOBODY) : null;
    return member === null ? event.changeTitle(cast, user) : event.move(cast, member.user, member.group, member.other);
  };
}

function mistake({ client }: Cast, user: RemoteUser): event.SimulatedEvent {
  const words = `By mistake ${displayName(user.person)} is created a second time.`;
  return { words, run: () => client.createDuplicate(user) };
}
