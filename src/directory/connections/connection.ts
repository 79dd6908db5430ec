/** One identity provider feeding one organization. */
export const DIALECTS = ['okta', 'entra', 'generic', 'strict'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface Connection {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly state: 'active' | 'paused';
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ConnectionToken {
  readonly id: string;
  readonly connectionId: string;
  /** Last four characters of the secret. */
  readonly hint: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

export function isLiveToken({ revokedAt, expiresAt }: ConnectionToken, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

/** When the identity provider was heard of last, to the minute; null: never. */
export function lastContactOf(tokens: readonly ConnectionToken[]): number | null {
  const used = tokens.flatMap(({ lastUsedAt }) => lastUsedAt ?? []);
  return used.length === 0 ? null : Math.max(...used);
}
