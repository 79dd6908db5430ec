/** Plain reads, many to a row: synclog/read-batch.ts says what is in one. */
export interface ReadBatchTables {
  read_batches: {
    /** Id of the newest read in it. */
    id: string;
    first_id: string;
    last_at: number;
    organization_id: string | null;
    connection_id: string | null;
    token_id: string | null;
    operation: string;
    method: string;
    user_agent: string | null;
    remote_address: string | null;
    reads: number;
    /** JSON as text: it is never looked into by the database. */
    entries: string;
  };
}
