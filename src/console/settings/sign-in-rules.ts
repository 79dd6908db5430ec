/** Rules for the groups that come with a sign-in, as JSON: the form, and what was typed. */
import type { Request } from 'express';
import type { SignInRules } from '../../directory/entry/sign-in-grants.ts';
import { AppError, isAppError } from '../../errors.ts';
import { type MappingRule, parseRules } from '../../mapping/rule.ts';
import { formTokenField } from '../../web/form-token.ts';
import { type View, view } from '../../web/view.ts';
import { inRowWords } from '../connections/rules-form.ts';
import { fieldOf, renderProblem } from '../forms.ts';

/** What stands in the form: as it is stored, or as it was typed and not taken. */
export interface SignInRulesForm {
  readonly text: string;
  readonly version: string;
  readonly problem?: string;
}

export function toForm({ rules, version }: SignInRules): SignInRulesForm {
  return { text: JSON.stringify({ rules }, null, 2), version: String(version) };
}

export function readForm(request: Request): SignInRulesForm {
  return { text: fieldOf(request, 'rules'), version: fieldOf(request, 'version') };
}

/** @throws AppError `invalid_value` with every fault, in the words of the page */
export function parseForm({ text }: SignInRulesForm): readonly MappingRule[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('invalid_value', `This is no JSON: ${why}`, { cause: error });
  }
  return parseRules(document);
}

/** For `setSignInRules`. @throws AppError `conflict` */
export function checkVersion({ version }: SignInRulesForm): (stored: number) => void {
  return (stored) => {
    if (String(stored) === version) return;
    throw new AppError(
      'conflict',
      'Somebody else changed the rules meanwhile. Load the page again, then repeat your change.',
    );
  };
}

/** What may be told beside the form; undefined: it is no fault of what was typed. */
export function problemOf(error: unknown): string | undefined {
  return isAppError(error, 'invalid_value') || isAppError(error, 'conflict') ? inRowWords(error.message) : undefined;
}

const EXAMPLE = '{"rules": [{"when": {"group": "ml-leads"}, "give": {"team": "ml", "role": "admin"}}]}';

export function renderSignInRules({ text, version, problem }: SignInRulesForm, formToken: string): View {
  const isWrong = problem === undefined ? null : view` aria-invalid="true" aria-describedby="sign-in-rules-problem"`;
  return view`<p class="muted">Groups that the identity provider names at a sign-in give roles by these rules, from each person’s next sign-in on; without rules they give nothing. Where a connection manages a person, they are ignored. An example: <code>${EXAMPLE}</code></p>
<form method="post" action="/admin/settings/sign-in/rules" class="stack">${formTokenField(formToken)}<input type="hidden" name="version" value="${version}">
<div id="sign-in-rules-problem">${renderProblem(problem)}</div>
<label>Rules, as JSON<textarea name="rules" rows="12" spellcheck="false"${isWrong}>${text}</textarea></label><p><button type="submit">Save the rules</button></p></form>`;
}
