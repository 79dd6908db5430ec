/** Tables of 0003-people: keys, service accounts, invites, the outbox. */
export interface PeopleTables {
  service_accounts: {
    id: string;
    organization_id: string;
    /** Null: of the organization. */
    team_id: string | null;
    name: string;
    name_key: string;
    created_at: number;
    removed_at: number | null;
  };
  api_keys: {
    id: string;
    organization_id: string;
    /** user | service_account */
    owner_kind: string;
    owner_id: string;
    name: string;
    /** SHA-256 of the key, hex */
    hash: string;
    /** The last four characters. */
    hint: string;
    /** Separated by commas. */
    scopes: string;
    created_at: number;
    expires_at: number | null;
    revoked_at: number | null;
    last_used_at: number | null;
  };
  invites: {
    id: string;
    organization_id: string;
    email: string;
    email_key: string;
    role: string;
    /** { teamId, role }[] as JSON */
    teams: string;
    /** pending (until expires_at) | accepted | expired | revoked */
    state: string;
    invited_by_id: string | null;
    invited_by_name: string;
    created_at: number;
    updated_at: number;
    expires_at: number;
    accepted_user_id: string | null;
  };
  invite_links: {
    /** SHA-256 of the secret, hex */
    hash: string;
    invite_id: string;
    created_at: number;
    /** Sent again, revoked or used. */
    ended_at: number | null;
  };
  mails: {
    id: string;
    organization_id: string;
    kind: string;
    recipient: string;
    /** What it is about: an invite, a person. */
    about_id: string | null;
    /** What the template is filled with, JSON; never a secret. */
    content: string;
    /** waiting | sent | failed | dropped */
    state: string;
    attempts: number;
    /** What the mail server said last. */
    server_reply: string | null;
    created_at: number;
    updated_at: number;
  };
}
