/** The database. */
import { parsed, wholeNumber } from '../variable.ts';

export type DatabaseAddress =
  | { readonly engine: 'sqlite'; readonly path: string }
  | { readonly engine: 'postgres'; readonly url: string };

function readDatabaseUrl(given: string): DatabaseAddress | undefined {
  // In memory nothing would survive a restart, and an acknowledged write has to.
  if (/^sqlite:(?!\/\/)./.test(given) && !given.includes(':memory:')) return { engine: 'sqlite', path: given.slice(7) };
  if (/^postgres(ql)?:\/\/[^/]/.test(given) && URL.canParse(given)) return { engine: 'postgres', url: given };
  return undefined;
}

export const database = {
  DATABASE_URL: parsed({
    fallback: 'sqlite:data/drawbridge.sqlite',
    wanted: '`sqlite:<path>` or `postgres://user:password@host/database`',
    read: readDatabaseUrl,
    secret: true,
    meaning: 'Where everything is kept.',
  }),
  DATABASE_POOL_SIZE: wholeNumber({
    min: 2,
    max: 500,
    fallback: '10',
    meaning: 'PostgreSQL connections of this process.',
  }),
  WRITE_QUEUE_MAX: wholeNumber({
    min: 1,
    max: 1_000_000,
    fallback: '10000',
    meaning: 'Writes that may wait; past it a request is answered 503 with `Retry-After`.',
  }),
};
