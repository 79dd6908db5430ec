/** Tables of targets (0009-targets, 0011-target-references, 0014-target-failures, 0017-kinds-of-failure). */
import type { Generated } from 'kysely';
import type { Flag } from './flag.ts';

export interface TargetTables {
  targets: {
    id: string;
    organization_id: string;
    kind: string;
    name: string;
    /** active | paused */
    state: string;
    settings: string;
    /** Secrets, sealed with AES-256-GCM. */
    sealed: string;
    feed_cursor: string;
    loaded_up_to: string | null;
    created_at: number;
    updated_at: number;
  };
  /** When the next request of a target may go out, for every process together. */
  target_turns: { target_id: string; next_at: number };
  /** While every try fails. */
  target_failures: {
    target_id: string;
    since: number;
    last_at: number;
    tries: number;
    reason: string;
    /** unavailable | forbidden | unopened */
    kind: Generated<string>;
  };
  target_links: {
    target_id: string;
    /** user | team | role */
    subject_type: string;
    subject_id: string;
    remote_id: string | null;
    remote_name: string | null;
    remote_name_key: string | null;
    memo: string | null;
    fingerprint: string | null;
    refers_to: string | null;
    refusals: number;
    /** done | retry | refused */
    outcome: string;
    reason: string | null;
    pushed_at: number;
  };
  target_members: {
    target_id: string;
    team_id: string;
    user_id: string;
    /** As pushed; null: not a member. */
    role: string | null;
    is_due: Flag;
    version: number;
  };
  target_pushes: {
    id: string;
    target_id: string;
    organization_id: string;
    subject_type: string;
    subject_id: string;
    subject_name: string;
    exchange_id: string | null;
    cause_position: number | null;
    cause_at: number | null;
    outcome: string;
    reason: string | null;
    at: number;
    duration_ms: number;
    requests: string;
  };
  target_deliveries: {
    sequence: Generated<number>;
    target_id: string;
    subject_key: string;
    position: number;
    /** waiting | dead */
    state: string;
    attempts: number;
    last_error: string | null;
    created_at: number;
  };
}
