/** What is asked before a setting takes something from many, in numbers. */
import type { SeatUse } from '../../directory/people/seats.ts';
import type { Team } from '../../directory/teams/team.ts';
import { PRIVACY, type PrivacySwitch } from '../../directory/teams/team-privacy.ts';
import type { MappingRule } from '../../mapping/rule.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import type { Question } from '../../web/question.ts';

const PLACE = { back: '/admin/settings', section: 'settings' } as const;

export function askToStopProvisioning({ active, free }: SeatUse): Question {
  const seats = free === null ? 'seats are not limited' : `${countOf(free, 'seat is', 'seats are')} free`;
  return {
    ...PLACE,
    title: 'Stop creating people at their first sign-in?',
    words: [
      'Whoever is not here yet is refused when they sign in, until somebody invites them or an identity provider pushes them.',
      `${countOf(active, 'active person keeps', 'active people keep')} what they have; ${seats}.`,
    ],
    button: 'Stop it',
  };
}

/** @param added switches that are not enforced yet */
export function askToEnforce(added: readonly PrivacySwitch[], teams: readonly Team[]): Question {
  const lines = added.map((name) => {
    const { enforcement, enforced, initially } = PRIVACY[name];
    const other = teams.filter(({ settings }) => (settings.privacy[name] ?? initially) !== enforced).length;
    return `${enforcement}: ${tellNumber(other)} of ${countOf(teams.length, 'team', 'teams')} ${other === 1 ? 'has' : 'have'} it the other way now, and would have it ${enforced ? 'on' : 'off'}.`;
  });
  return {
    ...PLACE,
    title: `Enforce ${countOf(added.length, 'switch', 'switches')} in every team?`,
    words: [...lines, 'No team can change it then. What a team chose comes back when it is no longer enforced.'],
    button: 'Enforce it in every team',
  };
}

/** Undefined: every rule of now stays as it is. */
export function askToChangeRules(before: readonly MappingRule[], after: readonly MappingRule[]): Question | undefined {
  const kept = new Set(after.map((rule) => JSON.stringify(rule)));
  const lost = before.filter((rule) => !kept.has(JSON.stringify(rule))).length;
  if (lost === 0) return undefined;
  return {
    ...PLACE,
    title: 'Change the rules for groups of sign-ins?',
    words: [
      `${lost} of ${countOf(before.length, 'rule goes or becomes another', 'rules go or become others')}; ${countOf(after.length, 'rule holds', 'rules hold')} then.`,
      'Roles that they gave are taken from each person at their next sign-in, unless another rule gives them.',
    ],
    button: 'Save the rules',
  };
}
