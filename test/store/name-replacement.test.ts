/** Names of an erased person in texts: found by the engines whatever the letters, replaced as whole words. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { createNameReplacement } from '../../src/store/name-replacement.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const NAMES = ['ada@x.example', 'Ada Lovelace', 'Änne O"Hara', '李雷明', 'al', '1815', 'max', 'user'];

describeEachEngine('names of an erased person', (open, { kind }) => {
  it.each([
    ['Okta added Ada Lovelace to group vision', 'Okta added P to group vision'],
    ['{"userName":"ADA@X.example"}', '{"userName":"P"}'],
    ['/Users?filter=userName%20eq%20%22ada%40x.example%22', '/Users?filter=userName%20eq%20%22P%22'],
    ['?filter=displayName+eq+%22Ada+Lovelace%22', '?filter=displayName+eq+%22P%22'],
    [JSON.stringify({ displayName: 'änne o"hara' }), '{"displayName":"P"}'],
    ['{"display":"李雷明"}', '{"display":"P"}'],
    ['looked for users with userName eq "Max": 0 of 0', 'looked for users with userName eq "P": 0 of 0'],
    [JSON.stringify(['userName eq "max"']), JSON.stringify(['userName eq "P"'])],
    ['/Users?filter=userName%20eq%20%22max%22', '/Users?filter=userName%20eq%20%22P%22'],
    ['{"value":"bada@x.example"}', undefined],
    ['Ada Lovelace-King', undefined],
    ['Al has 1815 runs', undefined],
    ['somebody else', undefined],
    ['Okta created Max Planck', undefined],
    ['{"value":"max@x.example","max":1}', undefined],
    ['{"meta":{"resourceType":"User"}}', undefined],
  ])('in %s', async (text, want) => {
    const { reader } = await open();
    const names = createNameReplacement(NAMES, 'P');
    expect([names.isInOther(text), names.replaceInOther(text)]).toEqual([want !== undefined, want ?? text]);
    if (want === undefined) return;
    const { rows } = await sql`select t.text from (select cast(${text} as text) as text) as t
      where ${names.mayBeInOther(kind, ['t.text'])}`.execute(reader);
    expect(rows).toHaveLength(1);
  });

  it('are nowhere when there is none to look for', () => {
    const names = createNameReplacement(['al'], 'P');
    expect([names.isEmpty, names.isInOther('al'), names.replace('al')]).toEqual([true, false, 'al']);
  });

  it('are words of any kind in what is about the person', () => {
    const { replace } = createNameReplacement(NAMES, 'P');
    expect(replace('Okta added max, 李雷明 and Max@x.example')).toBe('Okta added P, P and P@x.example');
  });
});
