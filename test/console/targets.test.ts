/** Targets in the console, as an admin uses them, against stand-ins of the systems, on both engines. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestBridge } from '../support/bridge.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { type FakeWandb, startFakeWandb } from '../support/fake-wandb-scim.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

/** A fresh one for each engine: what one pushes, the other would find. */
let wandb: FakeWandb;
let receiver: WebhookReceiver;

async function setUp(bridge: TestBridge): Promise<ConsoleVisitor> {
  const { id: organizationId } = await bridge.createOrganization(`targets ${Math.random()}`);
  const client = scimClient(await bridge.createConnection({ dialect: 'okta', organizationId }));
  await client.send('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    ...{ userName: 'ada@targets.example', displayName: 'Ada Byron', active: true },
    emails: [{ value: 'ada@targets.example', primary: true }],
  });
  const visitor = await visitConsole(bridge, organizationId);
  await visitor.get('/admin/targets/new');
  return visitor;
}

async function addWandb(visitor: ConsoleVisitor, secret = wandb.apiKey): Promise<string> {
  const fields = { kind: 'wandb', name: 'Tracker', url: wandb.url, secret, start: 'paused' };
  const page = await visitor.submit('/admin/targets', fields);
  return page.html.match(/\/admin\/targets\/[0-9a-f-]{36}/)?.[0] ?? '';
}

