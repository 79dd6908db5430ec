/** What the tracker knows: a name that is safe for it, and members through grants. */
export interface Team {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | null;
}
