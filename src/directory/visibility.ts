/** What one connection may see: its own users, and those of its organization that nobody manages. */
export interface Visibility {
  readonly organizationId: string;
  readonly connectionId: string;
}
