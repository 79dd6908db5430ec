/**
 * Whether somebody may do something in a team, and why: the one function that answers it.
 *
 * Owns: the answer. Does not own: who may use Drawbridge itself (policy.ts), what a role holds (mapping/permissions.ts).
 * Called by api/ (a tracker that asks), and by whoever shows what a person may.
 *
 * Grants add up: a person may what any of their grants in the team lets them, whichever of them is the strongest role. An
 * exclusion, an archived team and a deactivated person come before all grants. Admins of the organization manage every
 * team, and get nothing of what is in it by that.
 */
import { AppError } from '../../errors.ts';
import { isPermission, type Permission, type RoleRights, rightOf } from '../../mapping/permissions.ts';
import { compareRoles } from '../../mapping/roles.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Team } from '../teams/team.ts';
import { privacyOf } from '../teams/team-access.ts';
import type { TeamPrivacy } from '../teams/team-privacy.ts';
import type { CustomRole } from './custom-role.ts';
import type { Grant } from './grant.ts';

export interface Question {
  readonly kind: 'user' | 'service_account';
  /** Id of the user or service account. */
  readonly id: string;
  readonly teamId: string;
  /** `object:operation`, from the catalogue. */
  readonly permission: string;
  /** What it is about was made by whoever asks: members may do more to their own runs than to others'. */
  readonly own?: boolean;
}

/** The grant that lets somebody do it. */
export interface DecidingGrant {
  readonly id: string;
  readonly scope: Grant['scope'];
  readonly role: string;
  readonly origin: Grant['origin'];
  readonly ruleId: string | null;
  readonly connectionId: string | null;
  readonly groupId: string | null;
}

/**
 * `adds`: the custom role adds the permission; `holds`: the role, or what it builds on, has it; `own`: it has it for what
 * the person made; `setting`: the team lets its members do it; `organization_admin`: admins manage every team.
 */
export type Allowance = 'adds' | 'holds' | 'own' | 'setting' | 'organization_admin';

export type Refusal =
  | 'unknown_subject'
  | 'unknown_team'
  | 'inactive'
  | 'archived_team'
  | 'excluded'
  | 'not_a_member'
  | 'role_lacks_permission';

export type Answer =
  | {
      readonly allowed: true;
      readonly because: Allowance;
      readonly role: string;
      /** Null for a service account, which holds its team by what it is, and for whoever manages every team. */
      readonly grant: DecidingGrant | null;
    }
  | {
      readonly allowed: false;
      readonly because: Refusal;
      /** The roles that do not hold the permission, where that is the reason. */
      readonly roles: readonly string[];
    };

/** What is known about whoever the question is about, and about the team. */
export interface Standing {
  readonly subject:
    | { readonly kind: 'user'; readonly active: boolean; readonly isOrganizationAdmin: boolean }
    /** `teamId` null: of the organization, and so in every team. */
    | { readonly kind: 'service_account'; readonly teamId: string | null }
    | undefined;
  /** The person's grants in this team. */
  readonly grants: readonly Grant[];
  readonly excluded: boolean;
  readonly team: Pick<Team, 'id' | 'archivedAt'> | undefined;
  readonly privacy: Pick<TeamPrivacy, 'membersMayInvite'>;
  readonly customRoles: ReadonlyMap<string, Pick<CustomRole, 'inherits' | 'permissions'>>;
}

/** @throws AppError `invalid_value` for a permission that is not in the catalogue */
export async function may(
  parts: DirectoryParts,
  db: Handle,
  organizationId: string,
  question: Question,
): Promise<Answer> {
  const permission = checkPermission(question.permission);
  return decide(await standingOf(parts, db, organizationId, question), permission, question.own === true);
}

function checkPermission(text: string): Permission {
  if (isPermission(text)) return text;
  throw new AppError('invalid_value', `There is no permission "${text}". The catalogue lists those that there are.`);
}

