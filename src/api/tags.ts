/** The nouns of the API, in the order of the document; the first part of an endpoint's id names its tag. */
export const TAGS: Readonly<Record<string, string>> = {
  organization: 'The organization that a key belongs to, and its settings.',
  custom_roles: 'Roles that the organization made for its teams, and the permissions that there are.',
  teams: 'What the tracker knows: a name, a bucket, members with a role.',
  team_settings: 'Privacy and alerts of a team.',
  team_avatars: 'The picture of a team.',
  team_members: 'Who is in a team, through what, and who is kept out of it by hand.',
  authz: 'Whether somebody may do something in a team, and why.',
  connections: 'Identity providers that feed the organization.',
  tokens: 'What an identity provider signs in with at /scim/v2.',
  mapping_rules: 'Which groups and users get which roles.',
  groups: 'What identity providers pushed.',
  exchanges: 'The sync log: what identity providers sent, what they were answered, and what it changed.',
  changes: 'Facts that changed, with before and after, who did it, and why.',
  explanations: 'Why a person has a role.',
  api: 'The API itself: its document, and what its refusals mean.',
};
