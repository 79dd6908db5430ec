import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/schema/json.ts';
import { checkProblems } from './check.ts';
import {
  type Check,
  type Expectation,
  type Given,
  listReplayFiles,
  parseReplay,
  type Replay,
  type Step,
} from './replay-file.ts';
import { placeholdersOf } from './variables.ts';

const files = listReplayFiles();
const replays = files.map((file) => ({ ...file, path: `${file.folder}/${file.file}`, replay: parseReplay(file) }));

describe('replay files', () => {
  it('have one file for every case of the list', () => {
    const listed = readFileSync(join(import.meta.dirname, 'cases.txt'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const present = new Set(replays.map(({ replay }) => replay.case));
    expect(listed.filter((id) => !present.has(id))).toEqual([]);
  });

  it('have a case id of their own', () => {
    const ids = replays.map(({ replay }) => replay.case);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('are called NN-what.json, with a number of their own in the folder', () => {
    expect(files.filter(({ file }) => !/^\d\d-[a-z0-9-]+\.json$/.test(file))).toEqual([]);
    const numbers = files.map(({ folder, file }) => `${folder}/${file.slice(0, 2)}`);
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  });

  it('send Entra requests without a User-Agent, and its GETs without a Content-Type', () => {
    const entra = replays.filter(({ replay }) => replay.dialect === 'entra');
    const wrong = entra.filter(({ replay: { request } }) => {
      const names = Object.keys(request.headers ?? {}).map((name) => name.toLowerCase());
      return names.includes('user-agent') || (request.method === 'GET' && names.includes('content-type'));
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('name tests that exist for what SCIM requests cannot show', () => {
    const named = replays.flatMap(({ path, replay }) => (replay.elsewhere ?? []).map((each) => ({ path, ...each })));
    const root = join(import.meta.dirname, '../..');
    const missing = named.filter(({ file, test }) => !readFileSync(join(root, file), 'utf8').includes(`it('${test}'`));
    expect(missing).toEqual([]);
  });

  it('say what a request with a body calls it', () => {
    const wrong = replays.filter(({ replay: { request } }) => {
      const names = Object.keys(request.headers ?? {}).map((name) => name.toLowerCase());
      return (request.body ?? request.text) !== undefined && !names.includes('content-type');
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it.each(replays.map(({ path, replay }) => [path, replay] as const))(
    '%s uses only names that were given before',
    (_path, replay) => {
      expect(undefinedNames(replay)).toEqual([]);
    },
  );

  it.each(replays.map(({ path, replay }) => [path, replay] as const))(
    '%s checks more than a status when it changes something',
    (_path, replay) => {
      const { expect: wanted, request } = replay;
      const looks = (wanted.body?.length ?? 0) + (wanted.then?.length ?? 0) + Number(wanted.scimType !== undefined);
      if (request.method !== 'GET' && (wanted.status ?? 200) < 300) expect(looks).toBeGreaterThan(0);
    },
  );
});

describe('checks', () => {
  const document: Json = { a: 1, list: [{ value: 'x', more: true }, { value: 'y' }], text: 'abc', none: [] };
  const table: readonly { readonly check: Check; readonly holds: boolean }[] = [
    { check: { at: '/a', equals: 1 }, holds: true },
    { check: { at: '/a', equals: '1' }, holds: false },
    { check: { at: '/a', differs: 2 }, holds: true },
    { check: { at: '/b', differs: 2 }, holds: false },
    { check: { at: '/b', absent: true }, holds: true },
    { check: { at: '/none', absent: true }, holds: false },
    { check: { at: '/none', empty: true }, holds: true },
    { check: { at: '/list', notEmpty: true }, holds: true },
    { check: { at: '/list/0/more', absentOr: false }, holds: false },
    { check: { at: '/a', type: 'integer' }, holds: true },
    { check: { at: '/text', type: 'integer' }, holds: false },
    { check: { at: '/a', atLeast: 2 }, holds: false },
    { check: { at: '/text', matches: '^a.c$' }, holds: true },
    { check: { at: '/list', contains: { value: 'x' }, times: 1 }, holds: true },
    { check: { at: '/list', contains: { value: 'x' }, times: 2 }, holds: false },
    { check: { at: '/list', excludes: { value: 'y' } }, holds: false },
    { check: { at: '/list', values: ['y', 'x'] }, holds: true },
    { check: { at: '/list', values: ['x'] }, holds: false },
    { check: { at: '/none', count: 0 }, holds: true },
  ];
  it.each(table)('%j', ({ check, holds }) => {
    expect(checkProblems(document, check).length === 0).toBe(holds);
  });
});

/** Placeholders that no earlier step, creation or precondition of the file has named. */
function undefinedNames(replay: Replay): readonly string[] {
  const known = new Set<string>();
  const missing: string[] = [];
  const use = (value: unknown): void => {
    const names = placeholdersOf(JSON.stringify(value) ?? '');
    missing.push(...names.filter((name) => !known.has(name)));
  };
  const walk = (step: Step): void => {
    use(step.request);
    const { then = [], save = {}, ...rest }: Expectation = step.expect ?? {};
    use(rest);
    for (const name of Object.keys(save)) known.add(name);
    then.forEach(walk);
  };
  const give = (given: Given): void => {
    if ('request' in given) walk(given);
    if (!('create' in given)) return;
    missing.push(...(given.members ?? []).filter((name) => !known.has(name)));
    known.add('n');
    use(given.body);
    if (given.times === undefined) known.add(given.as);
    else for (let n = 1; n <= given.times; n += 1) known.add(`${given.as}${n}`);
  };
  replay.given.forEach(give);
  walk({ request: replay.request, expect: replay.expect });
  return missing;
}
