/**
 * One fact that changed, with before and after, who did it, why, and the exchange that it came from.
 * Written by directory/ in the transaction of the change itself; read by the console, targets and webhooks by position.
 */
export const CHANGE_KINDS = [
  'organization.created',
  'connection.created',
  'connection.paused',
  'connection.resumed',
  'connection.rules_changed',
  'token.created',
  'token.revoked',
  'user.created',
  'user.updated',
  'user.adopted',
  'user.adoption_approved',
  'user.deactivated',
  'user.reactivated',
  'user.role_changed',
  'user.deleted',
  'group.created',
  'group.updated',
  'group.deleted',
  'membership.added',
  'membership.removed',
  'team.created',
  'team.renamed',
  'grant.added',
  'grant.removed',
  'setup_link.created',
  'setup_link.used',
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

export type SubjectType = 'organization' | 'connection' | 'user' | 'group' | 'team';

/** A thing by its id, with its name at that time. */
export interface Subject {
  readonly type: SubjectType;
  readonly id: string;
  readonly name: string;
}

/** JSON object; only what changed, so that before and after can be laid side by side. */
export type ChangeState = Readonly<Record<string, unknown>>;

export interface NewChange {
  readonly kind: ChangeKind;
  readonly subject: Subject;
  /** The group of a membership, the team of a grant. */
  readonly related?: Subject;
  readonly before?: ChangeState;
  readonly after?: ChangeState;
}

export interface Change extends NewChange {
  /** Grows with every change of the installation; gaps are possible. */
  readonly position: number;
  readonly organizationId: string;
  readonly connectionId: string | null;
  readonly exchangeId: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string };
  readonly reason: string | null;
}
