/** A mail as its reader gets it: plain text and HTML that say the same, from one list of paragraphs. */
import { html, raw } from 'hono/html';

export interface Message {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A paragraph, or a link on a line of its own. */
export type Part = string | { readonly label: string; readonly address: string };

/** Names come from people and identity providers: a line break in a subject would end the header. */
function toLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

export function composeMessage(subject: string, parts: readonly Part[]): Message {
  const clean = parts.map((part) => (typeof part === 'string' ? toLine(part) : part));
  return { subject: toLine(subject), text: toText(clean), html: toHtml(toLine(subject), clean) };
}

function toText(parts: readonly Part[]): string {
  return `${parts.map((part) => (typeof part === 'string' ? part : `${part.label}:\n${part.address}`)).join('\n\n')}\n`;
}

const BODY_STYLE = 'font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:36em';
const BUTTON_STYLE =
  'display:inline-block;padding:10px 18px;background:#1f5fbf;color:#fff;text-decoration:none;border-radius:4px';

function toHtml(title: string, parts: readonly Part[]): string {
  const body = parts.map((part) =>
    typeof part === 'string'
      ? html`<p>${part}</p>`
      : html`<p><a href="${part.address}" style="${BUTTON_STYLE}">${part.label}</a></p><p>${part.address}</p>`,
  );
  const page = html`${raw('<!doctype html>')}<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body style="${BODY_STYLE}">${body}</body></html>`;
  return String(page);
}
