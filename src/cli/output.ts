/** Where verbs write: one JSON document or text for people on standard output, everything else on standard error. */
import { styleText } from 'node:util';
import type { Environment } from '../config.ts';

/** A standard stream, or what stands in for it in a test. */
export interface TextStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export type Tone = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

export interface Output {
  /** Whether --json was given. */
  readonly json: boolean;
  /** Whether a person looks at standard output. */
  readonly isTerminal: boolean;
  /** The result: `document` with --json, else the text. Call it once. */
  result(document: unknown, text: () => string): void;
  /** A raw piece of the result, for exports. */
  write(text: string): void;
  /** A hint or progress, for people: a line on standard error. */
  note(text: string): void;
  /** Colours for a terminal; plain where NO_COLOR is set or nobody looks. */
  style(tone: Tone, text: string): string;
}

export interface OutputParts {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Environment;
  /** Asked when a result is written: the option is known only after the command line was read. */
  readonly isJson: () => boolean;
}

export function createOutput({ stdout, stderr, env, isJson }: OutputParts): Output {
  const isTerminal = stdout.isTTY === true;
  const hasColor = isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    get json() {
      return isJson();
    },
    isTerminal,
    result: (document, text) => stdout.write(isJson() ? `${JSON.stringify(document)}\n` : `${text()}\n`),
    write: (text) => stdout.write(text),
    note: (text) => stderr.write(`${text}\n`),
    style: (tone, text) => (hasColor ? styleText(tone, text, { validateStream: false }) : text),
  };
}

/** Rows under headings, columns as wide as their widest cell; a sentence instead when there are no rows. */
export function toTable(headings: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const clean = rows.map((row) => row.map(toCell));
  const widths = headings.map((heading, i) => Math.max(heading.length, ...clean.map((row) => (row[i] ?? '').length)));
  const toLine = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [toLine(headings.map((heading) => heading.toUpperCase())), ...clean.map(toLine)].join('\n');
}

/** Names come from identity providers: control characters in them must not reach a terminal. */
export function toCell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');
}

/** A time for people and for JSON: UTC, to the second. */
export function toTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export function toOptionalTime(epochMs: number | null): string | null {
  return epochMs === null ? null : toTime(epochMs);
}
