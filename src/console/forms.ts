/** Small parts of forms that many pages use. */
import type { Request } from 'express';
import { formTokenField } from '../web/form-token.ts';
import { type View, type ViewValue, view } from '../web/view.ts';

/** One text of a submitted form; an absent one is empty. */
export function fieldOf(request: Request, name: string): string {
  const value: unknown = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** All values of one name, in order: rows of a form. */
export function fieldsOf(request: Request, name: string): readonly string[] {
  const value: unknown = (request.body as Record<string, unknown> | undefined)?.[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.map((one) => (typeof one === 'string' ? one.trim() : ''));
}

export function renderOption(value: string, label: string, current: string | undefined): View {
  return view`<option value="${value}"${value === current ? view` selected` : null}>${label}</option>`;
}

/** A form with one button. */
export function renderAction(action: string, token: string, label: ViewValue, more: ViewValue = null): View {
  return view`<form method="post" action="${action}" class="action">${formTokenField(token)}${more}<button type="submit">${label}</button></form>`;
}

/** A value with a button that copies it; without JavaScript it can be selected. */
export function renderCopyable(id: string, value: string): View {
  return view`<span class="copyable"><code id="${id}">${value}</code> <copy-button for="${id}" hidden><button type="button" class="small">Copy</button><span role="status"></span></copy-button></span>`;
}

/** What was wrong with a form, above it. */
export function renderProblem(problem: string | undefined): View | null {
  return problem === undefined ? null : view`<p class="form-problem" role="alert">${problem}</p>`;
}
