/** Somebody by everything that they were called here: what an erasure looks for. */
export interface NamedPerson {
  readonly organizationId: string;
  readonly userId: string;
  /** User names, addresses, external ids and names that people read, of today and of earlier. */
  readonly names: readonly string[];
}
