/** The tables of the ledger: the chain, and what stands beside it. */
import type { Flag } from './flag.ts';

export interface LedgerTables {
  ledger_entries: {
    organization_id: string;
    /** 1, 2, 3, ... per organization. */
    position: number;
    id: string;
    /** SHA-256, hex, over the canonical JSON (RFC 8785) of `content` together with position and previous hash. */
    hash: string;
    previous_hash: string;
    /** removed | returned | ... : ledger/entry.ts has the list. */
    kind: string;
    /** organization | team */
    scope: string;
    team_id: string | null;
    user_id: string;
    /** The entry that opened the removal which this belongs to. */
    removal_id: string;
    at: number;
    /** The chained content, canonical JSON. Holds commitments to actor and personal, not these themselves. */
    content: string;
    /** Who did it, beside the chain: JSON; a pseudonym after that person's erasure. */
    actor: string;
    actor_user_id: string | null;
    /** Who it is about, beside the chain: JSON; a pseudonym after an erasure. */
    personal: string | null;
    exchange_id: string | null;
  };
  /** What each removal's story adds up to (ledger/removal.ts): rebuilt from the chain at any time, but for `asked_at`. */
  ledger_removals: {
    id: string;
    organization_id: string;
    position: number;
    user_id: string;
    scope: string;
    team_id: string | null;
    team_name: string | null;
    connection_id: string | null;
    cause: string;
    at: number;
    /** HeldTeam[] as JSON. */
    held_teams: string;
    /** left | returned | returned_as_another */
    state: string;
    closed_at: number | null;
    successor_id: string | null;
    /** taken | partial | failed | null */
    inventory: string | null;
    inventory_entry_id: string | null;
    inventory_at: number | null;
    inventory_reason: string | null;
    runs: number | null;
    projects: number | null;
    first_run_at: number | null;
    last_run_at: number | null;
    /** complete | missing | failed | null */
    verification: string | null;
    verified_at: number | null;
    missing: number;
    hold: Flag;
    keep_until: number | null;
    /** recorded | carried_out | partial | undoing | undone | null */
    handover: string | null;
    heir_kind: string | null;
    heir_id: string | null;
    erased_at: number | null;
    last_position: number;
    /** Lower-case, to find people by; null after an erasure. */
    user_name_key: string | null;
    email_key: string | null;
    external_id: string | null;
    /** When a verification was asked for that is not done yet. */
    asked_at: number | null;
  };
  /** What the removals of an organization come to (ledger/totals.ts). */
  ledger_totals: {
    organization_id: string;
    removals: number;
    /** Of those who did not come back. */
    open: number;
    holds: number;
    taken: number;
    partial: number;
    failed: number;
    runs_kept: number;
    runs_missing: number;
  };
  ledger_run_digests: {
    entry_id: string;
    /** Index in the inventory's list of projects. */
    number: number;
    fingerprints: string | null;
    run_ids: string | null;
  };
}
