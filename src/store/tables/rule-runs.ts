/** How far the rules of a connection are applied. */
export interface RuleRunTables {
  rule_runs: {
    connection_id: string;
    organization_id: string;
    /** Grows each time that rules are saved. */
    generation: number;
    /** teams | people | done */
    stage: string;
    /** Id of the group or person up to whom all is done. */
    cursor: string;
    total: number;
    done: number;
    gained: number;
    lost: number;
    changed: number;
    started_at: number;
    updated_at: number;
    finished_at: number | null;
  };
}
