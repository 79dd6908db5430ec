import { describe, expect, it } from 'vitest';
import { describeBar, renderChart, toBars } from '../../src/console/chart.ts';
import { renderPreview } from '../../src/console/connections/rules-page.ts';
import { findAttention as attentionOf } from '../../src/console/overview/attention.ts';
import type { OverviewFacts } from '../../src/console/overview/facts.ts';
import { renderOverview } from '../../src/console/overview/overview-page.ts';
import { renderSeats } from '../../src/console/people/people-list.ts';
import type { Mail } from '../../src/directory/mail.ts';
import { HOUR_MS, type Timeline } from '../../src/synclog/timeline.ts';
import type { TargetStatus } from '../../src/targets/status.ts';
import { view } from '../../src/web/view.ts';
import { NOW, ORGANIZATION } from './example-log.ts';

const DAY_MS = 24 * HOUR_MS;
const empty: Timeline = { from: NOW - DAY_MS, until: NOW, spanMs: HOUR_MS, counts: [], cut: false };

function connectionFacts(
  changed: Partial<OverviewFacts['connections'][number]> = {},
  state: 'active' | 'paused' = 'active',
) {
  const connection = {
    ...{ id: 'c1', organizationId: ORGANIZATION, name: 'Okta', dialect: 'okta' as const, state },
    ...{ createdAt: 0, updatedAt: 0 },
  };
  const token = { id: 't', connectionId: 'c1', hint: 'abcd', createdAt: 0, expiresAt: null, revokedAt: null };
  return {
    ...{ connection, tokens: [{ ...token, lastUsedAt: NOW }], lastContactAt: NOW - 1000, users: 3, groups: 1 },
    ...changed,
  };
}

/** As signin/refusals.ts has words for some codes. */
const findAttention = (facts: OverviewFacts) =>
  attentionOf(facts, (code) => (code === 'no_seat' ? { meaning: 'Every seat is in use.' } : undefined));

function targetStatus(changed: Partial<TargetStatus>): TargetStatus {
  const target = {
    ...{ id: 't1', organizationId: ORGANIZATION, kind: 'webhook', name: 'Audit', state: 'active', settings: {} },
    ...{ secret: null, cursor: 0, loadedUpTo: null, version: 1, createdAt: 0, updatedAt: 0 },
  } as unknown as TargetStatus['target'];
  const subjects = {} as TargetStatus['subjects'];
  const deliveries = { waiting: 0, dead: 0 };
  const counts = { lagChanges: 0, lagSeconds: 0, due: 0, parked: 0 };
  return { target, subjects, deliveries, ...counts, loading: false, failing: null, ...changed };
}

const failing = { since: NOW - 240_000, tries: 4, nextTryAt: NOW + 12_000 };

function failedMail(changed: Partial<Mail>): Mail {
  return {
    ...{ id: 'm1', organizationId: ORGANIZATION, kind: 'test', to: 'ada@example.com', aboutId: null, content: {} },
    ...{ state: 'failed', attempts: 1, serverReply: '550 no', createdAt: 0, updatedAt: 0, ...changed },
  };
}

const wellFacts: OverviewFacts = {
  ...{ now: NOW, connections: [connectionFacts()], day: empty, week: empty, refusals: [] },
  ...{ targets: [], failedMails: [], ledger: { failed: 0, missingIn: 0, missingRuns: 0, chain: undefined } },
  people: { active: 5, admins: 2, seats: null },
};

describe('large numbers', () => {
  const many = 66_070;
  const people = { active: many - 1, admins: 2, seats: many };
  const outcome = { at: NOW - DAY_MS, connectionId: 'c1', outcome: 'changed', count: many } as const;
  const facts: OverviewFacts = {
    ...{ ...wellFacts, people, connections: [connectionFacts({ users: many, groups: many })] },
    ...{ day: { ...empty, counts: [outcome] }, week: { ...empty, counts: [outcome] } },
    refusals: [{ connectionId: 'c1', errorCode: 'uniqueness', count: many, newestId: 'e1' }],
    ledger: { failed: many, missingIn: many, missingRuns: many, chain: undefined },
    targets: [
      targetStatus({ parked: many, lagChanges: many, lagSeconds: 4000 }),
      targetStatus({ target: { ...targetStatus({}).target, state: 'paused' } }),
    ],
  };
  const seats = { limit: 66_070, active: 66_080, invited: 1234, free: 0, full: true, invitable: 0, over: 10 };
  const change = { scope: 'organization', user: 'Ada', team: null, role: 'member' } as const;
  const effect = {
    ...{ gains: [change], losses: [change], counts: { users: 6607, gains: 6607, losses: 6607 } },
    ...{ newTeams: { count: 6607, names: ['a'] }, warnings: { count: 6607, texts: ['b'] }, refusal: null },
  };

  it.each([
    { name: 'the overview', page: renderOverview(facts, () => undefined).body },
    { name: 'the seats', page: view`${renderSeats(seats)}${renderSeats({ ...seats, active: 50_000 })}` },
    { name: 'the preview of rules', page: renderPreview({ effect }) },
  ])('have separators on $name', ({ page }) => {
    const shown = page
      .toString()
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, '');
    expect(shown).toMatch(/\d,\d{3}/);
    expect(shown.match(/.{0,30}\d{4,}.*/g) ?? []).toEqual([]);
  });
});

