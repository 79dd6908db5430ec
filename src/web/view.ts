/** Templates that escape by themselves. A view is a function from data to a View; components are views called by views. */
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Markup that is escaped already. Only `view` makes one. */
export type View = HtmlEscapedString;

/**
 * What may stand in a template: text (escaped), other views, lists of both; `null`, `undefined` and booleans show nothing.
 * A number may not: whoever writes one says whether it is a count (numbers.ts) or not (`String`).
 */
export type ViewValue = View | string | boolean | null | undefined | readonly ViewValue[];

/** Attribute values have to stand in double quotes: escaping covers quotes, not blanks. */
export function view(strings: TemplateStringsArray, ...values: readonly ViewValue[]): View {
  const result = html(strings, ...values);
  if (result instanceof Promise) throw new TypeError('views are synchronous: await data before rendering');
  return result;
}

export const nothing: View = view``;
