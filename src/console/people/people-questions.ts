/** What is asked before something is taken from a person, in numbers. */
import type { Session } from '../../directory/entry/session.ts';
import type { InviteView } from '../../directory/invites/invites.ts';
import type { ApiKey } from '../../directory/keys/api-key.ts';
import type { PersonView } from '../../directory/people/people.ts';
import { ORGANIZATION_ROLES, type OrganizationRole, shownRole } from '../../mapping/roles.ts';
import { countOf } from '../../web/count-words.ts';
import type { Question } from '../../web/question.ts';
import { view } from '../../web/view.ts';

export interface Held {
  readonly person: PersonView;
  readonly sessions: readonly Session[];
  /** Those that can be used. */
  readonly keys: readonly ApiKey[];
  /** Name of the connection that manages them; null for nobody. */
  readonly connection: string | null;
}

function placeOf({ id }: PersonView): Pick<Question, 'back' | 'section'> {
  return { back: `/admin/people/${id}`, section: 'people' };
}

export function isLowered(from: OrganizationRole, to: OrganizationRole): boolean {
  return ORGANIZATION_ROLES.indexOf(to) > ORGANIZATION_ROLES.indexOf(from);
}

/** Whom the organization keeps as its admin: it is refused, and nothing is asked. @param admins active ones */
export function isLastAdmin({ person }: Held, admins: number): boolean {
  return person.role === 'admin' && person.status === 'active' && admins === 1;
}

/** @param admins active ones, before */
export function askToLower({ person, sessions, keys }: Held, role: OrganizationRole, admins: number): Question {
  const { name, status } = person;
  const [was, is] = [shownRole(person.role), shownRole(role)];
  const left =
    person.role === 'admin' && status === 'active'
      ? [`Of ${countOf(admins, 'active admin', 'active admins')} of the organization, ${admins - 1} would be left.`]
      : [];
  return {
    ...placeOf(person),
    title: `Make ${name} ${is}?`,
    words: [
      `1 person: ${name} is ${was} of the organization, and would be ${is}.`,
      ...left,
      `${countOf(sessions.length, 'session', 'sessions')} and ${countOf(keys.length, 'API key', 'API keys')} go on, and do at once no more than ${is} may. Roles in teams stay.`,
    ],
    button: `Make ${name} ${is}`,
  };
}

export function askToRemove({ person, sessions, keys, connection }: Held): Question {
  const { name, role } = person;
  const teams = (person.roles ?? []).flatMap((scope) =>
    scope.team === null || scope.role === null ? [] : [{ name: scope.team.name, role: scope.role }],
  );
  const held = teams.map((team) => view`<li>${shownRole(team.role)} in ${team.name}</li>`);
  const manager =
    connection === null
      ? 'Nobody manages this person: they are removed for good. The user name is free again.'
      : `${connection} manages this person: here they are deactivated. Take them out in ${connection} as well; else its next word brings them back.`;
  return {
    ...placeOf(person),
    title: `Remove ${name}?`,
    words: [
      `They lose access at once: ${countOf(sessions.length, 'session ends', 'sessions end')}, ${countOf(keys.length, 'API key stops', 'API keys stop')} working.`,
      view`They are ${shownRole(role)} of the organization${teams.length === 0 ? ' and in no team.' : view`, and in ${countOf(teams.length, 'team', 'teams')}:<ul>${held}</ul>`}`,
      manager,
      'Their runs are kept. The ledger gets an entry with what they held, and the tracker is asked what they leave behind.',
    ],
    button: `Remove ${name}`,
    takesReason: true,
  };
}

export function askToEndSessions({ person, sessions }: Held): Question {
  const many = countOf(sessions.length, 'session', 'sessions');
  return {
    ...placeOf(person),
    title: `End ${many} of ${person.name}?`,
    words: [`${countOf(sessions.length, 'session ends', 'sessions end')} at once. They can sign in again.`],
    button: `End ${many}`,
  };
}

export function askToRevokeKey({ person, keys }: Held, key: ApiKey): Question {
  return {
    ...placeOf(person),
    title: `Revoke the key ${key.name} of ${person.name}?`,
    words: [
      '1 key stops working at once, for good.',
      `${countOf(keys.length - 1, 'other key goes', 'other keys go')} on working.`,
    ],
    button: `Revoke the key ${key.name}`,
  };
}

export function askToRevokeInvite({ invite }: InviteView): Question {
  return {
    title: `Revoke the invite to ${invite.email}?`,
    words: [
      `1 link stops working: nobody can come in by it as ${shownRole(invite.role)}${invite.teams.length === 0 ? '' : `, or get a role in ${countOf(invite.teams.length, 'team', 'teams')}`}.`,
      'Nobody else is touched.',
    ],
    button: 'Revoke the invite',
    ...{ back: `/admin/people/invites/${invite.id}`, section: 'people' },
  };
}
