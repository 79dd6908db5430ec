/** Tables of the JSON API (db/migrations/0005-api.ts). */
export interface ApiTables {
  /** Answers that are kept under an Idempotency-Key, and keys whose request is at work. */
  kept_answers: {
    organization_id: string;
    /** `user:<id>`, `service_account:<id>` */
    principal: string;
    /** SHA-256 of the key, hex */
    key_hash: string;
    /** SHA-256 over method, path and body, hex */
    fingerprint: string;
    /** Request id of the one that holds the key. */
    claimed_by: string;
    lease_until: number;
    /** Sealed; null while the request is at work. */
    answer: string | null;
    expires_at: number;
  };
}
