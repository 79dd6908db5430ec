/** A body for reading: indented, and coloured by classes. Text that is no JSON is shown as it is. */
import { type View, view } from '../../web/view.ts';

/** Beyond this, colouring costs more than it helps; the text is still shown whole. */
const MAX_COLOURED = 200_000;

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function prettyJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

function renderToken([token, quoted, colon]: RegExpExecArray): View {
  if (quoted === undefined) return view`<span class="${/^[tfn]/.test(token) ? 'j-word' : 'j-number'}">${token}</span>`;
  if (colon === undefined) return view`<span class="j-text">${quoted}</span>`;
  return view`<span class="j-key">${quoted}</span>${colon}`;
}

export function renderJson(text: string): View {
  const pretty = prettyJson(text);
  if (pretty === undefined || pretty.length > MAX_COLOURED) return view`${pretty ?? text}`;
  const pieces: (View | string)[] = [];
  let end = 0;
  for (const match of pretty.matchAll(TOKEN)) {
    pieces.push(pretty.slice(end, match.index), renderToken(match));
    end = match.index + match[0].length;
  }
  pieces.push(pretty.slice(end));
  return view`${pieces}`;
}
