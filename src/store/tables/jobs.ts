/** Work that is done later. */
export interface JobTables {
  jobs: {
    queue: string;
    key: string;
    organization_id: string;
    /** JSON for the handler, or null. */
    payload: string | null;
    /** due | parked */
    state: string;
    due_at: number;
    attempts: number;
    /** Grows each time that the job is marked. */
    generation: number;
    lease_owner: string | null;
    lease_until: number | null;
    last_error: string | null;
    created_at: number;
    updated_at: number;
  };
}
