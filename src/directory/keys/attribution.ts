/**
 * In whose name a service account acts: a job of many people's, run with one key, says in each request whose it is.
 * W&B's clients send `X-WANDB-USERNAME` and `X-WANDB-USER-EMAIL`; the user name wins where both come.
 */

import type { DirectoryParts } from '../parts.ts';
import type { Person } from '../people/person.ts';
import { foldCase } from '../people/user.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';

export interface AttributionClaim {
  readonly userName: string | null;
  readonly email: string | null;
}

export type AttributionRefusal = 'unknown_person' | 'no_access' | 'not_in_team' | 'ambiguous';

export type Attribution =
  /** Nobody was named: the service account acts for itself. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'attributed';
      readonly person: Person;
      readonly by: 'user_name' | 'email';
      /** Team id -> role of that person. */
      readonly teams: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'refused'; readonly reason: AttributionRefusal; readonly message: string };

type Named = Extract<Attribution, { kind: 'attributed' }>['by'];

/**
 * @param principal a service account
 * @param teamId where an account of the organization acts; one of a team acts in its team, whatever is named here
 * @throws AppError `forbidden` for a person's own key: people act for themselves
 */
export async function attribute(
  parts: DirectoryParts,
  principal: Principal,
  claim: AttributionClaim,
  teamId: string | null = null,
): Promise<Attribution> {
  const userName = claim.userName?.trim() ?? '';
  const email = claim.email?.trim() ?? '';
  if (userName === '' && email === '') return { kind: 'none' };
  const ownTeam = principal.role === 'none' ? ([...principal.teams.keys()][0] ?? null) : null;
  const team = ownTeam ?? teamId;
  authorize(principal, 'attribution.resolve', team === null ? {} : { teamId: team });
  const { store } = parts;
  const by: Named = userName === '' ? 'email' : 'user_name';
  const named =
    by === 'email'
      ? await store.persons.ofEmail(store.reader, principal.organizationId, foldCase(email))
      : await store.persons.ofUserName(store.reader, principal.organizationId, foldCase(userName));
  return choose(parts, named, by, by === 'email' ? email : userName, team);
}

async function choose(
  { store }: DirectoryParts,
  named: readonly Person[],
  by: Named,
  name: string,
  teamId: string | null,
): Promise<Attribution> {
  const active = named.filter(({ status }) => status === 'active');
  if (active.length === 0) return named.length === 0 ? refuse('unknown_person', name) : refuse('no_access', name);
  const people = await Promise.all(
    active.map(async (person) => ({
      person,
      teams: effectiveRoles(await store.grants.ofUser(store.reader, person.id)).teams,
    })),
  );
  const fitting = people.filter(({ teams }) => teamId === null || teams.has(teamId));
  const [one, ...others] = fitting;
  if (one === undefined) return refuse('not_in_team', name);
  if (others.length > 0) return refuse('ambiguous', name);
  const teams = new Map([...one.teams.values()].map((team) => [team.id, team.role]));
  return { kind: 'attributed', person: one.person, by, teams };
}

const MESSAGES: Readonly<Record<AttributionRefusal, string>> = {
  unknown_person: 'is nobody in this organization',
  no_access: 'has no access to this organization any more',
  not_in_team: 'is not a member of the team',
  ambiguous: 'are several people of this organization',
};

function refuse(reason: AttributionRefusal, name: string): Attribution {
  return { kind: 'refused', reason, message: `"${name}" ${MESSAGES[reason]}; the request cannot be theirs.` };
}
