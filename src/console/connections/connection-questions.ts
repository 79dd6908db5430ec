/** What is asked before a connection is stopped or one of its tokens ends, in numbers. */
import type { Connection, ConnectionToken } from '../../directory/connections/connection.ts';
import { countOf } from '../../web/count-words.ts';
import type { Question } from '../../web/question.ts';

function placeOf({ id }: Connection): Pick<Question, 'back' | 'section'> {
  return { back: `/admin/connections/${id}`, section: 'connections' };
}

export function askToPause(
  connection: Connection,
  managed: { readonly users: number; readonly groups: number },
): Question {
  const { name } = connection;
  return {
    ...placeOf(connection),
    title: `Pause ${name}?`,
    words: [
      `While it is paused, ${name} is told to try again later (503), and nothing is lost.`,
      `${countOf(managed.users, 'user keeps', 'users keep')} what they have, and ${countOf(managed.groups, 'group stays', 'groups stay')} as they are: nobody new arrives, and nobody is removed.`,
    ],
    button: 'Pause the connection',
  };
}

/** @param others tokens that can be used beside it */
export function askToEndToken(connection: Connection, token: ConnectionToken, others: number): Question {
  const { name } = connection;
  return {
    ...placeOf(connection),
    title: `End the token …${token.hint} of ${name}?`,
    words: [
      '1 token stops working at once, for good. Whoever still uses it is refused.',
      others === 0
        ? `It is the only one, 0 are left: from then on everything that ${name} sends is refused.`
        : `${countOf(others, 'other token goes', 'other tokens go')} on working.`,
    ],
    button: 'End the token',
  };
}

function describeGrace(graceMs: number): string {
  const hours = Math.ceil(graceMs / 3_600_000);
  return hours % 24 === 0 ? countOf(hours / 24, 'day', 'days') : countOf(hours, 'hour', 'hours');
}

/** @param live tokens that can be used now */
export function askToRotate(connection: Connection, live: number, graceMs: number): Question {
  const when = graceMs === 0 ? 'at once' : `in ${describeGrace(graceMs)}`;
  return {
    ...placeOf(connection),
    title: `Make a new token for ${connection.name}?`,
    words: [
      `${countOf(live, 'token that works now ends', 'tokens that work now end')} ${when}. Enter the new one in the identity provider ${graceMs === 0 ? 'right away: until then everything that it sends is refused' : 'before that'}.`,
      'The new token is shown once, on the next page.',
    ],
    button: 'Make the new token',
  };
}
