import { describe, expect, it } from 'vitest';
import { explainError } from '../../src/console/error-words.ts';
import { toAttributeRows } from '../../src/console/sync/attribute-rows.ts';
import { toCurl } from '../../src/console/sync/curl.ts';
import { renderJson } from '../../src/console/sync/json-text.ts';
import { describeChange } from '../../src/console/words.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '../../src/errors.ts';
import { CHANGE_KINDS } from '../../src/synclog/change.ts';
import { describeDuration, relativeTime } from '../../src/web/moment.ts';
import { errorPage } from '../../src/web/notice.ts';
import { exampleChange, exampleExchange, NOW } from './example-log.ts';

const ada = { type: 'user', id: 'u', name: 'Ada Byron' } as const;
const team = { type: 'team', id: 't', name: 'vision' } as const;
const organization = { type: 'organization', id: 'o', name: 'organization' } as const;

describe('describeChange', () => {
  it.each(CHANGE_KINDS)('has a sentence for %s without before and after', (kind) => {
    expect(describeChange(exampleChange('x', kind, ada))).toMatch(/^\S.* .*[^.]$/);
  });

  it.each([
    {
      name: 'grant',
      change: exampleChange('x', 'grant.added', ada, {
        related: team,
        before: { effectiveRole: null },
        after: { effectiveRole: 'viewer' },
      }),
      want: 'Ada Byron in team vision: none → View-Only',
    },
    {
      name: 'grant taken',
      change: exampleChange('x', 'grant.removed', ada, {
        related: team,
        before: { effectiveRole: 'admin' },
        after: { effectiveRole: 'member' },
      }),
      want: 'Ada Byron in team vision: admin → member',
    },
    {
      name: 'second reason',
      change: exampleChange('x', 'grant.added', ada, {
        related: organization,
        before: { effectiveRole: 'admin' },
        after: { effectiveRole: 'admin' },
      }),
      want: 'Ada Byron got another reason for the organization: still admin',
    },
    {
      name: 'role',
      change: exampleChange('x', 'user.role_changed', ada, {
        before: { organizationRole: 'member' },
        after: { organizationRole: 'admin' },
      }),
      want: 'Ada Byron in the organization: member → admin',
    },
  ])('$name', ({ change, want }) => expect(describeChange(change)).toBe(want));
});

it.each(Object.keys(ERROR_CODES) as ErrorCode[])('says on a page what a person can do about %s', (code) => {
  const [, advice = ''] =
    errorPage(new AppError(code))
      .body.toString()
      .match(/<p>.*?<\/p><p>(.*?)<\/p>/) ?? [];
  expect(advice).toMatch(/^(Ask|Check|Go|If|Make|Remove|Send|Sign|Try|Wait)\b.*\.$/);
});

it.each(Object.keys(ERROR_CODES))('says what to do about %s', (code) => {
  const { meaning, advice } = explainError(code);
  expect(meaning).not.toContain('recorded as');
  expect(advice).toMatch(/\.$/);
  // Whoever reads it stands in the console, and need not have a shell.
  expect(advice).not.toMatch(/“(connection|key|admin|ledger) /);
});

it('puts before and after side by side, only what differs', () => {
  const rows = toAttributeRows(
    {
      name: { givenName: 'Ada', familyName: 'Byron' },
      active: true,
      emails: [{ type: 'work', value: 'a@x', primary: true }],
    },
    {
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      active: false,
      emails: [{ type: 'work', value: 'a@x', primary: true }, { value: 'b@x' }],
      endsAt: 0,
    },
  );
  expect(rows).toEqual([
    { attribute: 'name.familyName', before: 'Byron', after: 'Lovelace' },
    { attribute: 'active', before: 'true', after: 'false' },
    { attribute: 'emails[2]', before: null, after: 'b@x' },
    { attribute: 'endsAt', before: null, after: '1970-01-01 00:00:00.000 UTC' },
  ]);
});

it.each([
  ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', 'enterprise.employeeNumber'],
  ['urn:ietf:params:scim:schemas:extension:wandb:2.0:User', 'wandb.employeeNumber'],
  ['urn:acme:params:2:Group', 'params.employeeNumber'],
  ['urn:something:else', 'urn:something:else.employeeNumber'],
])('names what stands under %s as %s', (urn, attribute) => {
  expect(toAttributeRows({}, { [urn]: { employeeNumber: '7' } })).toEqual([{ attribute, before: null, after: '7' }]);
});

it('names an attribute that is told with its whole URN', () => {
  const attribute = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter';
  const rows = toAttributeRows({}, { [attribute]: '42' });
  expect(rows).toEqual([{ attribute: 'enterprise.costCenter', before: null, after: '42' }]);
});

it('quotes whatever was sent so that a shell takes it as text', () => {
  const exchange = exampleExchange(NOW, { method: 'POST', path: "/Users?x='$(id)'", requestBody: `{"a":"it's"}` });
  expect(toCurl('https://b.example', exchange)).toBe(
    [
      `curl --request 'POST'`,
      `  --url 'https://b.example/scim/v2/Users?x='\\''$(id)'\\'''`,
      '  --header "Authorization: Bearer $SCIM_TOKEN"',
      `  --header 'Content-Type: application/scim+json'`,
      `  --data-raw '{"a":"it'\\''s"}'`,
    ].join(' \\\n'),
  );
});

it('colours JSON without changing its text, and leaves other text alone', () => {
  const body = '{"a":[1,-2.5e3,true,null,"x: 1 <b>"],"b\\"":"\\\\"}';
  const text = renderJson(body)
    .toString()
    .replace(/<[^>]+>/g, '');
  const plain = text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  expect(plain).toBe(JSON.stringify(JSON.parse(body), null, 2));
  expect(renderJson('<html>').toString()).toBe('&lt;html&gt;');
});

it.each([
  [0, '0 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 min ago'],
  [7_200_000, '2 h ago'],
  [86_400_000, '23 Nov 09:30 UTC'],
  [86_400_000 * 400, '20 Oct 2025 09:30 UTC'],
])('%d ms back reads %s', (back, want) => expect(relativeTime(NOW - back, NOW)).toBe(want));

it.each([
  [240, '0.24 ms'],
  [3140, '3.1 ms'],
  [42_000, '42 ms'],
  [5_012_000, '5.0 s'],
])('%d microseconds read %s', (us, want) => expect(describeDuration(us)).toBe(want));
