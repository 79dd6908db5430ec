/** API keys as clients send them: Bearer, or Basic with the user `api` and the key as password (as W&B's clients do). */

/** Undefined where the header holds no key of ours. */
export function keyOf(authorization: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^\s*(bearer|basic) +(\S+)\s*$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme === '') return undefined;
  const [user = '', ...rest] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return user === 'api' ? rest.join(':') : undefined;
}