describeBridge(
  'targets in the console',
  (bridge) => {
    beforeAll(async () => {
      wandb = await startFakeWandb();
      receiver = await startReceiver();
    });
    afterAll(async () => {
      await wandb.stop();
      await receiver.stop();
    });

    it('adds one paused, tests it, says what would be sent, and sends it when resumed', async () => {
      const visitor = await setUp(bridge());
      const address = await addWandb(visitor);
      expect((await visitor.get('/admin/targets')).text).toContain('Tracker Weights & Biases Server ▲ Paused');
      expect((await visitor.submit(`${address}/test`, {})).text).toContain('The test went well.');
      const planned = await visitor.get(`${address}/dry-run`);
      expect(planned.text).toContain('Ada Byron');
      expect(planned.text).toContain('Nothing was.');
      expect([...wandb.state.users.values()].filter(({ displayName }) => displayName === 'Ada Byron')).toEqual([]);
      await visitor.submit(`${address}/resume`, {});
      await expect.poll(async () => (await visitor.get(address)).text, { timeout: 20_000 }).toContain('Ada Byron done');
      await expect
        .poll(async () => (await visitor.get(address)).text, { timeout: 20_000 })
        .toContain('In step in step');
      expect((await visitor.get(`${address}/drift`)).text).toContain(
        'Everything that Drawbridge manages is as it should be.',
      );
      for (const person of wandb.state.users.values()) person.displayName = 'Somebody Else';
      const drift = await visitor.get(`${address}/drift`);
      expect(drift.text).toContain('Ada Byron differs');
      // In which order two people were pushed, and are listed, is chance.
      const [, ...choices] = drift.html.split('name="difference" value="');
      const difference = choices.find((choice) => choice.includes('Ada Byron'))?.split('"')[0] ?? '';
      const repaired = await visitor.confirm(`${address}/repair`, { difference });
      expect(repaired.text).toContain('1 difference is being repaired.');
      const names = () => [...wandb.state.users.values()].map((person) => person.displayName);
      await expect.poll(names, { timeout: 20_000 }).toContain('Ada Byron');
    }, 90_000);

    it('says why a test fails, and never shows the key', async () => {
      const visitor = await setUp(bridge());
      const address = await addWandb(visitor, 'a-wrong-key');
      const page = await visitor.submit(`${address}/test`, {});
      expect(page.text).toContain('The test did not go well.');
      expect(page.html).not.toContain('a-wrong-key');
    });

    it('changes settings, and refuses what is no setting', async () => {
      const visitor = await setUp(bridge());
      const address = await addWandb(visitor);
      const settings = JSON.stringify({ url: wandb.url, requestsPerSecond: 3 });
      expect((await visitor.submit(`${address}/settings`, { settings })).html).toContain(
        '&quot;requestsPerSecond&quot;: 3',
      );
      const wrong = await visitor.submit(`${address}/settings`, { settings: '{"requestsPerSecond":"many"}' });
      expect(wrong.status).toBe(400);
      expect((await visitor.submit(`${address}/settings`, { settings: '[' })).text).toContain(
        'The settings are no JSON object.',
      );
    });

    it('gives a webhook its signing secret once, and a new one', async () => {
      const visitor = await setUp(bridge());
      const fields = { kind: 'webhook', name: 'Audit', url: receiver.url, start: 'paused' };
      const page = await visitor.submit('/admin/targets', fields);
      const secret = page.html.match(/whsec_[A-Za-z0-9+/=]+/)?.[0] ?? '';
      expect(secret).not.toBe('');
      const address = page.html.match(/\/admin\/targets\/[0-9a-f-]{36}/)?.[0] ?? '';
      expect((await visitor.get(address)).html).not.toContain(secret);
      const rotated = await visitor.confirm(`${address}/rotate`, {});
      expect(rotated.html.match(/whsec_[A-Za-z0-9+/=]+/)?.[0]).not.toBe(secret);
      await visitor.confirm(`${address}/remove`, {});
      expect((await visitor.get('/admin/targets')).text).toContain('There are none');
    });

    it('names whom an event was about that was given up, with a link', async () => {
      const visitor = await setUp(bridge());
      const fields = { kind: 'webhook', name: 'Audit', url: receiver.url, start: 'paused' };
      const added = await visitor.submit('/admin/targets', fields);
      const address = added.html.match(/\/admin\/targets\/[0-9a-f-]{36}/)?.[0] ?? '';
      const people = await visitor.get('/admin/people?text=ada');
      const ada = people.html.match(/\/admin\/people\/([0-9a-f-]{36})/)?.[1] ?? '';
      const { store } = bridge().core;
      const [created] = await store.changes.ofSubject(store.reader, ada, 'user.created', 1);
      const target = address.split('/').at(-1) ?? '';
      await store.write(async (db) => {
        const event = { subjectKey: `user:${ada}`, position: created?.position ?? 0 };
        await store.deliveries.add(db, target, [event], Date.now());
        const [waiting] = await store.deliveries.waiting(db, target, event.subjectKey, 1);
        await store.deliveries.failed(db, target, waiting?.sequence ?? 0, 'It answered 400.', true);
      });
      const page = await visitor.get(address);
      expect(page.html).toContain(`about <a href="/admin/people/${ada}">Ada Byron</a>`);
      expect(page.text).toContain('It answered 400.');
      expect(page.text).toContain('Try it again');
    });

    it('says what would be sent to a webhook, and sends nothing by that', async () => {
      const visitor = await setUp(bridge());
      const fields = { kind: 'webhook', name: 'Audit', url: receiver.url, start: 'paused' };
      const added = await visitor.submit('/admin/targets', fields);
      const address = added.html.match(/\/admin\/targets\/[0-9a-f-]{36}/)?.[0] ?? '';
      const secret = added.html.match(/whsec_[A-Za-z0-9+/=]+/)?.[0] ?? 'none';
      expect(added.html).toContain(`href="${address}/dry-run"`);
      const planned = await visitor.get(`${address}/dry-run`);
      expect(planned.text).toContain(
        '2 events would be sent, those about one person or team in this order. Nothing was.',
      );
      expect(planned.text).toContain('target.created: Audit');
      expect(planned.html).toContain('&quot;type&quot;: &quot;target.created&quot;');
      expect(planned.html).not.toContain(secret);
      expect((await visitor.get(`${address}/dry-run?after=nowhere`)).status).toBe(400);
      expect(receiver.events).toEqual([]);
    });

    it('says in the list, on its page and on the overview that nothing gets through, why, and when it is tried next', async () => {
      const visitor = await setUp(bridge());
      const fields = { kind: 'webhook', name: 'Audit', url: 'http://10.1.2.3/hook', start: 'active' };
      const added = await visitor.submit('/admin/targets', fields);
      const address = added.html.match(/\/admin\/targets\/[0-9a-f-]{36}/)?.[0] ?? '';
      const list = async () => (await visitor.get('/admin/targets')).text;
      const told =
        /Nothing is sent to it, for \d+ seconds? now\. 10\.1\.2\.3 is not an address that a target may have\. .* It is looked at again in 10 minutes, and when Drawbridge starts\./;
      await expect.poll(list, { timeout: 20_000 }).toContain('✕ Address not allowed');
      expect(await list()).toMatch(told);
      expect((await visitor.get(address)).text).toMatch(told);
      const overview = await visitor.get('/admin');
      expect(overview.text).toContain('The target Audit cannot be worked with.');
      expect(overview.text).toMatch(told);
      expect(overview.html).toContain(`<a href="${address}">Change its address</a>`);
    });

    it('shows nothing of another organization, and lets nothing be done there', async () => {
      const address = await addWandb(await setUp(bridge()));
      const stranger = await setUp(bridge());
      expect((await stranger.get('/admin/targets')).text).toContain('There are none');
      for (const path of ['', '/drift', '/dry-run']) expect((await stranger.get(`${address}${path}`)).status).toBe(404);
      for (const path of ['pause', 'settings', 'test', 'retry', 'repair', 'remove']) {
        expect((await stranger.submit(`${address}/${path}`, { settings: '{}' })).status).toBe(404);
      }
    });
  },
  { TARGET_NETWORKS: '127.0.0.0/8' },
);