describe('what needs attention', () => {
  it('is nothing when all is well', () => expect(findAttention(wellFacts)).toEqual([]));

  it.each<{ name: string; facts: Partial<OverviewFacts>; level: string; text: RegExp; address: string }>([
    {
      name: 'one admin only',
      facts: { people: { active: 5, admins: 1, seats: null } },
      ...{ level: 'warn', text: /only one admin/, address: '/admin/people' },
    },
    {
      name: 'seats nearly full',
      facts: { people: { active: 9, admins: 2, seats: 10 } },
      ...{ level: 'warn', text: /9 of 10 seats/, address: '/admin/people?status=active' },
    },
    {
      name: 'seats full',
      facts: { people: { active: 10, admins: 2, seats: 10 } },
      ...{ level: 'bad', text: /All 10 seats/, address: '/admin/people?status=active' },
    },
    {
      name: 'fewer seats than people',
      facts: { people: { active: 12, admins: 2, seats: 10 } },
      level: 'bad',
      text: /^12 people are active, and there are 10 seats .* until 3 of them have left\.$/,
      address: '/admin/people?status=active',
    },
    {
      name: 'a paused connection',
      facts: { connections: [connectionFacts({}, 'paused')] },
      ...{ level: 'warn', text: /Okta is paused/, address: '/admin/connections/c1' },
    },
    {
      name: 'a connection without a token',
      facts: { connections: [connectionFacts({ tokens: [] })] },
      ...{ level: 'bad', text: /no valid token/, address: '/admin/connections/c1' },
    },
    {
      name: 'a token that ends soon',
      facts: {
        connections: [
          connectionFacts({
            tokens: [
              {
                ...{ id: 't', connectionId: 'c1', hint: 'abcd', createdAt: 0, revokedAt: null, lastUsedAt: NOW },
                expiresAt: NOW + 3.5 * DAY_MS,
              },
            ],
          }),
        ],
      },
      ...{ level: 'warn', text: /ends in 3 days/, address: '/admin/connections/c1' },
    },
    {
      name: 'the later one of two tokens that end soon',
      facts: {
        connections: [
          connectionFacts({
            tokens: [1.5, 9.5].map((days) => ({
              ...{ id: 't', connectionId: 'c1', hint: 'abcd', createdAt: 0, revokedAt: null, lastUsedAt: NOW },
              expiresAt: NOW + days * DAY_MS,
            })),
          }),
        ],
      },
      ...{ level: 'warn', text: /The last token of Okta ends in 9 days/, address: '/admin/connections/c1' },
    },
    {
      name: 'a connection that has sent nothing',
      facts: { connections: [connectionFacts({ lastContactAt: null })] },
      ...{ level: 'info', text: /has sent nothing yet/, address: '/admin/connections/c1' },
    },
    {
      name: 'a silent connection',
      facts: { connections: [connectionFacts({ lastContactAt: NOW - 15 * DAY_MS })] },
      ...{ level: 'warn', text: /silent for 15 days/, address: '/admin/connections/c1' },
    },
    {
      name: 'refusals by cause',
      facts: { refusals: [{ connectionId: 'c1', errorCode: 'uniqueness', count: 7, newestId: 'x' }] },
      ...{ level: 'warn', text: /7 requests of Okta/, address: '/admin/sync?connection=c1&cause=uniqueness' },
    },
    {
      name: 'sign-ins that were refused',
      facts: { refusals: [{ connectionId: null, errorCode: 'no_seat', count: 1, newestId: 'x' }] },
      ...{ level: 'warn', text: /^1 sign-in did not go through in the last day. Every seat/, address: '/admin/sync/x' },
    },
    {
      name: 'an invite whose mail did not arrive',
      facts: { failedMails: [failedMail({ kind: 'invite', aboutId: 'i1' })] },
      ...{ level: 'bad', text: /invite to ada@example.com did not arrive/, address: '/admin/people/invites/i1' },
    },
    {
      name: 'another mail that could not be sent',
      facts: { failedMails: [failedMail({})] },
      ...{ level: 'bad', text: /mail to ada@example.com/, address: '/admin/settings/mail/m1' },
    },
    {
      name: 'a break in the ledger',
      facts: { ledger: { ...wellFacts.ledger, chain: { at: NOW, holds: false, checked: 7, breakAt: 8 } } },
      ...{ level: 'bad', text: /does not hold from entry 8 on/, address: '/admin/removed' },
    },
    {
      name: 'runs that are missing',
      facts: { ledger: { ...wellFacts.ledger, missingIn: 2, missingRuns: 12 } },
      ...{ level: 'bad', text: /^12 runs .* of 2 removed people/, address: '/admin/removed?kept=missing' },
    },
    {
      name: 'inventories that failed',
      facts: { ledger: { ...wellFacts.ledger, failed: 1 } },
      ...{ level: 'warn', text: /1 removed person could not be counted/, address: '/admin/removed?inventory=failed' },
    },
    {
      name: 'what a target gave up',
      facts: { targets: [targetStatus({ parked: 2, deliveries: { waiting: 0, dead: 1 } })] },
      ...{ level: 'bad', text: /3 things were given up on the way to Audit/, address: '/admin/targets/t1' },
    },
    {
      name: 'a target that fails, once, however far it is behind',
      facts: {
        targets: [
          targetStatus({
            ...{ lagSeconds: 1800, lagChanges: 9 },
            failing: { ...failing, reason: 'Nobody listens at its address.', kind: 'unavailable' },
          }),
        ],
      },
      level: 'warn',
      text: /^The target Audit cannot be worked with\. Every try has failed for 4 minutes\. Nobody listens at its address\. It is tried again in 12 seconds\.$/,
      address: '/admin/targets/t1',
    },
    {
      name: 'a target whose address is forbidden, as a problem',
      facts: { targets: [targetStatus({ failing: { ...failing, reason: 'Not allowed.', kind: 'forbidden' } })] },
      ...{
        level: 'bad',
        text: /Nothing is sent to it, for 4 minutes now\. Not allowed\./,
        address: '/admin/targets/t1',
      },
    },
    {
      name: 'a target that cannot be opened, as a problem, with no try to come',
      facts: {
        targets: [
          targetStatus({ failing: { ...failing, reason: 'Put the key back.', kind: 'unopened', nextTryAt: null } }),
        ],
      },
      level: 'bad',
      text: /Nothing is sent to it, for 4 minutes now\. Put the key back\.$/,
      address: '/admin/targets/t1',
    },
    {
      name: 'a target that is behind',
      facts: { targets: [targetStatus({ lagSeconds: 1800, lagChanges: 9 })] },
      ...{ level: 'warn', text: /Audit is 30 minutes behind: 9 changes/, address: '/admin/targets/t1' },
    },
  ])('names $name', ({ facts, level, text, address }) => {
    const [item, ...others] = findAttention({ ...wellFacts, ...facts });
    expect(others).toEqual([]);
    expect(item).toMatchObject({ level, address });
    expect(item?.text).toMatch(text);
  });

  it('does not take Entra ID as silent between two of its cycles, and does after three hours', () => {
    const entra = (hours: number) => {
      const facts = connectionFacts({ lastContactAt: NOW - hours * HOUR_MS });
      return findAttention({
        ...wellFacts,
        connections: [{ ...facts, connection: { ...facts.connection, dialect: 'entra' } }],
      });
    };
    expect(entra(2)).toEqual([]);
    expect(entra(4)).toHaveLength(1);
  });

  it('puts what is worst first', () => {
    const items = findAttention({
      ...wellFacts,
      people: { active: 1, admins: 1, seats: null },
      connections: [connectionFacts({ lastContactAt: null, tokens: [] })],
    });
    expect(items.map(({ level }) => level)).toEqual(['bad', 'warn', 'info']);
  });
});

