/** What is asked before somebody ends a session or a key of their own, in numbers. */
import type { Session } from '../directory/entry/session.ts';
import type { ApiKey } from '../directory/keys/api-key.ts';
import { countOf } from '../web/count-words.ts';
import type { Question } from '../web/question.ts';
import { describeAgent } from './user-agent.ts';

/** @param others how many they have beside it */
export function askToEndSession({ userAgent, remoteAddress }: Session, others: number): Question {
  const agent = describeAgent(userAgent);
  return {
    title: `End the session of ${agent}?`,
    words: [
      `1 session ends at once: ${agent}, from ${remoteAddress ?? 'an unknown address'}. Whoever uses it has to sign in again.`,
      `${countOf(others, 'other session goes', 'other sessions go')} on.`,
    ],
    button: 'End the session',
    back: '/#sessions',
  };
}

export function askToEndOthers(others: number): Question {
  const many = countOf(others, 'other session', 'other sessions');
  return {
    title: `End ${many}?`,
    words: [`${countOf(others, 'session ends', 'sessions end')} at once; you stay signed in here, in 1 session.`],
    button: `End ${many}`,
    back: '/#sessions',
  };
}

/** @param others how many can be used beside it */
export function askToRevokeKey({ name, hint }: ApiKey, others: number): Question {
  return {
    title: `Revoke the key ${name}?`,
    words: [
      `1 key, …${hint}, stops working at once, for good: every program that uses it is refused.`,
      `${countOf(others, 'other key goes', 'other keys go')} on working.`,
    ],
    button: `Revoke the key ${name}`,
    back: '/#keys',
  };
}
