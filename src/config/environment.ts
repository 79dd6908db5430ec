/** From the environment to checked values, variable by variable, with every fault and not only the first. */
import { readFileSync } from 'node:fs';
import { VARIABLES, type Values, type VariableName } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with one variable. Never holds a secret's value. */
export interface ConfigFault {
  readonly name: string;
  /** What came, in words or quoted. */
  readonly given: string;
  /** What is wanted instead. */
  readonly wanted: string;
}

export interface Setting {
  readonly name: VariableName;
  /** As given; a secret is masked; undefined: not set. */
  readonly shown: string | undefined;
  readonly source: 'default' | 'environment' | 'file';
}

export interface Reading {
  readonly values: Values;
  readonly settings: readonly Setting[];
  readonly faults: readonly ConfigFault[];
}

type Given = { readonly text: string | undefined; readonly source: Setting['source'] };

const NAMES = Object.keys(VARIABLES) as VariableName[];

/** Reads every variable. Where there are faults, `values` is not complete and must not be used. */
export function readEnvironment(env: Environment): Reading {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  const settings: Setting[] = [];
  for (const name of NAMES) {
    const { schema, secret, wanted } = VARIABLES[name];
    const given = readGiven(env, name, faults);
    if (given === undefined) continue;
    settings.push({
      name,
      shown: given.text === undefined || !secret ? firstLine(given.text) : mask(name, given),
      source: given.source,
    });
    if (given.text === undefined) continue;
    const result = schema.safeParse(given.text);
    if (result.success) values[name] = result.data;
    else faults.push({ name, given: secret ? 'a value that is not shown here' : quote(given.text), wanted });
  }
  return { values: values as Values, settings, faults };
}

/** The text of a variable, from itself, from the file that `<name>_FILE` names, or its default. Undefined: a fault was added. */
function readGiven(env: Environment, name: VariableName, faults: ConfigFault[]): Given | undefined {
  // An empty value counts as none: compose files pass variables on that nobody has set.
  const text = env[name] || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) {
    return text === undefined ? { text: VARIABLES[name].fallback, source: 'default' } : { text, source: 'environment' };
  }
  if (text !== undefined) {
    faults.push({ name, given: `both ${name} and ${name}_FILE`, wanted: 'only one of them' });
    return undefined;
  }
  try {
    return { text: readFileSync(file, 'utf8').replace(/[\r\n]+$/, '') || undefined, source: 'file' };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    faults.push({
      name: `${name}_FILE`,
      given: `${quote(file)}, which cannot be read${reason}`,
      wanted: 'a file that this process may read',
    });
    return undefined;
  }
}

/** Of a certificate as much as says what it is. */
function firstLine(text: string | undefined): string | undefined {
  return text?.replace(/\r?\n[\s\S]*$/, ' ...');
}

/** A database address without its password says enough; of other secrets nothing is shown. */
function mask(name: VariableName, { text, source }: Given): string {
  if (name !== 'DATABASE_URL' || text === undefined) return '(set, not shown)';
  if (source === 'default' || text.startsWith('sqlite:')) return text;
  if (!URL.canParse(text)) return '(set, not shown)';
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Quoted for a fault; credentials in an address are left out whatever the variable. */
function quote(given: string): string {
  const shown = given.replace(/:\/\/[^/@\s]*@/, '://...@');
  return JSON.stringify(shown.length > 120 ? `${shown.slice(0, 120)}...` : shown);
}
