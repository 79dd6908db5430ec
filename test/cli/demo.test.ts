/** `npm run demo` as somebody who tries it: opens the address that it prints and signs in as whom it names. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { createVisitor, type Page, readForm, type Visitor } from '../support/cookie-jar.ts';

const ROOT = join(import.meta.dirname, '..', '..');

async function signIn(visitor: Visitor, address: string, name: string): Promise<Page> {
  const login = await visitor.follow(address);
  const link = /href="(\/auth\/oidc\/login[^"]*)"/.exec(login.text)?.[1] ?? '';
  const choice = await visitor.follow(new URL(link, address).href);
  const form = new RegExp(`<form(?:(?!</form>)[\\s\\S])*${name}[\\s\\S]*?</form>`).exec(choice.text)?.[0] ?? '';
  return visitor.follow(readForm({ ...choice, text: form }).action, new URLSearchParams());
}

it('prints an address and whom to sign in as; the first sees the console, the second their own page', async () => {
  const child = spawn('node', ['--disable-proto=delete', 'bin/drawbridge.js', 'demo'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const exited = once(child, 'exit');
  try {
    let address = '';
    const known: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      address ||= /^ {2}(http:\S+\/admin)$/.exec(line)?.[1] ?? '';
      const name = /^ {2}(.+) was provisioned: /.exec(line)?.[1];
      if (name !== undefined) known.push(name);
      if (line.includes('People keep joining')) break;
    }
    child.stdout.resume();
    const admin = await signIn(createVisitor(), address, 'Robin Okafor');
    expect([admin.status, admin.url]).toEqual([200, address]);
    const [first = ''] = known;
    const own = await signIn(createVisitor(), new URL('/', address).href, first);
    expect([own.status, new URL(own.url).pathname, own.text.includes(first)]).toEqual([200, '/', true]);
    expect(own.text).toContain('member of the group');
  } finally {
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
  }
}, 90_000);
