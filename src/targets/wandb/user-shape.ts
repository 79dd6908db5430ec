/**
 * A W&B user as it comes, in one form. What differs by version: e-mail addresses are one object with PascalCase members
 * (before 0.80.1) or a list with lower-case ones; the organization role stands at the top, in an extension, or both.
 * Source: W&B docs, platform/hosting/iam/scim.mdx.
 */
import { isJsonObject, type Json, type JsonObject } from '../../schema/json.ts';

export interface WandbUser {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly displayName: string | null;
  readonly email: string | null;
  /** `admin`, `member`, `viewer` (deprecated there); null: not told. */
  readonly organizationRole: string | null;
  /** `full`, `viewer`, `none`; null: this server tells no seats. */
  readonly modelsSeat: string | null;
  readonly weaveRole: string | null;
  /** Team name -> role. */
  readonly teamRoles: ReadonlyMap<string, string>;
  /** A service account: no person, and nothing of it may be changed. */
  readonly isService: boolean;
}

const WANDB_EXTENSION = 'urn:ietf:params:scim:schemas:extension:wandb:2.0:User';

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function readEmail(emails: Json | undefined): string | null {
  if (isJsonObject(emails)) return text(emails.Value) ?? text(emails.value);
  const list: readonly Json[] = Array.isArray(emails) ? emails : [];
  const objects = list.filter(isJsonObject);
  const primary = objects.find((email) => email.primary === true || email.Primary === true) ?? objects[0];
  return primary === undefined ? null : (text(primary.value) ?? text(primary.Value));
}

function readTeamRoles(teamRoles: Json | undefined): ReadonlyMap<string, string> {
  const list: readonly Json[] = Array.isArray(teamRoles) ? teamRoles : [];
  return new Map(
    list.filter(isJsonObject).map(({ teamName, roleName }) => [String(teamName), builtIn(String(roleName))]),
  );
}

/** Built-in names come in any case, custom ones to the letter. */
function builtIn(role: string): string {
  const lower = role.toLowerCase();
  return ['admin', 'member', 'viewer'].includes(lower) ? lower : role;
}

export function readUser(body: JsonObject): WandbUser {
  const extension = isJsonObject(body[WANDB_EXTENSION]) ? body[WANDB_EXTENSION] : {};
  const accountType = text(body.accountType);
  const role = text(body.organizationRole) ?? text(extension.organizationRole);
  return {
    id: String(body.id ?? ''),
    userName: (text(body.userName) ?? '').slice(0, 1000),
    active: body.active !== false,
    displayName: text(body.displayName),
    email: readEmail(body.emails),
    organizationRole: role === null ? null : role.toLowerCase(),
    modelsSeat: text(body.modelsSeat)?.toLowerCase() ?? null,
    weaveRole: text(body.weaveRole)?.toLowerCase() ?? null,
    teamRoles: readTeamRoles(body.teamRoles),
    isService: accountType !== null && accountType !== 'USER',
  };
}

/** Members of a group keep PascalCase in every version; `null` when there are none. */
export function readMemberIds(body: JsonObject): readonly string[] {
  const members: readonly Json[] = Array.isArray(body.members) ? body.members : [];
  return members.filter(isJsonObject).flatMap(({ Value, value }) => text(Value) ?? text(value) ?? []);
}
