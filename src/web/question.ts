/**
 * What takes something away, or stops something, is asked for once: on a page of its own that says in numbers what would
 * happen, before anything is done. It answers the first post, so it works without scripts, and from wherever the form
 * stands: a button, a list in place, a form with fields.
 */
import type { Request, RequestHandler, Response } from 'express';
import { formTokenField } from './form-token.ts';
import { type Page, sendPage } from './page.ts';
import { type View, type ViewValue, view } from './view.ts';

export interface Question {
  /** With a question mark. */
  readonly title: string;
  /** What would happen, in numbers, one sentence or two each. */
  readonly words: readonly ViewValue[];
  /** On the button that does it: a verb, and what. */
  readonly button: string;
  /** Where things stay as they are. */
  readonly back: string;
  readonly section?: string;
  /** A reason may be given along; for what goes on record. */
  readonly takesReason?: boolean;
}

/** Undefined: nothing is taken away (or the use-case refuses it), so nothing is asked. */
export type Ask = (request: Request, response: Response) => Promise<Question | undefined>;

/** Comes with the second post. */
export const SURE_FIELD = 'sure';

export interface QuestionForm {
  readonly action: string;
  readonly formToken: string;
  /** Fields of the first post, to be sent again. */
  readonly given?: Readonly<Record<string, unknown>>;
}

function renderGiven(given: Readonly<Record<string, unknown>>): readonly View[] {
  return Object.entries(given).flatMap(([name, value]) =>
    [value].flat().map((one) => view`<input type="hidden" name="${name}" value="${String(one)}">`),
  );
}

export function renderQuestion(question: Question, { action, formToken, given = {} }: QuestionForm): Page {
  const { title, words, button, back, section, takesReason } = question;
  const { form_token: _token, sure: _sure, reason, ...fields } = given;
  const repeated = takesReason === true || reason === undefined ? fields : { ...fields, reason };
  const why =
    takesReason === true
      ? view`<label>Reason (optional, goes on record)<input name="reason" maxlength="500" autocomplete="off" value="${typeof reason === 'string' ? reason : ''}"></label>`
      : null;
  const body = view`<nav class="steps" aria-label="Back"><a href="${back}">Back</a></nav>
<h1>${title}</h1>
<section class="question"><h2>What that means</h2><ul>${words.map((line) => view`<li>${line}</li>`)}</ul>
<form method="post" action="${action}" class="stack">${formTokenField(formToken)}<input type="hidden" name="${SURE_FIELD}" value="yes">${renderGiven(repeated)}${why}
<p class="inline"><button type="submit" class="danger">${button}</button> <a href="${back}">Leave everything as it is</a></p></form></section>`;
  return { title, body, ...(section === undefined ? {} : { section }) };
}

/** On a button of many alike: `Revoke …` for the eye, `Revoke the key ci …` for the ear. */
export function renderNamed(verb: string, what: string): View {
  return view`${verb}<span class="visually-hidden"> ${what}</span> …`;
}

/** Stands behind the check of the form token, before the handler that does it. */
export function askFirst(formTokenOf: (request: Request, response: Response) => string, ask: Ask): RequestHandler {
  return async (request, response, next) => {
    const given = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    const question = given[SURE_FIELD] === 'yes' ? undefined : await ask(request, response);
    if (question === undefined) return next();
    const form = { action: request.originalUrl, formToken: formTokenOf(request, response), given };
    sendPage(response, 200, renderQuestion(question, form));
  };
}
