/** A team role that an organization made: what a built-in one may do, and permissions on top. */
import type { RoleBase } from '../../mapping/roles.ts';
import type { Handle } from '../../synclog/handle.ts';

export interface CustomRole {
  readonly id: string;
  readonly organizationId: string;
  /** Grants and rules name a role by it, and so does the tracker, to the letter: it never changes. */
  readonly name: string;
  readonly description: string;
  readonly inherits: RoleBase;
  /** What it adds, from the catalogue (mapping/permissions.ts). */
  readonly permissions: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Set for one that is gone: its name may be given again, under another id. */
  readonly deletedAt: number | null;
}

/** Somebody who holds a custom role in a team, by one grant. */
export interface RoleHolder {
  readonly grantId: string;
  readonly userId: string;
  readonly userName: string;
  readonly name: string;
  readonly active: boolean;
  readonly teamId: string;
  readonly teamName: string;
}

export interface CustomRoleStore {
  /** `deletedToo`: by id; targets have to take away what is gone. */
  find(
    db: Handle,
    organizationId: string,
    idOrName: string,
    options?: { readonly deletedToo: boolean },
  ): Promise<CustomRole | undefined>;
  /** As `find`; `use` keeps the role from being changed or deleted until the transaction ends, `change` from being used too. */
  lock(db: Handle, organizationId: string, idOrName: string, to: 'use' | 'change'): Promise<CustomRole | undefined>;
  /** By name. */
  list(db: Handle, organizationId: string): Promise<readonly CustomRole[]>;
  /** Names of the roles that rules of a connection may give. */
  namesForConnection(db: Handle, connectionId: string): Promise<readonly string[]>;
  /** @throws AppError `uniqueness` when the name is taken, in whatever letter case */
  insert(db: Handle, role: CustomRole): Promise<void>;
  update(db: Handle, role: CustomRole): Promise<void>;
  markDeleted(db: Handle, id: string, at: number): Promise<void>;
  /** Grants of the role in the order of their ids, after one. */
  holders(db: Handle, role: CustomRole, afterGrantId: string, limit: number): Promise<readonly RoleHolder[]>;
  countHolders(db: Handle, role: CustomRole): Promise<{ readonly users: number; readonly teams: number }>;
  /** Who holds it by mapping rules. */
  countByRule(
    db: Handle,
    role: CustomRole,
  ): Promise<readonly { readonly connectionId: string; readonly ruleId: string; readonly users: number }[]>;
}
