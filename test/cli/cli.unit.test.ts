import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportRow } from './scripted-ledger.ts';
import { run } from './scripted-services.ts';

function toFile(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-cli-')), 'rules.json');
  writeFileSync(file, content);
  return file;
}

const ESCAPE = String.fromCharCode(27);
const create = ['connection', 'create', '--name', 'okta', '--dialect', 'okta'];

describe('the exit code', () => {
  const cases: { name: string; args: string[]; env?: Record<string, string>; code: number; says: string }[] = [
    { name: '0 when done', args: ['connection', 'list'], code: 0, says: '' },
    { name: '0 for help', args: ['--help'], code: 0, says: '' },
    { name: '0 for the version', args: ['--version'], code: 0, says: '' },
    {
      name: '1 for a broken ledger',
      args: ['ledger', 'verify', '--organization', 'broken'],
      code: 1,
      says: 'broken at entry 2: its hash does not fit its content',
    },
    { name: '2 for an unknown verb', args: ['conection'], code: 2, says: 'Did you mean connection?' },
    { name: '2 for a missing option', args: ['connection', 'create', '--name', 'x'], code: 2, says: '--dialect' },
    {
      name: '2 for an unknown dialect',
      args: ['connection', 'create', '--name', 'x', '--dialect', 'y'],
      code: 2,
      says: 'okta, entra, generic, strict',
    },
    {
      name: '2 for an empty name',
      args: ['connection', 'create', '--name', ' ', '--dialect', 'okta'],
      code: 2,
      says: 'Give a name.',
    },
    {
      name: '1 when runs are missing',
      args: ['ledger', 'reverify', '--organization', 'robbed'],
      code: 1,
      says: '12 runs that were to be kept are missing',
    },
    { name: '2 for a hold without a reason', args: ['ledger', 'hold', 'ada'], code: 2, says: '--reason' },
    {
      name: '2 for a retention without an end or none',
      args: ['ledger', 'retain', 'ada'],
      code: 2,
      says: '--for-ever',
    },
    {
      name: '2 for a day that is none',
      args: ['ledger', 'retain', 'ada', '--until', 'tomorrow'],
      code: 2,
      says: 'a day such as',
    },
    { name: '2 for handing over to nobody', args: ['ledger', 'hand-over', 'ada'], code: 2, says: '--to-user' },
    { name: '2 for erasing by accident', args: ['ledger', 'erase', 'ada'], code: 2, says: '--yes' },
    {
      name: '2 for a checkpoint that is none',
      args: ['ledger', 'verify', '--checkpoint', toFile('{}')],
      code: 2,
      says: 'is not a checkpoint',
    },
    { name: '2 for a wrong count', args: ['ledger', 'list', '--limit', '0'], code: 2, says: 'at least 1' },
    {
      name: '2 for a faulty configuration',
      args: ['connection', 'list'],
      env: { PORT: 'x', SEATS: 'y' },
      code: 2,
      says: '2 faults',
    },
    {
      name: '2 for a rules file that is not there',
      args: ['connection', 'rules', 'set', 'okta', '/nowhere.json'],
      code: 2,
      says: '/nowhere.json cannot be read',
    },
    {
      name: '2 for a rules file that is not JSON',
      args: ['connection', 'rules', 'set', 'okta', toFile('{')],
      code: 2,
      says: 'is not JSON',
    },
    {
      name: '2 for rules that are not valid',
      args: ['connection', 'rules', 'set', 'okta', toFile('{}')],
      code: 2,
      says: 'must be a list',
    },
    {
      name: '3 for a connection that does not exist',
      args: ['connection', 'pause', 'none'],
      code: 3,
      says: 'There is no connection none.',
    },
    {
      name: '4 for a name that is taken',
      args: ['connection', 'create', '--name', 'taken', '--dialect', 'okta'],
      code: 4,
      says: 'Choose another name.',
    },
  ];
  it.each(cases)('is $name', async ({ args, env, code, says }) => {
    const answer = await run(args, env === undefined ? {} : { env });
    expect(answer).toMatchObject({ code, closed: answer.opened });
    expect(answer.err).toContain(says);
  });

  it('is told in --help', async () => {
    expect((await run(['--help'])).out).toMatch(/Exit codes:\n {2}0 {2}done/);
  });
});

