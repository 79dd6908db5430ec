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
  readonly origin: GrantOrigin;
  /** For origin rule: the rule, its connection, and the group that fed it (null for a user condition). */
  readonly ruleId: string | null;
  readonly connectionId: string | null;
  readonly groupId: string | null;
  readonly createdAt: number;
}

export type NewGrant = Grant;

/** Giving the same grant twice is one grant: the key that says what is the same. */
export function grantIdentity(grant: Omit<Grant, 'id' | 'createdAt' | 'teamName'>): string {
  const { userId, scope, teamId, role, origin, ruleId, connectionId, groupId } = grant;
  return [userId, scope, teamId, role, origin, ruleId, connectionId, groupId].map((part) => part ?? '-').join('|');
}
