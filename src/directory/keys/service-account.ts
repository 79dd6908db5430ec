/** A non-person with API keys, of a team or of the organization. Takes no seat. */
import type { Handle } from '../../synclog/handle.ts';

export interface ServiceAccount {
  readonly id: string;
  readonly organizationId: string;
  /** Null: of the organization. */
  readonly teamId: string | null;
  readonly name: string;
  readonly createdAt: number;
  readonly removedAt: number | null;
}

export interface ServiceAccountStore {
  /** Removed ones too. */
  find(db: Handle, organizationId: string, id: string): Promise<ServiceAccount | undefined>;
  lock(db: Handle, organizationId: string, id: string): Promise<ServiceAccount | undefined>;
  findByName(db: Handle, organizationId: string, nameKey: string): Promise<ServiceAccount | undefined>;
  /** Those that are not removed, by name; of one team, of the organization only (null), or all. */
  list(db: Handle, organizationId: string, teamId?: string | null): Promise<readonly ServiceAccount[]>;
  /** @throws AppError `uniqueness` */
  insert(db: Handle, account: ServiceAccount): Promise<void>;
  markRemoved(db: Handle, id: string, at: number): Promise<void>;
}