describe('a chart', () => {
  const timeline: Timeline = {
    ...empty,
    from: NOW - 2.5 * HOUR_MS,
    until: NOW + 0.5 * HOUR_MS,
    counts: [
      { at: NOW - 2.5 * HOUR_MS, connectionId: 'a', outcome: 'changed', count: 2 },
      { at: NOW - 2.5 * HOUR_MS, connectionId: 'b', outcome: 'changed', count: 1 },
      { at: NOW - 0.5 * HOUR_MS, connectionId: null, outcome: 'refused', count: 1 },
    ],
  };

  it('has a bar for every span, also where nothing came', () => {
    expect(toBars(timeline).map(({ total }) => total)).toEqual([3, 0, 1]);
  });

  it('says each bar in words', () => {
    expect(toBars(timeline).map(describeBar)).toEqual([
      '2026-11-24 07:00 to 08:00 UTC: 3 changed',
      '2026-11-24 08:00 to 09:00 UTC: nothing',
      '2026-11-24 09:00 to 10:00 UTC: 1 refused',
    ]);
  });

  it('keeps a single refusal visible among thousands, and the bar inside its frame', () => {
    const counts = [
      { at: timeline.from, connectionId: null, outcome: 'read' as const, count: 100_000 },
      { at: timeline.from, connectionId: null, outcome: 'refused' as const, count: 1 },
    ];
    const markup = renderChart({ ...timeline, counts }, { label: 'Requests' }).toString();
    expect(markup).toMatch(/<rect class="refused"[^>]* y="0.00" width="0.8" height="2.00"/);
    expect(markup).not.toMatch(/ y="-/);
  });

  it('leads to the span, in the picture and in the table', () => {
    const address = (from: number) => `/x?from=${from}`;
    const markup = renderChart(timeline, { label: 'Requests', address }).toString();
    expect(markup.match(new RegExp(`href="/x\\?from=${timeline.from}"`, 'g'))).toHaveLength(2);
  });
});
