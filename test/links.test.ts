import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const LEFT_OUT = /^(node_modules|data|\.git|\.cache)(\/|$)/;
const files = globSync('**/*.md', { cwd: ROOT, exclude: (path) => LEFT_OUT.test(String(path)) });

function withoutBlocks(path: string): string {
  return readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
}

/** The anchors that GitHub gives the headings of a file: repeated ones are numbered. */
function anchorsOf(path: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...withoutBlocks(path).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) => {
    const words = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
  return new Set(anchors);
}

/** @returns why the link leads nowhere; undefined when it leads somewhere */
function faultOf(from: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : join(dirname(from), path);
  if (relative(ROOT, target).startsWith('..')) return 'leads out of the project';
  if (!existsSync(target)) return 'no such file';
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(target).has(anchor) ? undefined : 'no such heading';
}

describe('relative links', () => {
  it.each(files)('of %s lead somewhere', (file) => {
    const path = join(ROOT, file);
    const links = [...withoutBlocks(path).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    const faults = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => ({ link, fault: faultOf(path, link) }))
      .filter(({ fault }) => fault !== undefined);
    expect(faults).toEqual([]);
  });

  it('are found', () => {
    expect(files).toContain('README.md');
    expect(files.length).toBeGreaterThan(30);
    expect(faultOf(join(ROOT, 'README.md'), 'docs/operations.md#nowhere')).toBe('no such heading');
    expect(faultOf(join(ROOT, 'README.md'), 'docs/nowhere.md')).toBe('no such file');
  });
});

/** What docs/architecture.md names in code style and with a slash or an ending stands in src/, db/, docs/ or test/. */
describe('docs/architecture.md', () => {
  const text = withoutBlocks(join(ROOT, 'docs/architecture.md'));
  const named = [...text.matchAll(/`([\w./-]+)`/g)].map((match) => match[1] ?? '');
  const paths = named.filter((name) => /^[\w-]+(\/[\w.-]+)*(\/|\.ts|\.md|\.json)$/.test(name));

  it('names files and folders that are there', () => {
    expect(paths.length).toBeGreaterThan(40);
    // Some are named beside the folder that they stand in.
    const places = [
      '',
      'src',
      'src/directory',
      'src/directory/rules',
      'src/targets',
      'src/targets/wandb',
      'db/migrations',
    ];
    expect(paths.filter((path) => !places.some((place) => existsSync(join(ROOT, place, path))))).toEqual([]);
  });

  it('has a line for every room', () => {
    const rooms = globSync('src/*/', { cwd: ROOT }).map((path) => `${relative('src', path)}/`);
    expect(rooms.length).toBeGreaterThan(15);
    expect(rooms.filter((room) => !text.includes(`\n| \`${room}\``))).toEqual([]);
  });
});
