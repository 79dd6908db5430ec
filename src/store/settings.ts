/** Settings of the whole installation: secrets that every process must share, such as the key that seals cursors. */
import { sql } from 'kysely';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

export interface SettingsStore {
  /** The value of `key`; `make` gives the first one, once, whatever races. */
  getOrMake(key: string, make: () => string): Promise<string>;
}

export function createSettingsStore({ reader, write }: Engine): SettingsStore {
  return {
    async getOrMake(key, make) {
      const read = sql<{ value: string }>`select value from settings where key = ${key}`;
      const known = (await read.execute(reader)).rows[0];
      if (known !== undefined) return known.value;
      return write(async (tx) => {
        await sql`insert into settings (key, value) values (${key}, ${make()}) on conflict (key) do nothing`.execute(
          databaseOf(tx),
        );
        return (await read.execute(databaseOf(tx))).rows[0]?.value ?? '';
      });
    },
  };
}
