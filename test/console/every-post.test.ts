/**
 * Every form of the pages for people, found in the sources: one that takes something away, or stops something, asks once,
 * says in numbers what it would do, and does nothing before; every other one is on the list of those that need not ask.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleVisitor, hiddenOn, type VisitedPage, visitConsole } from '../support/console-visitor.ts';
import { differenceOf, rowsOf } from '../support/database-rows.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { addressOn, makePlaceToLose, type PlaceToLose } from '../support/place-to-lose.ts';
import { postRoutes } from '../support/post-routes.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

/** What takes nothing away, each with why it need not ask. */
const HARMLESS: Readonly<Record<string, string>> = {
  '/account/keys': 'makes a key',
  '/admin/connections': 'makes a connection',
  '/admin/connections/:id/resume': 'goes on',
  '/admin/connections/:id/rules/preview': 'shows',
  '/admin/connections/:id/rules/run/retry': 'goes on with rules that were saved, after the question',
  '/admin/connections/:id/test': 'looks',
  '/admin/people/:id/adoption': 'lets a connection ask; takes nothing, and is on record',
  '/admin/people/:id/reactivate': 'gives back',
  '/admin/people/invite': 'gives',
  '/admin/people/invites/:id/resend': 'sends again; the page says that the old link ends',
  '/admin/removed/:id/hold': 'keeps for longer',
  '/admin/removed/:id/reverify': 'looks',
  '/admin/removed/reverify': 'looks',
  '/admin/removed/verify': 'looks',
  '/admin/roles': 'makes a role',
  '/admin/service-accounts': 'makes an account',
  '/admin/service-accounts/:id/keys': 'makes a key',
  '/admin/settings/mail/test': 'sends one mail to whoever asks',
  '/admin/settings/sign-in/test': 'looks',
  '/admin/settings/tracker/test': 'looks',
  '/admin/targets': 'makes a target',
  '/admin/targets/:id/resume': 'goes on',
  '/admin/targets/:id/retry': 'tries again what was given up',
  '/admin/targets/:id/settings': 'shown whole in the form, checked, and on record with what was before',
  '/admin/targets/:id/test': 'looks',
  '/admin/teams': 'makes a team',
  '/admin/teams/:id/alerts': 'shown whole in the form',
  '/admin/teams/:id/avatar/change': 'shows another picture',
  '/admin/teams/:id/exclusions/:userId/lift': 'gives back',
  '/admin/teams/:id/members': 'gives',
  '/admin/teams/:id/privacy': 'shown whole in the form, and set back as easily',
  '/admin/teams/:id/rename': 'keeps everything, and is set back as easily',
  '/admin/teams/:id/restore': 'gives back',
  '/auth/email': 'asks for a link',
  '/auth/email/enter': 'signs in',
  '/auth/invite': 'accepts',
  '/auth/ldap': 'signs in',
  '/auth/logout': 'ends the session of whoever presses it, and says so',
  '/auth/oidc/backchannel-logout': 'a signed token of the identity provider',
  '/auth/saml/acs': 'a signed answer of the identity provider',
  '/auth/setup': 'makes an admin',
};

type Fields = Readonly<Record<string, string | readonly string[]>>;

interface Taking {
  readonly route: string;
  /** Makes what is to be taken. */
  at(place: PlaceToLose): Promise<string | readonly [path: string, fields: Fields]>;
  /** What the question says. */
  readonly says: RegExp;
  /** Another way to say yes than that of all others. */
  readonly yes?: (visitor: ConsoleVisitor, path: string, fields: Fields, asked: VisitedPage) => Promise<VisitedPage>;
  /** Its answer shows something this once, and no other page does. */
  readonly showsOnce?: boolean;
  /** Nothing is left to be done by the time that one says yes. */
  readonly doesNothing?: boolean;
}

