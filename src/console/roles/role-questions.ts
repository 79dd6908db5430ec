/** What is asked before a custom role goes, or gives less, in numbers. */
import type { CustomRole } from '../../directory/roles/custom-role.ts';
import type { DeletionEffect } from '../../directory/roles/custom-role-deletion.ts';
import { ROLE_BASES, type RoleBase, shownRole } from '../../mapping/roles.ts';
import { countOf } from '../../web/count-words.ts';
import type { Question } from '../../web/question.ts';
import { view } from '../../web/view.ts';

export function askToDelete(
  { name }: CustomRole,
  { heldInstead, users, teams, holders, rules, captured }: DeletionEffect,
): Question {
  const people = holders.map(
    (holder) => view`<li>${holder.name} in ${holder.teamName}${holder.active ? null : ' (deactivated)'}</li>`,
  );
  const more = users > holders.length ? view`<li class="muted">and more</li>` : null;
  const named = rules.map(({ connection, rule }) => view`<li>rule ${rule} of ${connection}</li>`);
  const losing = captured.filter((each) => each.users > 0);
  const lost = losing.map(
    ({ connection, rule, users: count }) =>
      view`<li>${countOf(count, 'person', 'people')} by rule ${rule} of ${connection}</li>`,
  );
  return {
    title: `Delete the role ${name}?`,
    words: [
      view`${countOf(users, 'person', 'people')} in ${countOf(teams, 'team', 'teams')} would be <strong>${shownRole(heldInstead)}</strong> instead, on record.${people.length === 0 ? null : view`<ul>${people}${more}</ul>`}`,
      ...(named.length === 0
        ? []
        : [
            view`${countOf(named.length, 'mapping rule that names it', 'mapping rules that name it')} would give ${shownRole(heldInstead)}:<ul>${named}</ul>`,
          ]),
      ...(lost.length === 0
        ? []
        : [
            view`Whoever has it only because it stands in the name of a group would then lose that too, step by step:<ul>${lost}</ul>`,
          ]),
    ],
    button: 'Delete the role',
    ...{ back: '/admin/roles', section: 'teams' },
  };
}

export interface RoleChange {
  readonly inherits: RoleBase;
  readonly permissions: readonly string[];
}

/** Undefined: nobody loses anything by the change. */
export function askToLessen(
  { id, name, inherits, permissions }: CustomRole,
  wanted: RoleChange,
  held: { readonly users: number; readonly teams: number },
): Question | undefined {
  const lost = permissions.filter((permission) => !wanted.permissions.includes(permission));
  const isLower = ROLE_BASES.indexOf(wanted.inherits) > ROLE_BASES.indexOf(inherits);
  if (lost.length === 0 && !isLower) return undefined;
  const base = isLower ? [`It would build on ${shownRole(wanted.inherits)} in place of ${shownRole(inherits)}.`] : [];
  const taken =
    lost.length === 0 ? [] : [`${countOf(lost.length, 'permission goes', 'permissions go')}: ${lost.join(', ')}.`];
  return {
    title: `Let the role ${name} give less?`,
    words: [
      `${countOf(held.users, 'person', 'people')} in ${countOf(held.teams, 'team', 'teams')} may do less at once.`,
      ...base,
      ...taken,
    ],
    button: 'Save the role',
    ...{ back: `/admin/roles/${id}`, section: 'teams' },
  };
}