async function standingOf(
  parts: DirectoryParts,
  db: Handle,
  organizationId: string,
  { kind, id, teamId }: Question,
): Promise<Standing> {
  const { store } = parts;
  const team = await store.teams.find(db, organizationId, teamId);
  const privacy = team === undefined ? NO_INVITING : await privacyOf(parts, db, team);
  if (kind === 'service_account') {
    const account = await store.serviceAccounts.find(db, organizationId, id);
    const subject = account === undefined || account.removedAt !== null ? undefined : { kind, teamId: account.teamId };
    return { subject, grants: [], excluded: false, team, privacy, customRoles: new Map() };
  }
  const person = await store.persons.find(db, organizationId, id);
  const exists = person !== undefined && person.status !== 'removed';
  const grants = exists ? (await store.grants.ofUser(db, id)).filter((grant) => grant.teamId === teamId) : [];
  const hasCustom = grants.some((grant) => grant.inherits !== null);
  const roles = hasCustom ? await store.customRoles.list(db, organizationId) : [];
  return {
    subject: exists
      ? { kind, active: person.status === 'active', isOrganizationAdmin: person.role === 'admin' }
      : undefined,
    grants,
    excluded: (await store.exclusions.find(db, teamId, id)) !== undefined,
    team,
    privacy,
    customRoles: new Map(roles.map((role) => [role.name, role])),
  };
}

const NO_INVITING: Standing['privacy'] = { membersMayInvite: { value: false, enforced: false } };

/** The answer from what is known. Pure. */
export function decide(standing: Standing, permission: Permission, own: boolean): Answer {
  const { subject, team } = standing;
  if (subject === undefined) return refuse('unknown_subject');
  if (team === undefined) return refuse('unknown_team');
  if (subject.kind === 'user' && !subject.active) return refuse('inactive');
  if (team.archivedAt !== null) return refuse('archived_team');
  if (subject.kind === 'service_account') return decideForService(subject.teamId, team.id, permission);
  return decideForUser(standing, subject.isOrganizationAdmin, permission, own);
}

function decideForService(ownTeamId: string | null, teamId: string, permission: Permission): Answer {
  if (ownTeamId !== null && ownTeamId !== teamId) return refuse('not_a_member');
  const holds = rightOf({ role: 'service', inherits: null, permissions: [] }, permission) !== undefined;
  return holds ? allow('holds', 'service', null) : refuse('role_lacks_permission', ['service']);
}

function decideForUser(standing: Standing, isOrganizationAdmin: boolean, permission: Permission, own: boolean): Answer {
  const { excluded, grants, privacy } = standing;
  const counting = excluded ? [] : grants.filter((grant) => grant.withheld === null).toSorted(compareRoles);
  for (const grant of counting) {
    const right = rightOf(rightsOf(standing, grant), permission);
    if (right !== undefined && (right !== 'own' || own)) return allow(right, grant.role, grant);
  }
  const [strongest] = counting;
  if (permission === 'team:invite_user' && privacy.membersMayInvite.value) {
    const member = counting.find((grant) => grant.role === 'member' || grant.inherits === 'member');
    if (member !== undefined) return allow('setting', member.role, member);
  }
  if (isOrganizationAdmin && permission.startsWith('team:')) return allow('organization_admin', 'admin', null);
  if (excluded) return refuse('excluded');
  if (strongest === undefined) return refuse('not_a_member');
  return refuse('role_lacks_permission', [...new Set(counting.map((grant) => grant.role))]);
}

function rightsOf({ customRoles }: Standing, { role, inherits }: Grant): RoleRights {
  return { role, inherits, permissions: customRoles.get(role)?.permissions ?? [] };
}

function allow(because: Allowance, role: string, grant: Grant | null): Answer {
  if (grant === null) return { allowed: true, because, role, grant };
  const { id, scope, origin, ruleId, connectionId, groupId } = grant;
  return { allowed: true, because, role, grant: { id, scope, role, origin, ruleId, connectionId, groupId } };
}

function refuse(because: Refusal, roles: readonly string[] = []): Answer {
  return { allowed: false, because, roles };
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  unknown_subject: 'there is nobody of this id in the organization',
  unknown_team: 'there is no such team',
  inactive: 'the person is deactivated, so that their grants give nothing',
  archived_team: 'the team is archived',
  excluded: 'the person is kept out of the team by hand',
  not_a_member: 'they are not in the team',
  role_lacks_permission: 'no role of theirs in the team holds the permission',
};

const ALLOWANCES: Readonly<Record<Allowance, string>> = {
  adds: 'the custom role adds the permission',
  holds: 'the role holds the permission',
  own: 'the role holds it for what the person made',
  setting: 'the settings of the team let its members do it',
  organization_admin: 'admins of the organization manage every team',
};

/** The reason in words, without a full stop. */
export function tellAnswer(answer: Answer): string {
  return answer.allowed ? ALLOWANCES[answer.because] : REFUSALS[answer.because];
}