const keyOn = async ({ visitor }: PlaceToLose, address: string): Promise<string> =>
  addressOn(await visitor.get(address), /\/admin\/[\w-]+\/[0-9a-f-]{36}\/keys\/[0-9a-f-]{36}\/revoke/);

/** The hidden id of the first form to an address on one's own page. */
async function ownId({ visitor }: PlaceToLose, action: string): Promise<string> {
  const { html } = await visitor.get('/');
  return html.match(new RegExp(`action="${action}"[\\s\\S]*?name="id" value="([^"]+)"`))?.[1] ?? '';
}

const TAKING: readonly Taking[] = [
  {
    route: '/admin/people/:id/role',
    async at({ visitor, person }) {
      const address = `/admin/people/${(await person()).id}/role`;
      await visitor.submit(address, { role: 'admin' });
      return [address, { role: 'viewer' }];
    },
    says: /1 person: .* is Admin of the organization, and would be View-Only.*Of 2 active admins .*, 1 would be left/,
  },
  {
    route: '/admin/people/:id/remove',
    at: async ({ person }) => `/admin/people/${(await person()).id}/remove`,
    says: /0 sessions end, 0 API keys stop working/,
  },
  {
    route: '/admin/people/:id/keys/:keyId/revoke',
    async at(place) {
      await place.visitor.get('/');
      await place.visitor.submit('/account/keys', { name: 'notebook', days: '30' });
      return keyOn(place, await place.self());
    },
    says: /1 key stops working.* 0 other keys go on/,
  },
  {
    route: '/admin/people/invites/:id/revoke',
    async at({ visitor }) {
      await visitor.submit('/admin/people/invite', { addresses: 'new@losing.example', role: 'member' });
      const list = await visitor.get('/admin/people?status=invited');
      return `${addressOn(list, /\/admin\/people\/invites\/[0-9a-f-]{36}/)}/revoke`;
    },
    says: /1 link stops working/,
  },
  {
    route: '/admin/teams/:id/members/:userId/role',
    async at({ team }) {
      const { address, member } = await team();
      return [`${address}/members/${member.id}/role`, { role: 'viewer' }];
    },
    says: /1 person: .* is Admin here, and would be View-Only at once.*Of 1 admin of the team, 0 would be left/,
  },
  {
    route: '/admin/teams/:id/members/:userId/remove',
    async at({ team }) {
      const { address, member } = await team();
      return `${address}/members/${member.id}/remove`;
    },
    says: /1 person, Admin, leaves the team; 0 active people stay/,
  },
  {
    route: '/admin/teams/:id/archive',
    at: async ({ team }) => `${(await team()).address}/archive`,
    says: /1 active person holds a role in it/,
  },
  {
    route: '/admin/teams/:id/avatar/remove',
    at: async ({ team }) => `${(await team()).address}/avatar/remove`,
    says: /1 picture is deleted/,
  },
  {
    route: '/admin/targets/:id/pause',
    at: async ({ target }) => `${await target()}/pause`,
    says: /\d+ events? waits? now/,
  },
  {
    route: '/admin/targets/:id/rotate',
    at: async ({ target }) => `${await target()}/rotate`,
    says: /1 secret, the one of now, ends in 24 hours/,
    showsOnce: true,
  },
  {
    route: '/admin/targets/:id/repair',
    at: async ({ target }) => [`${await target()}/repair`, { difference: ['user:a extra', 'user:b missing'] }],
    says: /1 that is missing there would be added\. 0 would be overwritten .* 1 that should not be there/,
    doesNothing: true,
  },
  {
    route: '/admin/targets/:id/remove',
    at: async ({ target }) => `${await target()}/remove`,
    says: /\d+ events? waits? now, and would never be sent/,
  },
  {
    route: '/admin/removed/:id/lift-hold',
    async at({ visitor, removal }) {
      const address = await removal();
      await visitor.submit(`${address}/hold`, { reason: 'case 7' });
      return [`${address}/lift-hold`, { reason: 'closed' }];
    },
    says: /0 runs in 0 projects \(not counted yet\) are kept for ever then/,
  },
  {
    route: '/admin/removed/:id/retention',
    at: async ({ removal }) => [`${await removal()}/retention`, { until: '2030-01-31' }],
    says: /kept for ever now, and would be kept until 2030-01-31/,
  },
  {
    route: '/admin/removed/:id/hand-over',
    async at({ removal, person }) {
      return [`${await removal()}/hand-over`, { kind: 'user', heir: (await person()).userName }];
    },
    says: /0 runs in 0 projects .* would belong to person/,
  },
  {
    route: '/admin/removed/:id/undo-hand-over',
    async at({ visitor, removal, person }) {
      const address = await removal();
      await visitor.confirm(`${address}/hand-over`, { kind: 'user', heir: (await person()).userName });
      return `${address}/undo-hand-over`;
    },
    says: /0 runs in 0 projects .* would belong to person\S+ again/,
  },
  {
    route: '/admin/removed/:id/erase',
    at: async ({ removal }) => [`${await removal()}/erase`, { reason: 'asked for it' }],
    says: /in 1 entry of the ledger, \d+ changes, [1-9]\d* requests of the sync log and 0 pushes to targets/,
  },
  {
    route: '/admin/roles/:id',
    async at({ role }) {
      return [await role(), { name: 'x', description: '', inherits: 'viewer', permission: ['run:delete'] }];
    },
    says: /1 person in 1 team may do less.*View-Only in place of Member\. 1 permission goes: report:delete/,
  },
  {
    route: '/admin/roles/:id/delete',
    at: async ({ role }) => `${await role()}/delete`,
    says: /1 person in 1 team would be Member instead/,
  },
  {
    route: '/admin/service-accounts/:id/keys/:keyId/revoke',
    at: async (place) => keyOn(place, await place.account()),
    says: /1 key, …\S+, stops working/,
  },
  {
    route: '/admin/service-accounts/:id/remove',
    at: async ({ account }) => `${await account()}/remove`,
    says: /1 live key stops working/,
  },
  {
    route: '/admin/connections/:id/rules',
    async at({ visitor, connection, client, person }) {
      await client.group('vision', [(await person()).id]);
      const rule = { id: '', condition: 'group', value: 'nothing-like-this', team: 'robots', role: 'member' };
      const version = hiddenOn(await visitor.get(`${connection}/rules`), 'version');
      return [`${connection}/rules`, { ...rule, version, button: 'save' }];
    },
    says: /1 role would be taken away/,
    yes: (visitor, path, fields, asked) =>
      visitor.submit(path, { ...fields, asked: hiddenOn(asked, 'asked'), button: 'confirm' }),
  },
  {
    route: '/admin/connections/:id/pause',
    at: async ({ connection }) => `${connection}/pause`,
    says: /\d+ users keep what they have, and 1 group stays/,
  },
  {
    route: '/admin/connections/:id/tokens',
    at: async ({ connection }) => [`${connection}/tokens`, { grace: '86400' }],
    says: /1 token that works now ends in 1 day/,
    showsOnce: true,
  },
  {
    route: '/admin/connections/:id/tokens/:tokenId/revoke',
    async at({ visitor, connection }) {
      const page = await visitor.get(connection);
      return addressOn(page, new RegExp(`${connection}/tokens/[0-9a-f-]{36}/revoke`));
    },
    says: /1 token stops working.* 1 other token goes on working/,
  },
  {
    route: '/admin/settings/organization',
    async at({ visitor }) {
      await visitor.submit('/admin/settings/organization', { provision: 'yes' });
      return '/admin/settings/organization';
    },
    says: /\d+ active people keep what they have/,
  },
  {
    route: '/admin/settings/privacy',
    at: async () => ['/admin/settings/privacy', { enforce: ['hideTeam'] }],
    says: /Enforce team visibility restrictions: \d+ of \d+ teams have it the other way now, and would have it on/,
  },
  {
    route: '/admin/settings/sign-in/rules',
    async at({ visitor }) {
      const version = async (): Promise<string> =>
        (await visitor.get('/admin/settings')).html.match(/name="version" value="(\d+)"/)?.[1] ?? '';
      const rules = [{ when: { group: 'leads' }, give: { organizationRole: 'admin' } }];
      const first = { rules: JSON.stringify({ rules }), version: await version() };
      await visitor.submit('/admin/settings/sign-in/rules', first);
      return ['/admin/settings/sign-in/rules', { rules: '{"rules": []}', version: await version() }];
    },
    says: /1 of 1 rule goes or becomes another; 0 rules hold then/,
  },
  {
    route: '/account/keys/revoke',
    async at(place) {
      await place.visitor.submit('/account/keys', { name: 'laptop', days: '30' });
      return ['/account/keys/revoke', { id: await ownId(place, '/account/keys/revoke') }];
    },
    says: /1 key, …\S+, stops working/,
  },
  {
    route: '/account/sessions/end',
    at: async (place) => ['/account/sessions/end', { id: await ownId(place, '/account/sessions/end') }],
    says: /1 session ends at once/,
  },
  {
    route: '/account/sessions/end-others',
    at: async () => '/account/sessions/end-others',
    says: /1 session ends at once; you stay signed in here, in 1 session/,
  },
  // The last one: it ends the session of whoever asks, too.
  {
    route: '/admin/people/:id/end-sessions',
    at: async ({ self }) => `${await self()}/end-sessions`,
    says: /1 session ends at once/,
  },
];

