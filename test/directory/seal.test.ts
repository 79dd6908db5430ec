/** What is sealed with a secret can be read with that secret only. */
import { expect, it } from 'vitest';
import { openText, sealText } from '../../src/directory/seal.ts';
import { newSecret } from '../../src/directory/secret.ts';

const secret = newSecret('test');

it('gives back what was sealed', () => {
  expect(openText(sealText('Ärcher', secret, 'a'), secret, 'a')).toBe('Ärcher');
  expect(openText(sealText('', secret, 'a'), secret, 'a')).toBe('');
});

it('shows nothing of it, and never the same twice', () => {
  const text = 'a-text-that-is-secret';
  expect(sealText(text, secret, 'a')).not.toContain(Buffer.from(text).toString('base64url').slice(0, 8));
  expect(sealText(text, secret, 'a')).not.toBe(sealText(text, secret, 'a'));
});

it.each([
  { name: 'another secret', open: (sealed: string) => openText(sealed, newSecret('test'), 'a') },
  { name: 'another purpose', open: (sealed: string) => openText(sealed, secret, 'b') },
  {
    name: 'a changed letter',
    open: (sealed: string) => openText(`${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`, secret, 'a'),
  },
  { name: 'a piece of it', open: (sealed: string) => openText(sealed.slice(0, 20), secret, 'a') },
  { name: 'nothing', open: () => openText('', secret, 'a') },
])('cannot be read with $name', ({ open }) => {
  expect(open(sealText('a text that is longer than a block of the cipher', secret, 'a'))).toBeUndefined();
});
