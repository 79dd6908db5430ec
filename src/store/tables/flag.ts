/** Stored as 0 and 1 on SQLite and as smallint on PostgreSQL, so that one set of queries serves both. */
export type Flag = 0 | 1;