/** What a page asks, without markup; undefined: nothing. */
function questionOf({ html }: VisitedPage): string | undefined {
  const box = html.match(/<section class="question">[\s\S]*?<\/ul>\n|<div class="confirm-box"[\s\S]*?<\/div>/)?.[0];
  return box?.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}

describe('the forms of all pages', () => {
  it('each either ask first or are known to take nothing away', () => {
    const known = [...TAKING.map(({ route }) => route), ...Object.keys(HARMLESS)];
    expect(known.toSorted()).toEqual([...new Set(postRoutes())].toSorted());
  });
});

describeBridge(
  'a form that takes something away',
  (bridge) => {
    let receiver: WebhookReceiver;
    let place: PlaceToLose;
    beforeAll(async () => {
      receiver = await startReceiver();
      place = await makePlaceToLose(bridge(), receiver.url);
      // Of the same admin, in other browsers.
      for (const _ of [1, 2]) await visitConsole(bridge(), place.visitor.organizationId);
    }, 60_000);
    afterAll(() => receiver?.stop());

    it.each(TAKING)(
      'asks first, in numbers: $route',
      async ({ at, says, yes, showsOnce = false, doesNothing = false }) => {
        const { visitor } = place;
        await visitor.get('/');
        const given = await at(place);
        const [path, fields]: readonly [string, Fields] = typeof given === 'string' ? [given, {}] : given;
        const before = await rowsOf(bridge());
        const asked = await visitor.submit(path, fields);
        expect(questionOf(asked) ?? asked.text).toMatch(says);
        expect(questionOf(asked)).toMatch(/\d/);
        expect(differenceOf(before, await rowsOf(bridge()))).toEqual([]);
        const done = yes === undefined ? await visitor.sayYes(asked) : await yes(visitor, path, fields, asked);
        expect([done.status, questionOf(done)]).toEqual([200, undefined]);
        // Else a page stands in the address bar then, which can be reloaded.
        expect(done.address === path, done.address).toBe(showsOnce);
        expect(differenceOf(before, await rowsOf(bridge())).length > 0).toBe(!doesNothing);
      },
    );
  },
  { TARGET_NETWORKS: '127.0.0.0/8' },
);