describe('--json', () => {
  it('makes connection create print exactly what scripts rely on', async () => {
    const { out, err } = await run([...create, '--json']);
    expect(out).toBe(
      '{"id":"0197","name":"okta","dialect":"okta","organization":"default","scimUrl":"http://127.0.0.1:8080/scim/v2","token":"the-token"}\n',
    );
    expect(err).toBe('');
  });

  it.each([
    ['connection', 'list'],
    ['connection', 'pause', 'okta'],
    ['connection', 'resume', 'okta'],
    ['connection', 'rotate-token', 'okta'],
    ['connection', 'rules', 'show', 'okta'],
    ['connection', 'rules', 'set', 'okta', toFile('[]'), '--preview'],
    ['team', 'list'],
    ['team', 'create', '--name', 'nlp'],
    ['team', 'archive', 'vision'],
    ['team', 'restore', 'vision'],
    ['role', 'list'],
    ['role', 'create', '--name=Labeler', '--inherits=viewer', '--permission=run:stop'],
    ['role', 'delete', 'Labeler'],
    ['admin', 'setup-link'],
    ['explain', 'ada'],
    ['ledger', 'list'],
    ['ledger', 'show', 'ada'],
    ['ledger', 'verify'],
    ['ledger', 'checkpoint'],
    ['ledger', 'reverify'],
    ['ledger', 'hold', 'ada', '--reason=case-7'],
    ['ledger', 'retain', 'ada', '--for-ever'],
    ['ledger', 'hand-over', 'ada', '--undo'],
    ['ledger', 'hand-over', 'ada', '--work-list'],
    ['ledger', 'erase', 'ada', '--yes'],
    ['ledger', 'import-inventory', toFile('user,project,runs')],
    ['migrate'],
    ['migrate', '--status'],
    ['migrate', '--down', '2'],
    ['check-config'],
  ])('makes %s %s %s %s print one document and nothing else', async (...args) => {
    const words = args.filter((arg) => arg !== undefined);
    for (const line of [
      [...words, '--json'],
      ['--json', ...words],
    ]) {
      const { out, code } = await run(line, { env: { PUBLIC_URL: 'https://a_b.example' } });
      expect(code).toBe(0);
      expect(JSON.parse(out)).toBeTypeOf('object');
    }
  });

  it('gives times as text in UTC', async () => {
    const { connections } = JSON.parse((await run(['connection', 'list', '--json'])).out);
    expect(connections).toMatchObject([{ createdAt: '2026-01-02T03:04:05Z', lastUsedAt: null }]);
  });

  it('is refused for an export to standard output', async () => {
    expect(await run(['ledger', 'export', '--json'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('text for people', () => {
  it('lists connections as a table', async () => {
    const { out } = await run(['connection', 'list']);
    expect(out.split('\n')).toEqual([
      'NAME  DIALECT  STATE   TOKENS   LAST REQUEST  ID',
      'okta  okta     active  ...aB3x  never         0197',
      '',
    ]);
  });

  it('says how to make the first connection', async () => {
    expect((await run(['connection', 'list', '--organization', 'empty'])).out).toContain('connection create');
  });

  it('says what a preview does not save, and how much is cut', async () => {
    const { out } = await run(['connection', 'rules', 'set', 'okta', toFile('[]'), '--preview']);
    expect(out).toContain('Nothing is saved yet. Users who would change: 3. Roles gained: 3, lost: 0.');
    expect(out).toContain('ada   team vision  admin');
    expect(out).toContain('... and 2 more');
    const warnings = out.slice(out.indexOf('Warnings'), out.indexOf('Gained'));
    expect(warnings).not.toContain('\u001b');
    expect(warnings).toMatch(/"g19.* names no role\.\n\.\.\. and 2 more\n/);
    expect(out).not.toContain('"g20');
  });

  it('explains a role by its group and rule, and keeps control characters from the terminal', async () => {
    const { out } = await run(['explain', 'ada'], { isTTY: true, env: { NO_COLOR: '1' } });
    expect(out).toContain('group Leads, rule leads, connection okta');
    expect(out).toContain('give nothing');
    expect(out).toMatch(/team nlp\s+nothing\s+kept out by Boss: left\s+1970-01-01T00:00:00Z\n\s+\(member\)/);
    expect(out).not.toContain(ESCAPE);
  });

  it.each([
    { name: 'coloured on a terminal', isTTY: true, env: {}, colored: true },
    { name: 'plain with NO_COLOR', isTTY: true, env: { NO_COLOR: '1' }, colored: false },
    { name: 'plain in a pipe', isTTY: false, env: {}, colored: false },
  ])('is $name', async ({ isTTY, env, colored }) => {
    expect((await run(create, { isTTY, env })).out.includes(ESCAPE)).toBe(colored);
  });
});

/** Rows as the scripted services give them. */
const EXPORTED = `${JSON.stringify(exportRow(1))}\n${JSON.stringify(exportRow(2))}\n`;

describe('ledger export', () => {
  it('writes every line to standard output', async () => {
    expect((await run(['ledger', 'export'])).out).toBe(EXPORTED);
  });

  it('writes a new file, and never over one that is there', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-cli-')), 'ledger.jsonl');
    expect(await run(['ledger', 'export', '--output', file])).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(file, 'utf8')).toBe(EXPORTED);
    expect(await run(['ledger', 'export', '--output', file])).toMatchObject({ code: 4 });
  });
});
