/** Bounds of the SCIM door; each past its limit is a clear 4xx. */
export interface ScimLimits {
  readonly maxBodyBytes: number;
  /** Operations of one PATCH. */
  readonly maxOperations: number;
  readonly bulkMaxOperations: number;
  readonly filterMaxLength: number;
  readonly filterMaxDepth: number;
  readonly pageDefault: number;
  readonly pageMax: number;
  readonly cursorTtlSeconds: number;
}
