/** `target <verb>`: what is typed, what is printed. */
import { expect, it } from 'vitest';
import { run } from './scripted-services.ts';

const KEY = { WANDB_KEY: 'key-from-env' };

const cases: {
  name: string;
  args: string[];
  env?: Record<string, string>;
  code: number;
  out?: string;
  err?: string;
}[] = [
  {
    name: 'reads a secret from where it is told',
    args: ['target', 'add', 'wandb', '--url', 'https://w.example', '--secret', 'apiKey=env:WANDB_KEY'],
    ...{ env: KEY, code: 0, out: 'Target wandb (wandb) is added' },
  },
  {
    name: 'adds one that waits until it is resumed',
    args: ['target', 'add', 'webhook', '--url', 'https://h.example', '--paused'],
    ...{ code: 0, out: 'Target webhook (webhook) is added; nothing is pushed until: target resume.' },
  },
  {
    name: 'takes no secret on the command line itself',
    args: ['target', 'add', 'wandb', '--url', 'https://w.example', '--secret', 'apiKey=key-from-env'],
    ...{ code: 2, err: 'env:NAME or file:PATH' },
  },
  {
    name: 'says when a source gives nothing',
    args: ['target', 'add', 'wandb', '--url', 'https://w.example', '--secret', 'apiKey=env:NOT_SET'],
    ...{ code: 2, err: 'apiKey: env:NOT_SET gives nothing.' },
  },
  {
    name: 'shows the signing secret of a webhook once',
    args: ['target', 'add', 'webhook', '--url', 'https://h.example', '--name', 'audit'],
    ...{ code: 0, out: 'whsec_shown-once' },
  },
  {
    name: 'reads settings as JSON',
    args: ['target', 'set', 'main', '--set', 'teams=false', '--set', 'addedRole=viewer', '--json'],
    ...{ code: 0, out: '"settings":{"url":"https://wandb.example","teams":false,"addedRole":"viewer"}' },
  },
  { name: 'lists how far behind they are', args: ['target', 'list'], code: 0, out: '3 changes behind, for 12 seconds' },
  {
    name: 'says of a failing one why, and when it is tried next',
    args: ['target', 'list', '--organization', 'failing'],
    ...{ code: 0, out: 'Nobody listens at its address. It is tried again now.' },
  },
  {
    name: 'shows a failing one as failing',
    args: ['target', 'show', 'main', '--organization', 'failing'],
    ...{ code: 0, out: 'main (wandb): failing\nEvery try has failed for ' },
  },
  {
    name: 'shows one that cannot be opened as not usable',
    args: ['target', 'show', 'main', '--organization', 'unopened'],
    ...{ code: 0, out: 'main (wandb): not usable\nNothing is sent to it, for ' },
  },
  {
    name: 'says when there are none',
    args: ['target', 'list', '--organization', 'empty'],
    code: 0,
    out: 'There are no targets.',
  },
  { name: 'shows what is parked and why', args: ['target', 'show', 'main'], code: 0, out: 'no seat' },
  {
    name: 'tells what is wrong with a target',
    args: ['target', 'test', 'main'],
    code: 0,
    out: 'It does not let us in (401).',
  },
  { name: 'tells what would be sent', args: ['target', 'dry-run', 'main'], code: 0, out: 'POST /scim/Users' },
  {
    name: 'tells for how many something would be sent',
    args: ['target', 'dry-run', 'main'],
    ...{ code: 0, out: '4 looked at; for 1 of them something would be sent.' },
  },
  { name: 'tells what drifted', args: ['target', 'drift', 'main'], code: 0, out: 'active: false, wanted true' },
  {
    name: 'tells archived teams apart',
    args: ['target', 'drift', 'main'],
    code: 0,
    out: 'not deleted there: 3 teams.',
  },
  {
    name: 'says when nothing is repaired',
    args: ['target', 'drift', 'main', '--repair'],
    ...{ code: 2, err: 'argument missing' },
  },
  {
    name: 'repairs all',
    args: ['target', 'drift', 'main', '--repair', 'all'],
    code: 0,
    out: '1 differences are being repaired.',
  },
  { name: 'retries what is parked', args: ['target', 'retry', 'main'], code: 0, out: '2 are tried again.' },
  { name: 'wants to be sure before it removes', args: ['target', 'remove', 'main'], code: 2, err: '--yes' },
  { name: 'pauses', args: ['target', 'pause', 'main'], code: 0, out: 'Target main is paused.' },
  { name: 'resumes', args: ['target', 'resume', 'main'], code: 0, out: 'Target main is active.' },
  { name: 'rotates a signing secret', args: ['target', 'rotate-secret', 'main'], code: 0, out: 'whsec_new' },
  {
    name: 'replays from a position',
    args: ['target', 'replay', 'main', '--from', '0'],
    code: 0,
    out: 'after position 0',
  },
  { name: 'takes a position only', args: ['target', 'replay', 'main', '--from', 'x'], code: 2, err: 'a whole number' },
];

it.each(cases)('$name', async ({ args, env, code, out, err }) => {
  const result = await run(args, env === undefined ? {} : { env });
  expect(result.code, result.err).toBe(code);
  if (out !== undefined) expect(result.out).toContain(out);
  if (err !== undefined) expect(result.err).toContain(err);
});

it('prints no secret, sealed or not', async () => {
  for (const verb of [['list'], ['show', 'main'], ['set', 'main'], ['pause', 'main']]) {
    const { out } = await run(['target', ...verb, '--json']);
    expect(out).not.toContain('sealed');
  }
});
