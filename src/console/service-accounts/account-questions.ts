/** What is asked before a service account or one of its keys ends, in numbers. */
import type { ApiKey } from '../../directory/keys/api-key.ts';
import type { ServiceAccount } from '../../directory/keys/service-account.ts';
import { countOf } from '../../web/count-words.ts';
import type { Question } from '../../web/question.ts';

const SECTION = 'service-accounts';

/** @param live its keys that can be used */
export function askToRevokeKey({ id, name }: ServiceAccount, key: ApiKey, live: number): Question {
  return {
    title: `Revoke the key ${key.name} of ${name}?`,
    words: [
      `1 key, …${key.hint}, stops working at once, for good: every program that uses it is refused.`,
      `${countOf(live - 1, 'other key goes', 'other keys go')} on working.`,
    ],
    button: `Revoke the key ${key.name}`,
    ...{ back: `/admin/service-accounts/${id}`, section: SECTION },
  };
}

/** @param live its keys that can be used */
export function askToRemove({ id, name }: ServiceAccount, live: number): Question {
  return {
    title: `Remove the service account ${name}?`,
    words: [
      `${countOf(live, 'live key stops', 'live keys stop')} working at once, for good.`,
      'What it did stays on record. No seat is freed: service accounts use none.',
    ],
    button: `Remove ${name}`,
    ...{ back: `/admin/service-accounts/${id}`, section: SECTION },
  };
}
