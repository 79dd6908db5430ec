import type { RoleBase } from '../../mapping/roles.ts';

/** One reason why a user holds a role: (user, scope, role, origin). Grants add up; one origin never destroys another's. */
export type GrantOrigin = 'rule' | 'invite' | 'admin' | 'signin' | 'setup';

export interface Grant {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly scope: 'organization' | 'team';
  /** Set for scope team. */
  readonly teamId: string | null;
  readonly teamName: string | null;
  readonly role: string;
  /** What a custom role builds on; null for the roles that are always there. */
  readonly inherits: RoleBase | null;
  /**
   * Why it gives nothing at present: the person is kept out of the team by hand, or the team is archived. Null where it
   * counts. An inactive person's grants are told apart by the person.
   */
  readonly withheld: 'excluded' | 'archived' | null;
  readonly origin: GrantOrigin;
  /** For origin rule: the rule, its connection, and the group that fed it (null for a user condition). */
  readonly ruleId: string | null;
  readonly connectionId: string | null;
  readonly groupId: string | null;
  readonly createdAt: number;
}

/** The store tells what a role builds on and whether it counts. */
export type NewGrant = Omit<Grant, 'inherits' | 'withheld'>;

/** Grants that people gave; the others follow the identity provider and would come back with the next sync. */
export function isGivenByHand({ origin }: Pick<Grant, 'origin'>): boolean {
  return origin === 'admin' || origin === 'invite' || origin === 'setup';
}

/** Giving the same grant twice is one grant: the key that says what is the same. */
export function grantIdentity(grant: Omit<NewGrant, 'id' | 'createdAt' | 'teamName'>): string {
  const { userId, scope, teamId, role, origin, ruleId, connectionId, groupId } = grant;
  return [userId, scope, teamId, role, origin, ruleId, connectionId, groupId].map((part) => part ?? '-').join('|');
}
