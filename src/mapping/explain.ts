/** Why a user has a role: a user's grants put in order and into words, per scope. */
import { compareRoles, type RoleBase, shownRole, strongestOrganizationRole, strongestTeamRole } from './roles.ts';

/** A grant with the names that its ids stand for; null where the origin has none. */
export interface GrantFact {
  readonly scope: 'organization' | 'team';
  /** Name of the team; null for scope organization. */
  readonly team: string | null;
  readonly role: string;
  /** What a custom role builds on; null for the others. */
  readonly inherits: RoleBase | null;
  /** rule | invite | admin | signin | setup */
  readonly origin: string;
  readonly rule: string | null;
  readonly group: string | null;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Position of the change that gave it. */
  readonly position: number | null;
  readonly exchangeId: string | null;
}

export interface ScopeExplanation {
  readonly scope: 'organization' | 'team';
  readonly team: string | null;
  /** The effective role. */
  readonly role: string;
  /** The grant that makes it so: the strongest, of equals the oldest; null for the organization's default. */
  readonly decides: GrantFact | null;
  /** The others, strongest first: what would be left. */
  readonly behind: readonly GrantFact[];
  readonly words: string;
}

/** The organization first, then teams by name. */
export function explainGrants(grants: readonly GrantFact[]): readonly ScopeExplanation[] {
  const teams = Map.groupBy(
    grants.filter(({ scope }) => scope === 'team'),
    ({ team }) => team ?? '',
  );
  const names = [...teams.keys()].toSorted((left, right) => (left < right ? -1 : 1));
  return [
    explainOrganization(grants.filter(({ scope }) => scope === 'organization')),
    ...names.map((name) => explainTeam(name, teams.get(name) ?? [])),
  ];
}

function explainOrganization(grants: readonly GrantFact[]): ScopeExplanation {
  const role = strongestOrganizationRole(grants.map((grant) => grant.role));
  const [decides = null, ...behind] = inOrder(grants);
  const words =
    decides === null
      ? `${shownRole(role)} of the organization, as everybody is without a grant.`
      : `${shownRole(role)} of the organization ${reasons(decides, behind)}`;
  return { scope: 'organization', team: null, role, decides, behind, words };
}

function explainTeam(team: string, grants: readonly GrantFact[]): ScopeExplanation {
  const role = strongestTeamRole(grants);
  const [decides = null, ...behind] = inOrder(grants);
  const words = `${shownRole(role)} of team ${team} ${decides === null ? '' : reasons(decides, behind)}`;
  return { scope: 'team', team, role, decides, behind, words };
}

function inOrder(grants: readonly GrantFact[]): readonly GrantFact[] {
  return grants.toSorted(
    (left, right) =>
      compareRoles(left, right) || left.since - right.since || (left.position ?? 0) - (right.position ?? 0),
  );
}

function reasons(decides: GrantFact, behind: readonly GrantFact[]): string {
  const because = `because of ${reasonOf(decides)}, since ${new Date(decides.since).toISOString()}.`;
  if (behind.length === 0) return because;
  return `${because} Behind it: ${behind.map((grant) => `${shownRole(grant.role)} by ${reasonOf(grant)}`).join('; ')}.`;
}

function reasonOf({ origin, rule, group }: GrantFact): string {
  switch (origin) {
    case 'rule':
      return `rule ${rule ?? '(gone)'}${group === null ? '' : ` for members of group ${group}`}`;
    case 'invite':
      return 'an invite';
    case 'admin':
      return 'what an admin gave';
    case 'signin':
      return 'what sign-in said';
    case 'setup':
      return 'setting up the organization';
    default:
      return origin;
  }
}
