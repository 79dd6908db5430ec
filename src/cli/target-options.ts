/** Settings and secrets of targets as they are typed. Secrets never stand on a command line, where others can read them. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Environment } from '../config.ts';
import { AppError } from '../errors.ts';

/** `teams=false`, `events=["user.*"]`: JSON where it is some, else text. */
export function collectSettings(given: string, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [name, text] = split(given);
  return { ...before, [name]: parseValue(text) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `apiKey=env:WANDB_API_KEY` or `apiKey=file:/run/secrets/key` */
export function collectSecrets(given: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [name, source] = split(given);
  if (!/^(env|file):./.test(source)) {
    throw new InvalidArgumentError('Say where it is read from: env:NAME or file:PATH.');
  }
  return { ...before, [name]: source };
}

function split(given: string): readonly [name: string, text: string] {
  const equals = given.indexOf('=');
  if (!/^[A-Za-z]+$/.test(given.slice(0, equals))) throw new InvalidArgumentError('Write name=value.');
  return [given.slice(0, equals), given.slice(equals + 1)];
}

/** @throws AppError `invalid_value` for a source that gives nothing */
export function readSecrets(env: Environment, sources: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, readSecret(env, name, source)]));
}

function readSecret(env: Environment, name: string, source: string): string {
  const at = source.slice(source.indexOf(':') + 1);
  const text = source.startsWith('env:') ? env[at] : readFile(name, at);
  if (text === undefined || text.trim() === '')
    throw new AppError('invalid_value', `${name}: ${source} gives nothing.`);
  return text.trim();
}

function readFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('invalid_value', `${name}: the file ${path} cannot be read.`, { cause });
  }
}
