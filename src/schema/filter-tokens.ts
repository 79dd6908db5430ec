/** The words, strings and brackets of a filter, in one pass over the text. */
import { AppError } from '../errors.ts';

export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']' | 'end';
  /** What the token says: of a string, the text without quotes and escapes. */
  readonly text: string;
  /** Where it starts, from 0. */
  readonly at: number;
  /** Whether there is white space (or nothing at all) before it. */
  readonly spaced: boolean;
}

const SPACES = ' \t\r\n';
const BRACKETS = '()[]';

export function invalidFilter(text: string, at: number): AppError {
  return new AppError('invalid_filter', `The filter is not valid: ${text} (at position ${at + 1}).`);
}

/** Client text in a message: short, and with nothing unprintable. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60).toWellFormed()}...` : text.toWellFormed());
}

/** @throws AppError `invalid_filter` for a string that is not one */
export function toTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    const before = at;
    while (at < text.length && SPACES.includes(text.charAt(at))) at += 1;
    const spaced = at > before || at === 0;
    if (at >= text.length) return [...tokens, { kind: 'end', text: '', at, spaced: true }];
    const start = at;
    const character = text.charAt(at);
    if (isBracket(character)) {
      at += 1;
      tokens.push({ kind: character, text: character, at: start, spaced });
    } else if (character === '"') {
      at = stringEnd(text, at);
      tokens.push({ kind: 'string', text: unquote(text.slice(start, at), start), at: start, spaced });
    } else {
      while (at < text.length && !isWordEnd(text.charAt(at))) at += 1;
      tokens.push({ kind: 'word', text: text.slice(start, at), at: start, spaced });
    }
  }
}

function isBracket(character: string): character is '(' | ')' | '[' | ']' {
  return BRACKETS.includes(character);
}

function isWordEnd(character: string): boolean {
  return isBracket(character) || SPACES.includes(character) || character === '"';
}

/** Just after the closing quote. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') return at + 1;
  }
  throw invalidFilter('a string without its closing quote', start);
}

function unquote(literal: string, at: number): string {
  const value = parseJsonString(literal, at);
  // Neither can be stored, so that nothing could ever be equal to it; PostgreSQL refuses them altogether.
  if (value.includes('\0')) throw invalidFilter('a string with a NUL character', at);
  if (!value.isWellFormed()) throw invalidFilter('a string with half of a surrogate pair', at);
  return value;
}

function parseJsonString(literal: string, at: number): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw invalidFilter(`the string ${shown(literal)} is not written as JSON has it`, at);
  }
}
