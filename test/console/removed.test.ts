/** Removed people in the console, as an admin uses it, on both engines. */
import { expect, it } from 'vitest';
import { findRemoval } from '../../src/directory/removals/removal-story.ts';
import type { TestBridge } from '../support/bridge.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

let made = 0;

interface Left {
  readonly visitor: ConsoleVisitor;
  readonly userName: string;
  readonly userId: string;
  readonly address: string;
}

/** Somebody of an organization of their own who was in a team and left. */
async function somebodyLeft(bridge: TestBridge, displayName = 'Ada Byron'): Promise<Left> {
  made += 1;
  const { id: organizationId } = await bridge.createOrganization(`left ${made} ${Math.random()}`);
  const connection = await bridge.createConnection({ dialect: 'okta', organizationId });
  const client = scimClient(connection);
  const userName = `ada${made}@left.example`;
  const created = await client.send('POST', '/Users', {
    ...{ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, displayName, active: true },
  });
  const userId = String((created.body as { id: unknown }).id);
  await client.group('vision', [userId]);
  await client.patch(`/Users/${userId}`, { op: 'replace', value: { active: false } });
  const removal = await findRemoval(bridge.core.directory, organizationId, userName);
  const visitor = await visitConsole(bridge, organizationId);
  await visitor.get(`/admin/removed/${removal.id}`);
  return { visitor, userName, userId, address: `/admin/removed/${removal.id}` };
}

