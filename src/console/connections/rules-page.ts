/** The page of mapping rules: the form, the preview of who gains and loses what, and asking once before roles are taken. */
import type { Connection } from '../../directory/connections/connection.ts';
import type { RuleRunState } from '../../directory/rules/rule-run-worker.ts';
import type { ForeseenRulesEffect, RoleChange } from '../../directory/rules/rules-preview.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderOption, renderProblem } from '../forms.ts';
import { type RuleChoices, renderChoices } from './rules-choices.ts';
import { CONDITIONS, digestOf, type RuleRow } from './rules-form.ts';
import { renderRun } from './rules-run.ts';

export interface RulesPageData {
  readonly connection: Connection;
  readonly rows: readonly RuleRow[];
  readonly choices: RuleChoices;
  /** Of the connection, as it was when the page was opened. */
  readonly version: string;
  readonly effect?: ForeseenRulesEffect;
  readonly problem?: string;
  /** Roles would be taken: the next press of the button means it. */
  readonly asksToConfirm: boolean;
  /** Too many people to compute the preview at every key. */
  readonly previewsLive: boolean;
  /** How far the rules that are saved are applied. */
  readonly run: RuleRunState | undefined;
  readonly now: number;
  readonly formToken: string;
}

const MOST_SHOWN = 50;

/** Enter in a field presses the first button of its form: without this one, the one that moves the first rule. */
function renderEnter(effect: string): View {
  return view`<button type="submit" name="button" value="preview" formaction="${effect}" class="visually-hidden" tabindex="-1" aria-hidden="true">Preview</button>`;
}

function renderRow(row: RuleRow, index: number, last: number): View {
  const n = index + 1;
  const button = (verb: string, label: string, sign: string, disabled: boolean): View =>
    view`<button type="submit" name="button" value="${`${verb}:${index}`}" class="small" aria-label="${`${label} rule ${n}`}"${disabled ? view` disabled` : null}>${sign}</button>`;
  return view`<fieldset class="rule"><legend>Rule ${String(n)}</legend><input type="hidden" name="id" value="${row.id}">
<label>Who<select name="condition">${Object.entries(CONDITIONS).map(([value, label]) => renderOption(value, label, row.condition))}</select></label>
<label class="wide">Name, pattern or filter<input name="value" value="${row.value}"${row.condition === 'user' ? null : view` list="groups"`} autocomplete="off"></label>
<label>Team (empty: the organization)<input name="team" value="${row.team}" list="teams" autocomplete="off"></label>
<label>Role<input name="role" value="${row.role}" list="roles" autocomplete="off"></label>
<span class="buttons">${button('up', 'Move up', '↑', index === 0)}${button('down', 'Move down', '↓', index === last)}${button('remove', 'Remove', '✕', false)}</span></fieldset>`;
}

function renderChange({ user, team, role }: RoleChange): View {
  return view`<li><strong>${user}</strong>: ${role === 'viewer' ? 'View-Only' : role} ${team === null ? 'of the organization' : view`in team ${team}`}</li>`;
}

function renderChanges(title: string, changes: readonly RoleChange[], count: number): View | null {
  if (count === 0) return null;
  const more = count - Math.min(changes.length, MOST_SHOWN);
  return view`<section class="effect"><h3>${title} (${tellNumber(count)})</h3><ul>${changes.slice(0, MOST_SHOWN).map(renderChange)}${more > 0 ? view`<li class="muted">and ${tellNumber(more)} more</li>` : null}</ul></section>`;
}

function renderWarnings({ count, texts }: ForeseenRulesEffect['warnings']): View | null {
  if (count === 0) return null;
  const more = count - Math.min(texts.length, MOST_SHOWN);
  return view`<section class="effect"><h3>Warnings (${tellNumber(count)})</h3><ul>${texts.slice(0, MOST_SHOWN).map((text) => view`<li>${text}</li>`)}${more > 0 ? view`<li class="muted">and ${tellNumber(more)} more</li>` : null}</ul></section>`;
}

export function renderPreview({ effect, problem }: Pick<RulesPageData, 'effect' | 'problem'>): View {
  if (problem !== undefined) return view`<div id="preview">${renderProblem(problem)}</div>`;
  if (effect === undefined)
    return view`<div id="preview"><p class="muted">Press “Preview” to see who would gain and lose what.</p></div>`;
  const { gains, losses, counts, newTeams, warnings } = effect;
  const words =
    counts.users === 0
      ? view`<p>Nobody would gain or lose anything.</p>`
      : view`<p>${countOf(counts.users, 'person', 'people')}: ${tellNumber(counts.gains)} gained, ${tellNumber(counts.losses)} lost.</p>`;
  const names = newTeams.names.slice(0, MOST_SHOWN).join(', ');
  const teams =
    newTeams.count === 0
      ? null
      : view`<p>${countOf(newTeams.count, 'new team', 'new teams')}: ${names}${newTeams.count > MOST_SHOWN ? ' and more' : null}.</p>`;
  return view`<div id="preview" aria-live="polite">${words}${teams}${renderWarnings(warnings)}<div class="columns">${renderChanges('Would gain', gains, counts.gains)}${renderChanges('Would lose', losses, counts.losses)}</div></div>`;
}

export function renderRulesPage(data: RulesPageData): Page {
  const { connection, rows, choices, version, asksToConfirm, previewsLive, formToken, effect, run, now } = data;
  const address = `/admin/connections/${connection.id}/rules`;
  // What was asked for stands below all the rules.
  const effectAddress = `${address}#effect`;
  const live = view` hx-post="${address}/preview" hx-trigger="input delay:500ms" hx-sync="this:replace" hx-target="#preview" hx-swap="outerHTML"`;
  const confirm = view`<div class="confirm-box" role="alert"><input type="hidden" name="asked" value="${digestOf(rows)}"><p><strong>${countOf(effect?.counts.losses ?? 0, 'role', 'roles')} would be taken away.</strong> Is that meant?</p><p><button class="danger" type="submit" name="button" value="confirm">Yes, save the rules</button> <a href="/admin/connections/${connection.id}">No, leave them as they are</a></p></div>`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/connections/${connection.id}">Back to ${connection.name}</a></nav>
<h1>Mapping rules of ${connection.name}</h1>
<p class="muted">Rules are read in order. A group’s name may be given exactly, or as a pattern: <code>ml-{team}-{role}</code> puts what stands in the braces into team and role. People are chosen by a SCIM filter on what the identity provider sent: <code>title co "Intern"</code>. A person’s role in a place is the strongest that they get.</p>
${run === undefined || run.state === 'done' ? null : renderRun(connection, run, now, formToken)}
<form method="post" action="${address}" class="rules"${previewsLive ? live : null}>${formTokenField(formToken)}<input type="hidden" name="version" value="${version}">
${renderEnter(effectAddress)}${renderChoices(choices)}
${rows.map((row, index) => renderRow(row, index, rows.length - 1))}
<p class="inline"><button type="submit" name="button" value="add">Add a rule</button></p>
<section aria-labelledby="effect"><h2 id="effect">What it would do</h2>${renderPreview(data)}</section>
${asksToConfirm ? confirm : view`<p class="inline"><button type="submit" name="button" value="preview" formaction="${effectAddress}">Preview</button> <button class="primary" type="submit" name="button" value="save" formaction="${effectAddress}">Save the rules</button></p>`}</form>`;
  return { title: `Mapping rules of ${connection.name}`, section: 'connections', body };
}
