/** Views of custom roles. */
import type { CustomRole } from '../../directory/roles/custom-role.ts';
import { PERMISSION_NAMES, PERMISSIONS } from '../../mapping/permissions.ts';
import { ROLE_BASES, type RoleBase, shownRole } from '../../mapping/roles.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderOption, renderProblem } from '../forms.ts';

export interface RoleForm {
  readonly name: string;
  readonly description: string;
  readonly inherits: RoleBase;
  readonly permissions: readonly string[];
  readonly problem?: string;
  /** Whom a change affects; undefined: nobody can hold it yet. */
  readonly held?: { readonly users: number; readonly teams: number };
}

export function renderRoleList(roles: readonly CustomRole[], mayCreate: boolean): Page {
  const rows = roles.map(
    ({ id, name, description, inherits, permissions }) =>
      view`<tr role="row"><td role="cell" class="what" data-label="Name"><a href="/admin/roles/${id}">${name}</a> <span class="muted">${description}</span></td><td role="cell" data-label="Builds on">${shownRole(inherits)}</td><td role="cell" data-label="Adds">${permissions.length === 0 ? 'nothing' : permissions.join(', ')}</td><td role="cell" data-label=""><a href="/admin/roles/${id}/delete" aria-label="Delete ${name}">Delete …</a></td></tr>`,
  );
  const table = view`<table role="table" class="log"><caption class="visually-hidden">Custom roles</caption><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th><th role="columnheader" scope="col">Builds on</th><th role="columnheader" scope="col">Adds</th><th role="columnheader" scope="col"><span class="visually-hidden">Delete</span></th></tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/teams">Back to the teams</a></nav>
<div class="bar"><h1>Custom roles</h1>${mayCreate ? view`<a class="button primary" href="/admin/roles/new">Make a role</a>` : null}</div>
${roles.length === 0 ? view`<section class="empty"><p>There are none. A custom role builds on View-Only or Member and adds permissions; admins of a team give it.</p></section>` : table}`;
  return { title: 'Custom roles', section: 'teams', body };
}

function renderPicker(chosen: readonly string[]): readonly View[] {
  const addable = PERMISSION_NAMES.filter((name) => PERMISSIONS[name].custom);
  return [...Map.groupBy(addable, (name) => name.split(':')[0] ?? '')].map(
    ([object, names]) =>
      view`<fieldset><legend>${object}</legend>${names.map((name) => view`<label class="choice"><input type="checkbox" name="permission" value="${name}"${chosen.includes(name) ? view` checked` : null}> <span><code>${name}</code> ${PERMISSIONS[name].meaning}</span></label>`)}</fieldset>`,
  );
}

/** @param id undefined: a new one */
export function renderRoleForm(
  { name, description, inherits, permissions, problem, held }: RoleForm,
  id: string | undefined,
  formToken: string,
): Page {
  const title = id === undefined ? 'Make a role' : `Role ${name}`;
  const named =
    id === undefined
      ? view`<label>Name, for good<input name="name" value="${name}" required maxlength="64" autocomplete="off"></label>`
      : view`<input type="hidden" name="name" value="${name}">`;
  const bases = ROLE_BASES.map((base) => renderOption(base, shownRole(base), inherits));
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/roles">Back to the roles</a></nav>
<h1>${title}</h1>
${held === undefined ? null : view`<p class="muted">${countOf(held.users, 'person', 'people')} in ${countOf(held.teams, 'team', 'teams')} ${held.users === 1 ? 'holds' : 'hold'} it; a change holds for all of them at once.</p>`}
<section><form method="post" action="${id === undefined ? '/admin/roles' : `/admin/roles/${id}`}" class="stack">${formTokenField(formToken)}${renderProblem(problem)}${named}
<label>What it is for<input name="description" value="${description}" maxlength="500" autocomplete="off"></label>
<label>Builds on<select name="inherits">${bases}</select></label>
<h2>What it adds</h2><div class="permissions">${renderPicker(permissions)}</div>
<p><button class="primary" type="submit">Save the role</button></p></form></section>`;
  return { title, section: 'teams', body };
}