describeBridge('removed people in the console', (bridge) => {
  it('lists who left, and tells one story', async () => {
    const { visitor, userName, address } = await somebodyLeft(bridge());
    const list = await visitor.get('/admin/removed');
    expect(list.text).toContain(`Ada Byron ${userName} the organization deactivated gone no tracker to ask`);
    const page = await visitor.get(address);
    expect(page.text).toContain('Held member of the organization, member in vision');
    expect(page.html).toMatch(/href="\/admin\/sync\/[0-9a-f-]{36}">the request/);
    expect((await visitor.get(`/admin/removed?person=${userName}`)).text).toContain('Ada Byron');
    expect((await visitor.get('/admin/removed?person=nobody')).text).toContain('Nobody matches.');
    expect((await visitor.get('/admin/removed?kept=hold')).text).toContain('Nobody matches.');
  });

  it('finds whoever left by a part of the name, whatever its letters, and exports the same people', async () => {
    const { visitor } = await somebodyLeft(bridge(), 'Ümit Özdemir');
    for (const text of ['ümit', 'ÖZDE', 'left.example']) {
      const search = `?person=${encodeURIComponent(text)}`;
      expect((await visitor.get(`/admin/removed${search}`)).text).toContain('Ümit Özdemir');
      const { text: lines } = await visitor.get(`/admin/removed/export.jsonl${search}`);
      expect(lines).toContain('Ümit Özdemir');
    }
  });

  it('places a hold with its reason, and lifts it', async () => {
    const { visitor, address } = await somebodyLeft(bridge());
    const refused = await visitor.submit(`${address}/hold`, { reason: '' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('A legal hold needs a reason.');
    const held = await visitor.submit(`${address}/hold`, { reason: 'Case 12' });
    expect(held.text).toContain('Legal hold placed Reason: Case 12');
    expect((await visitor.get('/admin/removed?kept=hold')).text).toContain('Legal hold');
    const lifted = await visitor.confirm(`${address}/lift-hold`, { reason: 'Case closed' });
    expect(lifted.text).toContain('Legal hold lifted Reason: Case closed');
  });

  it('sets how long runs are kept, and refuses what is no date', async () => {
    const { visitor, address } = await somebodyLeft(bridge());
    const set = await visitor.confirm(`${address}/retention`, { until: '2030-01-31', reason: '' });
    expect(set.text).toContain('To be kept until 2030-01-31');
    expect((await visitor.submit(`${address}/retention`, { until: 'soon' })).text).toContain('“soon” is no date.');
  });

  it('hands runs over on record, and takes it back', async () => {
    const { visitor, address } = await somebodyLeft(bridge());
    const nobody = await visitor.submit(`${address}/hand-over`, { kind: 'user', heir: 'nobody' });
    expect(nobody.text).toContain('There is no user "nobody".');
    const given = await visitor.confirm(`${address}/hand-over`, { kind: 'team', heir: 'vision' });
    expect(given.text).toContain('Handed over decided, not carried out yet: team vision');
    const undone = await visitor.confirm(`${address}/undo-hand-over`, {});
    expect(undone.text).toContain('Handing over taken back');
  });

  it('exports the people of the list that is shown, with their stories', async () => {
    const first = await somebodyLeft(bridge());
    const { visitor } = first;
    const rows = async (query: string) => {
      const { html } = await visitor.get(`/admin/removed/export.jsonl${query}`);
      return html === ''
        ? []
        : html
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
    };
    const whole = await rows('');
    expect(await rows(`?person=${first.userName}`)).toEqual(whole);
    expect(await rows('?person=nobody')).toEqual([]);
    expect(await rows('?kept=hold')).toEqual([]);
    await visitor.submit(`${first.address}/hold`, { reason: '=SUM(A1)' });
    const held = await rows('?kept=hold&scope=organization');
    expect(held.map(({ kind, scope }) => `${kind} ${scope}`)).toEqual([
      'removed organization',
      'hold_placed organization',
    ]);
    const list = await visitor.get('/admin/removed?kept=hold&scope=organization');
    const address =
      list.html.match(/href="(\/admin\/removed\/export\.csv\?[^"]+)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const file = await visitor.raw(address);
    expect(file.headers.get('content-disposition')).toContain('ledger-filtered.csv');
    const csv = (await file.text()).trim().split('\n');
    expect(csv).toHaveLength(3);
    expect(csv[2]).toContain(",'=SUM(A1),");
    expect((await visitor.get('/admin/removed')).html).not.toContain('export.csv?');
  });

  it('verifies the chain, and gives it out', async () => {
    const { visitor } = await somebodyLeft(bridge());
    const verified = await visitor.submit('/admin/removed/verify', {});
    expect(verified.text).toContain('The chain is whole: all 1 entry follows');
    const lines = (await visitor.get('/admin/removed/export.jsonl')).html.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual(['removed']);
    expect((await visitor.get('/admin/removed/export.csv')).html.split('\n')[0]).toContain('position,at,kind,scope');
    expect(JSON.parse((await visitor.get('/admin/removed/checkpoint.json')).html)).toMatchObject({ position: 1 });
  });

  it('names the first break', async () => {
    const { visitor } = await somebodyLeft(bridge());
    const { engine } = bridge().core;
    await engine.write((tx) =>
      tx
        .updateTable('ledger_entries')
        .set({ kind: 'returned' })
        .where('organization_id', '=', visitor.organizationId)
        .execute(),
    );
    expect((await visitor.submit('/admin/removed/verify', {})).text).toContain('The chain is broken at entry 1');
  });

  it('shows text of others as text', async () => {
    const { visitor, address } = await somebodyLeft(bridge(), '<script>alert(1)</script>');
    await visitor.submit(`${address}/hold`, { reason: '<script>alert(2)</script>' });
    for (const path of ['/admin/removed', address]) {
      const page = await visitor.get(path);
      expect(page.html).toContain('&lt;script&gt;alert(1)');
      expect(page.html).not.toContain('<script>alert');
    }
  });

  it('shows nothing of another organization', async () => {
    const { address } = await somebodyLeft(bridge());
    const { id } = await bridge().createOrganization(`stranger ${Math.random()}`);
    const stranger = await visitConsole(bridge(), id);
    expect((await stranger.get('/admin/removed')).text).toContain('Nobody has left yet.');
    expect((await stranger.get(address)).status).toBe(404);
    for (const path of ['hold', 'retention', 'hand-over', 'erase', 'reverify']) {
      expect((await stranger.submit(`${address}/${path}`, { reason: 'x' })).status).toBe(404);
    }
  });
});
