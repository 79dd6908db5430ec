/** A request as it came in: which resource type its address names, what it asks for, and the JSON body. */
export interface RawRequest {
  /** Null when the address names neither (Bulk, a search at the root). */
  readonly resource: 'User' | 'Group' | null;
  readonly kind: 'create' | 'replace' | 'patch' | 'bulk' | 'search' | 'other';
  readonly body: unknown;
}
