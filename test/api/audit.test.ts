/** Who did what: every endpoint that changes something is in the change log, with who asked. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { ENDPOINTS } from '../../src/api/registry.ts';
import { POLICY } from '../../src/directory/policy.ts';
import { apiClient } from '../support/api-client.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { prepareExamples, runExample } from './examples.ts';

/** Where the example finds nothing to do: the setting is so already, nobody is signed in, no target has anything amiss, nothing is parked. */
const NOTHING_TO_DO = [
  'organization.change',
  'sessions.end_all',
  'mapping_rules.preview',
  'mapping_rules.retry_run',
  'targets.repair',
  'targets.retry',
];

describeBridge('the change log', (bridge) => {
  it('has every change that the API made, and who made it', { timeout: 120_000 }, async () => {
    const saved = await prepareExamples(bridge());
    const client = apiClient(saved.DRAWBRIDGE ?? '', saved.KEY);
    const me = (await client.get('/me')).body;
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    const { changeFeed } = bridge().core.store;
    let cursor = await changeFeed.head();
    const silent: string[] = [];
    const tried: string[] = [];
    for (const declared of ENDPOINTS) {
      const { id, method, action, example } = declared;
      if (example?.notRunBecause !== undefined) continue;
      const answer = await runExample(client, declared, saved, picture);
      expect([id, answer.status, answer.status < 300 ? '' : answer.text]).toEqual([id, expect.any(Number), '']);
      const page = await changeFeed.readChanges(cursor, 1000, null);
      cursor = page.cursor;
      const mine = page.changes.filter(({ actor }) => actor.kind === 'user' && actor.id === me.id);
      // Background work of the server is by the system.
      const others = page.changes.filter(({ actor }) => actor.kind !== 'system' && actor.id !== me.id);
      expect([id, others]).toEqual([id, []]);
      const changes = method !== 'get' && action !== null && action !== 'any caller' && !POLICY[action].reads;
      if (!changes) expect([id, mine]).toEqual([id, []]);
      else tried.push(id);
      if (changes && mine.length === 0) silent.push(id);
    }
    expect(tried.length).toBeGreaterThan(40);
    expect(silent).toEqual(NOTHING_TO_DO);
    const settings = await client.get('/organization');
    const version = { 'if-match': settings.headers.get('etag') ?? '' };
    await client.patch('/organization', { provisionOnSignIn: false }, version);
    const { changes } = await changeFeed.readChanges(cursor, 9, null);
    expect(changes).toMatchObject([{ subject: { type: 'organization' }, actor: { kind: 'user', id: me.id } }]);
  });
});
