/** The tables of what people manage in teams (0004-teams); teams and grants themselves are in ../tables.ts. */
export interface TeamTables {
  team_avatars: {
    team_id: string;
    /** Without quotes. */
    etag: string;
    /** A WebP, made here. */
    image: Uint8Array;
    updated_at: number;
  };
  team_exclusions: {
    user_id: string;
    team_id: string;
    organization_id: string;
    /** Who kept the person out, by name at that time. */
    actor_name: string;
    reason: string | null;
    created_at: number;
  };
  custom_roles: {
    id: string;
    organization_id: string;
    name: string;
    name_key: string;
    description: string;
    /** viewer | member */
    inherits: string;
    /** Permissions that it adds, a JSON array of `object:operation`. */
    permissions: string;
    created_at: number;
    updated_at: number;
    deleted_at: number | null;
  };
  enforced_privacy: {
    organization_id: string;
    /** directory/teams/team-privacy.ts has the list. */
    switch: string;
    enforced_at: number;
  };
}
