/** What the identity provider pushed (SCIM Group). Never a permission by itself. */
export interface Group {
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string;
  readonly displayName: string;
  readonly externalId: string | null;
  /** The team that the default rule gave this group; null without one. */
  readonly teamId: string | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type NewGroup = Group;

export interface GroupMember {
  readonly userId: string;
  /** `display` as sent. */
  readonly display: string | null;
}
