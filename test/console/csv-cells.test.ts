/** What a spreadsheet would run, in exports of the console. */
import { expect, it } from 'vitest';
import { toCell } from '../../src/synclog/export.ts';

it.each(['=1+1', '+1', '-1+cmd', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '＋1', '－1', '＠SUM(A1)'])(
  '%j is text',
  (text) => {
    expect(toCell(text)).toBe(`'${text}`);
  },
);

it.each(['a=1', 'Ada', '', 5, null])('%j stays as it is', (value) => expect(toCell(value)).toBe(value));
