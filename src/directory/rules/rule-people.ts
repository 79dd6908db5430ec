/** People as mapping rules look at them: the person, the groups they are in, what rules gave them. */
import type { RuleGift } from '../../mapping/difference.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { Group } from '../groups/group.ts';
import type { UserCard } from '../people/user.ts';
import type { Visibility } from '../visibility.ts';

export interface RulePerson extends UserCard {
  /** Whether this connection manages them: only then its conditions on people hold for them. */
  readonly isManaged: boolean;
  /** SCIM attributes as JSON text. */
  readonly attributes: string;
}

/** As much of a group as rules need. */
export type RuleGroup = Pick<Group, 'id' | 'organizationId' | 'connectionId' | 'displayName' | 'teamId'>;

export interface HeldGift extends RuleGift {
  /** Of the grant. */
  readonly id: string;
  readonly userId: string;
  readonly teamName: string | null;
}

/**
 * The people of a connection's rules: whom it manages, who is in one of its groups, who holds something by its rules. Who was
 * deleted is in no group and holds nothing.
 */
export interface RulePeople {
  count(db: Handle, scope: Visibility): Promise<number>;
  /** In the order of ids, after one. */
  page(db: Handle, scope: Visibility, afterId: string, limit: number): Promise<readonly RulePerson[]>;
  /** Those of these ids that are still there, kept from changing until the transaction ends; in the order of ids. */
  lock(db: Handle, scope: Visibility, ids: readonly string[]): Promise<readonly RulePerson[]>;
  /** Active admins of the organization, in the order of ids, after one. */
  admins(db: Handle, scope: Visibility, afterId: string, limit: number): Promise<readonly RulePerson[]>;
  /** Groups of the connection that each person is in, in the order of groups. */
  groupsOf(
    db: Handle,
    connectionId: string,
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RuleGroup[]>>;
  /** What the connection's rules gave to each person. */
  heldBy(
    db: Handle,
    connectionId: string,
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly HeldGift[]>>;
}
