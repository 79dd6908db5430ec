/** The pure parts of targets, as tables. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/synclog/change.ts';
import { toDue } from '../../src/targets/due.ts';
import { failingOf } from '../../src/targets/failing.ts';
import { fingerprintOf } from '../../src/targets/fingerprint.ts';
import { isAllowed, parseNetwork } from '../../src/targets/http/address-guard.ts';
import { createPace } from '../../src/targets/http/pace.ts';
import { parseRetryAfterMs } from '../../src/targets/http/retry-after.ts';
import { targetTypeOf } from '../../src/targets/registry.ts';
import { holds } from '../../src/targets/scim/user-fields.ts';
import { createSecretBox } from '../../src/targets/secret-box.ts';
import { toUserName } from '../../src/targets/wandb/user-name.ts';
import { readEmail, readMemberIds, readUser } from '../../src/targets/wandb/user-shape.ts';
import { DELIVERY_WAITS_MS } from '../../src/targets/webhook/deliver.ts';
import { wantsEvent } from '../../src/targets/webhook/settings.ts';
import { tellSpan } from '../../src/targets/words.ts';

const user = { type: 'user', id: 'u1', name: 'Ada' } as const;
const team = { type: 'team', id: 't1', name: 'vision' } as const;
const group = { type: 'group', id: 'g1', name: 'Vision' } as const;
const organization = { type: 'organization', id: 'o1', name: 'default' } as const;

function change(kind: Change['kind'], subject: Change['subject'], related?: Change['subject']): Change {
  const rest = { organizationId: 'o1', connectionId: null, exchangeId: 'e1', at: 5, reason: null };
  const actor = { kind: 'cli', id: null, name: 'test' };
  return { position: 9, kind, subject, ...(related === undefined ? {} : { related }), ...rest, actor };
}

describe('what becomes due', () => {
  it.each([
    { name: 'a user by a change of theirs', given: change('user.updated', user), subjects: ['user:u1'], members: 0 },
    {
      name: 'a user by a role in the organization',
      given: change('grant.added', user, organization),
      subjects: ['user:u1'],
      members: 0,
    },
    {
      name: 'a team and a membership by a role in it',
      given: change('grant.removed', user, team),
      subjects: ['team:t1'],
      members: 1,
    },
    {
      name: 'a membership by an exclusion',
      given: change('exclusion.added', user, team),
      subjects: ['team:t1'],
      members: 1,
    },
    { name: 'a team by its name', given: change('team.renamed', team), subjects: ['team:t1'], members: 0 },
    {
      name: 'nothing by a membership of a pushed group',
      given: change('membership.added', user, group),
      subjects: [],
      members: 0,
    },
    {
      name: 'nothing by what is not about people and teams',
      given: change('organization.created', organization),
      subjects: [],
      members: 0,
    },
  ])('is $name', ({ given, subjects, members }) => {
    const due = toDue([given]);
    expect([...due.subjects.keys()]).toEqual(subjects);
    expect(due.members).toHaveLength(members);
    for (const { cause } of due.subjects.values()) expect(cause).toEqual({ position: 9, exchangeId: 'e1', at: 5 });
  });
});

describe('an address of a target', () => {
  const none: never[] = [];
  it.each([
    ['8.8.8.8', true, true],
    ['2606:4700::1111', true, true],
    ['10.0.0.1', false, true],
    ['192.168.1.1', false, true],
    ['100.64.0.1', false, true],
    ['fd00::1', false, true],
    ['127.0.0.1', false, false],
    ['::1', false, false],
    ['::ffff:10.0.0.1', false, true],
    ['::ffff:127.0.0.1', false, false],
    ['0.0.0.0', false, false],
    ['169.254.169.254', false, false],
    ['fe80::1', false, false],
    ['224.0.0.1', false, false],
    ['64:ff9b::7f00:1', false, false],
    ['2002:7f00:1::', false, false],
    // Metadata services of clouds beside the link-local one.
    ['fd00:ec2::254', false, false],
    ['fd20:ce::254', false, false],
    ['100.100.100.200', false, false],
    ['168.63.129.16', false, false],
    ['::ffff:168.63.129.16', false, false],
  ])('%s is public: %s, at least in the own network: %s', (address, isPublic, isPrivate) => {
    expect(isAllowed(address, 'public', none)).toBe(isPublic);
    expect(isAllowed(address, 'private', none)).toBe(isPrivate);
  });

  it('is allowed where the configuration lists it', () => {
    const loopback = parseNetwork('127.0.0.0/8');
    expect(isAllowed('127.0.0.9', 'public', loopback === undefined ? none : [loopback])).toBe(true);
    expect(isAllowed('::ffff:127.0.0.9', 'public', loopback === undefined ? none : [loopback])).toBe(true);
    expect(isAllowed('10.0.0.1', 'public', loopback === undefined ? none : [loopback])).toBe(false);
    expect(parseNetwork('not a network')).toBeUndefined();
  });
});

describe('a target reads as failing', () => {
  const kept = { since: 0, lastAt: 0, tries: 2, reason: 'down', kind: 'unavailable', heldUntil: null } as const;
  it.each([
    { name: 'not without a failure', given: undefined, at: 60_000, want: null },
    { name: 'not by one try that failed, however long ago', given: { ...kept, tries: 1 }, at: 3_600_000, want: null },
    { name: 'not within ten seconds', given: kept, at: 9_999, want: null },
    { name: 'after two tries and ten seconds', given: kept, at: 10_000, want: { tries: 2, nextTryAt: 70 } },
    { name: 'tried when its hold ends', given: { ...kept, heldUntil: 90 }, at: 10_000, want: { nextTryAt: 90 } },
    {
      name: 'at once when its address is forbidden',
      ...{ given: { ...kept, tries: 1, kind: 'forbidden' as const }, at: 0, want: { nextTryAt: 600_000 } },
    },
    {
      name: 'at once when it cannot be opened, and tried no more by itself',
      ...{ given: { ...kept, tries: 1, kind: 'unopened' as const }, at: 0, want: { nextTryAt: null } },
    },
  ])('$name', ({ given, at, want }) => {
    const found = failingOf(given, 70, at);
    if (want === null) expect(found).toBeNull();
    else expect(found).toMatchObject(want);
  });

  it('with nothing to try when nothing waits', () => {
    expect(failingOf(kept, null, 10_000)?.nextTryAt).toBeNull();
  });

  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [59.9, '59 seconds'],
    [222, '3 minutes'],
    [3 * 3600, '3 hours'],
    [24 * 3600, '24 hours'],
    [50 * 3600, '2 days'],
  ])('for %s seconds: %s', (seconds, want) => expect(tellSpan(seconds)).toBe(want));
});

describe('the secret box', () => {
  const [one, two] = [randomBytes(32), randomBytes(32)];

  it('opens what it sealed, each time another text', () => {
    const box = createSecretBox([one]);
    expect(box.open('target:a', box.seal('target:a', 'geheim ü'))).toBe('geheim ü');
    expect(box.seal('target:a', 'x')).not.toBe(box.seal('target:a', 'x'));
    expect(box.seal('target:a', 'geheim')).not.toContain('geheim');
  });

  it('opens what an earlier key sealed, and names a key that is missing', () => {
    const sealed = createSecretBox([one]).seal('target:a', 'x');
    expect(createSecretBox([two, one]).open('target:a', sealed)).toBe('x');
    expect(() => createSecretBox([two]).open('target:a', sealed)).toThrow('sealed with another key');
  });

  it('opens nothing that was altered, or that belongs elsewhere', () => {
    const box = createSecretBox([one]);
    const sealed = box.seal('target:a', 'x'.repeat(20));
    expect(() => box.open('target:b', sealed)).toThrow('altered');
    const end = sealed.slice(-6, -5) === 'A' ? 'B' : 'A';
    expect(() => box.open('target:a', `${sealed.slice(0, -6)}${end}${sealed.slice(-5)}`)).toThrow('altered');
  });
});

describe('the pace', () => {
  it('takes turns for everybody in blocks, spaced by the limit, and waits when it is told to', async () => {
    const clock = { now: 1_000_000 };
    const taken: number[] = [];
    let next = 0;
    const pace = createPace({
      ...{ perSecond: 1000, now: () => clock.now, hold: async () => undefined },
      takeTurns: async (count, spacingMs, notBefore) => {
        taken.push(count);
        const at = Math.max(next, notBefore);
        next = at + count * spacingMs;
        return at;
      },
    });
    const { signal } = new AbortController();
    const startedAt = performance.now();
    for (let turn = 0; turn < 250; turn += 1) {
      clock.now += 1;
      await pace.turn(signal);
    }
    expect(taken).toEqual([250]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await pace.holdUntil(clock.now + 40);
    const heldAt = performance.now();
    await pace.turn(signal);
    expect(performance.now() - heldAt).toBeGreaterThanOrEqual(38);
    await expect(pace.turn(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

it.each([
  ['120', 120_000],
  ['0', 0],
  ['Thu, 26 Nov 2026 00:00:30 GMT', 30_000],
  ['Wed, 25 Nov 2026 00:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('reads Retry-After %s as %s ms', (header, want) => {
  expect(parseRetryAfterMs(header, Date.UTC(2026, 10, 26))).toBe(want);
});

it.each([
  ['Ada.Byron@x.example', 'ada-byron'],
  ['ada', 'ada'],
  ['Åsa Öberg', 'asa-oberg'],
  ['ada_b-1@x', 'ada_b-1'],
  ['@x.example', 'x-example'],
])('makes the user name %s legal: %s', (given, want) => {
  expect(toUserName(given)).toBe(want);
});

it('reads a W&B user in every shape', () => {
  expect(readEmail({ Value: 'a@x', Display: '', Type: '', Primary: true })).toBe('a@x');
  expect(readEmail([{ value: 'b@x' }, { value: 'a@x', primary: true }])).toBe('a@x');
  expect(readEmail([])).toBeNull();
  const extension = 'urn:ietf:params:scim:schemas:extension:wandb:2.0:User';
  expect(readUser({ id: '1', [extension]: { organizationRole: 'Admin' } })).toMatchObject({
    organizationRole: 'admin',
  });
  expect(readUser({ id: '1', accountType: 'ORG_SERVICE' }).isService).toBe(true);
  expect(
    readUser({
      teamRoles: [
        { teamName: 'a', roleName: 'ADMIN' },
        { teamName: 'b', roleName: 'Curator' },
      ],
    }).teamRoles,
  ).toEqual(
    new Map([
      ['a', 'admin'],
      ['b', 'Curator'],
    ]),
  );
  expect(readMemberIds({ members: null })).toEqual([]);
  expect(readMemberIds({ members: [{ Value: 'a', Ref: '' }, { value: 'b' }] })).toEqual(['a', 'b']);
});

it.each([
  {
    name: 'a list in another order',
    there: [{ value: 'b' }, { value: 'a', $ref: 'x' }],
    wanted: [{ value: 'a' }, { value: 'b' }],
    want: true,
  },
  { name: 'a list with more', there: [{ value: 'a' }, { value: 'b' }], wanted: [{ value: 'a' }], want: false },
  {
    name: 'no primary for one that is false',
    there: { value: 'a' },
    wanted: { value: 'a', primary: false },
    want: true,
  },
  { name: 'nothing', there: undefined, wanted: 'a', want: false },
])('takes $name as the same: $want', ({ there, wanted, want }) => {
  expect(holds(there as never, wanted as never)).toBe(want);
});

it('has the same fingerprint whatever the order of keys, and another for another version', () => {
  expect(fingerprintOf(1, { a: 1, b: { c: 2, d: 3 } })).toBe(fingerprintOf(1, { b: { d: 3, c: 2 }, a: 1 }));
  expect(fingerprintOf(1, { a: 1 })).not.toBe(fingerprintOf(2, { a: 1 }));
});

it.each([
  [['*'], 'user.created', true],
  [['user.*'], 'user.created', true],
  [['user.*'], 'user_group.created', false],
  [['user.created'], 'user.deleted', false],
])('wants of %j the event %s: %s', (events, kind, want) => {
  expect(wantsEvent({ url: 'https://x', events, requestsPerSecond: 0 }, kind)).toBe(want);
});

it('tries an event for more than three days', () => {
  expect(DELIVERY_WAITS_MS.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(3 * 86_400_000);
});

it('names every fault of settings, and no secret', () => {
  const type = targetTypeOf('scim');
  const given = () => type.check({ url: 'ftp://x', requestsPerSecond: -1, typo: 1 }, { token: 5, other: 'hunter2' });
  expect(given).toThrow(/url.*requestsPerSecond.*typo/s);
  expect(given).not.toThrow(/hunter2/);
  expect(() => type.check({ url: 'https://x.example', auth: 'oauth' }, {})).toThrow(/tokenUrl.*clientId.*clientSecret/);
});
