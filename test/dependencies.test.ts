import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
const direct: Readonly<Record<string, string>> = { ...dependencies, ...devDependencies, ...optionalDependencies };

/** `| express | why |`: the name may be followed by others of its kind. */
const explained = [...read('docs/dependencies.md').matchAll(/^\| ([^|]+) \| ([^|]{10,}) \|$/gm)].flatMap((match) =>
  [...(match[1] ?? '').matchAll(/`([^`]+)`/g)].map((name) => name[1] ?? ''),
);

describe('dependencies', () => {
  it('each have a line of reason in docs/dependencies.md, and no line is left over', () => {
    expect(explained.toSorted()).toEqual(Object.keys(direct).toSorted());
  });

  it('are pinned to exact versions', () => {
    expect(Object.entries(direct).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('are locked with hashes and without the address of a registry', () => {
    const lock = read('package-lock.json');
    expect(lock).not.toContain('"resolved"');
    expect(lock).not.toMatch(/https?:\/\/[^"]*\/-\//);
    const packages: Record<string, { integrity?: string }> = JSON.parse(lock).packages;
    expect(Object.entries(packages).filter(([path, entry]) => path !== '' && entry.integrity === undefined)).toEqual(
      [],
    );
  });

  it('of one platform come into the image with what needs them, and ours of this kind do not', () => {
    const dockerfile = read('Dockerfile');
    expect(dockerfile).not.toContain('--omit=optional');
    const removed = /rm -rf ([^&]*)/.exec(dockerfile)?.[1]?.split(/\s+/) ?? [];
    const left = Object.keys(optionalDependencies).filter(
      (name) => !removed.some((path) => `node_modules/${name}`.startsWith(path) && path.startsWith('node_modules/')),
    );
    expect(left).toEqual([]);
  });

  it('run no install scripts', () => {
    expect(read('.npmrc')).toContain('ignore-scripts=true');
  });
});
