/** The import rule of docs/architecture.md, and what keeps files findable: read from the sources, so that it cannot drift. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '..', 'src');

const CORE = ['errors', 'numbers', 'schema', 'mapping', 'synclog', 'jobs', 'ledger'];
const DOOR = [...CORE, 'directory', 'http', 'ops', 'version'];
/** web/ is what doors for browsers share: the frame of pages, cookies, form tokens. */
const BROWSER_DOOR = [...DOOR, 'web'];

/** Room -> rooms that it may import from, types included. What is not listed is not allowed. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  numbers: [],
  version: [],
  config: ['errors'],
  schema: ['errors'],
  mapping: ['errors', 'schema'],
  synclog: ['errors', 'schema', 'mapping'],
  jobs: ['errors', 'synclog'],
  ledger: ['errors', 'schema', 'mapping', 'synclog', 'jobs'],
  directory: CORE,
  // What doors share about HTTP itself (bodies, cursors); the handle of a transaction from synclog.
  http: ['errors', 'synclog'],
  ops: ['errors', 'version', 'config', 'synclog', 'jobs'],
  // The store fulfils the ports of targets/, which lie there, beside what asks for them.
  store: [...CORE, 'directory', 'http', 'targets', 'db'],
  scim: DOOR,
  web: DOOR,
  // The types of its settings, which config/ makes.
  signin: [...BROWSER_DOOR, 'config'],
  account: BROWSER_DOOR,
  api: [...BROWSER_DOOR, 'targets'],
  console: [...BROWSER_DOOR, 'targets'],
  targets: DOOR,
  mail: DOOR,
  cli: [...DOOR, 'targets', 'config'],
  app: [
    ...DOOR,
    'config',
    'store',
    'scim',
    'web',
    'signin',
    'account',
    'api',
    'console',
    'targets',
    'mail',
    'cli',
    'db',
  ],
  main: ['app', 'cli'],
};

const BANNED_WORDS = ['utils', 'util', 'helpers', 'helper', 'common', 'manager', 'misc', 'index'];
const MAX_LINES = 300;

interface Import {
  readonly target: string;
}

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

function toRoom(path: string): string {
  const parts = path.split('/');
  // The migrations lie beside src/.
  return ((parts[0] === '..' ? parts[1] : parts[0]) ?? '').replace(/\.ts$/, '');
}

/** Imports and re-exports of our own files, `import('./x.ts')` too. */
function parseImports(path: string, text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const pattern =
    /(?:^|[;\n])\s*(?:import|export)\s+(?:type\s)?(?:[^'";]*?from\s+)?'(\.[^']+)'|import\(\s*(['"])(\.[^'"]+)\2/g;
  return [...code.matchAll(pattern)].map((match) => ({
    target: join(dirname(path), match[1] ?? match[3] ?? ''),
  }));
}

function readSources(): SourceFile[] {
  const paths = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(SOURCE, join(entry.parentPath, entry.name)));
  return paths.sort().map((path) => {
    const text = readFileSync(join(SOURCE, path), 'utf8');
    return { path, room: toRoom(path), text, imports: parseImports(path, text) };
  });
}

function findForbidden({ path, room, imports }: SourceFile): string[] {
  const allowed = [room, ...(MAY_IMPORT[room] ?? [])];
  return imports
    .filter(({ target }) => !allowed.includes(toRoom(target)))
    .map(({ target }) => `src/${path} imports ${target}: ${room} may import only from ${allowed.join(', ')}`);
}

/** The first way back to where it began, as a list of files, or undefined. Types count: a circle of them is read in no order. */
function findCycle(files: readonly SourceFile[]): string[] | undefined {
  const edges = new Map(files.map((f) => [f.path, f.imports.map((i) => i.target)]));
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const target of edges.get(path) ?? []) {
      const cycle = walk(target, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const cycle = walk(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

const sources = readSources();

describe('the house', () => {
  it('has only rooms that the import rule knows', () => {
    expect([...new Set(sources.map((file) => file.room))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  it('lets imports go one way: main -> app -> doors -> directory -> ledger, jobs, synclog -> mapping -> schema -> errors', () => {
    expect(sources.flatMap(findForbidden)).toEqual([]);
  });

  it('has app.ts name the contract of cli/ and what fulfils it (services), and no verb', () => {
    const named = sources.filter((f) => f.room === 'app').flatMap((f) => f.imports.map((i) => i.target));
    expect(named.filter((target) => toRoom(target) === 'cli' && !target.endsWith('services.ts'))).toEqual([]);
  });

  it('has no circle of files, types included', () => {
    expect(findCycle(sources)?.join(' -> ')).toBeUndefined();
  });

  it(`has no file of more than ${MAX_LINES} lines: split it by noun`, () => {
    const long = sources.map((f) => ({ path: f.path, lines: f.text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });

  it('has no drawer for everything: a file or folder is named by its noun', () => {
    const isBanned = (part: string) => BANNED_WORDS.includes(part.replace(/\.ts$/, '').split('-').at(-1) ?? '');
    expect(sources.map((f) => f.path).filter((path) => path.split('/').some(isBanned))).toEqual([]);
  });

  it('names files in kebab-case', () => {
    expect(sources.map((f) => basename(f.path)).filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name))).toEqual(
      [],
    );
  });

  it('has no default exports', () => {
    expect(sources.filter((f) => /^export default /m.test(f.text)).map((f) => f.path)).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('sees every form', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import {\n  type B,\n  c,\n} from '../b.ts';",
      "export { d } from './d.ts';",
      "export type { E } from './e.ts';",
      "import './f.ts';",
      "const g = await import('./g.ts');",
      "import { readFile } from 'node:fs';",
      "// import { x } from './not.ts';",
    ].join('\n');
    expect(parseImports('cli/here.ts', text)).toEqual([
      { target: 'cli/a.ts' },
      { target: 'b.ts' },
      { target: 'cli/d.ts' },
      { target: 'cli/e.ts' },
      { target: 'cli/f.ts' },
      { target: 'cli/g.ts' },
    ]);
  });

  it('finds a way back through three files', () => {
    const file = (path: string, target: string) => ({
      path,
      room: 'x',
      text: '',
      imports: [{ target }],
    });
    expect(findCycle([file('a', 'b'), file('b', 'c'), file('c', 'a')])).toEqual(['a', 'b', 'c', 'a']);
    expect(findCycle([file('a', 'b'), file('b', 'c')])).toBeUndefined();
  });
});
