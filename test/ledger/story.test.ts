/** What the ledger says of people who leave and come back, through the doors, on both engines. */
import { beforeAll, describe, expect, it } from 'vitest';
import { recordReturnAs } from '../../src/directory/people/returns.ts';
import { runWork } from '../../src/directory/work.ts';
import { contentOf, type LedgerEntry } from '../../src/ledger/entry.ts';
import type { TestConnection } from '../support/bridge.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

describeBridge('the ledger', (bridge) => {
  let connection: TestConnection;
  let client: ScimClient;
  beforeAll(async () => {
    connection = await bridge().createConnection({ dialect: 'generic' });
    client = scimClient(connection);
  });

  function storiesOf(userId: string): Promise<readonly LedgerEntry[]> {
    const { store } = bridge().core.directory;
    return store.ledger.ofUser(store.reader, connection.organizationId, userId);
  }
  const told = (entries: readonly LedgerEntry[]) => entries.map(({ kind, scope }) => `${kind} ${scope}`);
  const active = (value: boolean) => ({ op: 'replace', path: 'active', value });

  describe('a removal', () => {
    it('is one entry, however often it is repeated, and ends when the person is back', async () => {
      const id = await client.user('one@ledger.example', { externalId: 'one' });
      await client.patch(`/Users/${id}`, active(false));
      await client.patch(`/Users/${id}`, active(false));
      expect(told(await storiesOf(id))).toEqual(['removed organization']);
      await client.patch(`/Users/${id}`, active(true));
      expect(told(await storiesOf(id))).toEqual(['removed organization', 'returned organization']);
      await client.send('DELETE', `/Users/${id}`);
      expect(told(await storiesOf(id))).toHaveLength(3);
    });

    it('adds nothing when an inactive person is deleted', async () => {
      const id = await client.user('two@ledger.example');
      await client.patch(`/Users/${id}`, active(false));
      await client.send('DELETE', `/Users/${id}`);
      expect(told(await storiesOf(id))).toEqual(['removed organization']);
    });

    it('says who, what they held, by whom, and through which exchange', async () => {
      const id = await client.user('three@ledger.example', { displayName: 'Three', externalId: '3' });
      await client.group('Vision', [id]);
      const answer = await client.send('DELETE', `/Users/${id}`);
      const [entry] = await storiesOf(id);
      expect(contentOf(entry as LedgerEntry)).toMatchObject({
        kind: 'removed',
        cause: 'deleted',
        actor: { kind: 'connection', id: connection.id },
        connection: connection.id,
        held: { organizationRole: 'member', teams: [{ name: 'Vision', role: 'member' }] },
        exchange: answer.headers.get('x-request-id'),
        removal: entry?.id,
      });
      expect(JSON.parse(entry?.personal ?? '')).toMatchObject({ userName: 'three@ledger.example', name: 'Three' });
      expect(entry?.content).not.toContain('three@ledger.example');
    });

    it('from a team is another entry than from the organization, and ends with the membership', async () => {
      const id = await client.user('four@ledger.example');
      const group = await client.group('Speech', [id]);
      const member = { op: 'remove', path: `members[value eq "${id}"]` };
      await client.patch(`/Groups/${group}`, member);
      await client.patch(`/Groups/${group}`, member);
      expect(told(await storiesOf(id))).toEqual(['removed team']);
      await client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] });
      expect(told(await storiesOf(id))).toEqual(['removed team', 'returned team']);
      const [removed, returned] = await storiesOf(id);
      expect(returned?.removalId).toBe(removed?.id);
    });
  });

  describe('coming back as another user', () => {
    async function stateOf(userId: string) {
      const { store } = bridge().core.directory;
      const [removal] = await store.removals.ofUsers(store.reader, connection.organizationId, [userId]);
      return removal && { state: removal.state, successorId: removal.successorId };
    }

    it('closes the circle by externalId', async () => {
      const before = await client.user('five@ledger.example', { externalId: 'object-5' });
      await client.send('DELETE', `/Users/${before}`);
      const after = await client.user('five.new@ledger.example', { externalId: 'object-5' });
      expect(after).not.toBe(before);
      expect(await stateOf(before)).toEqual({ state: 'returned_as_another', successorId: after });
      expect(told(await storiesOf(after))).toEqual([]);
    });

    it('does not take the externalId of another connection for the same person', async () => {
      const other = await bridge().createConnection({ dialect: 'generic' });
      const before = await client.user('six@ledger.example', { externalId: 'object-6' });
      await client.send('DELETE', `/Users/${before}`);
      await scimClient(other).user('somebody@ledger.example', { externalId: 'object-6' });
      expect(await stateOf(before)).toEqual({ state: 'left', successorId: null });
    });

    it('waits for the activation of a user who is created inactive', async () => {
      const before = await client.user('seven@ledger.example', { externalId: 'object-7' });
      await client.send('DELETE', `/Users/${before}`);
      const after = await client.user('seven.new@ledger.example', { externalId: 'object-7', active: false });
      expect((await stateOf(before))?.state).toBe('left');
      await client.patch(`/Users/${after}`, active(true));
      expect(await stateOf(before)).toEqual({ state: 'returned_as_another', successorId: after });
    });

    it.each([
      { evidence: 'verified_email', name: 'eight' },
      { evidence: 'subject', name: 'nine' },
    ] as const)('closes the circle by what only a sign-in knows: $evidence', async ({ evidence, name }) => {
      const { directory } = bridge().core;
      const email = `${name}@ledger.example`;
      const before = await client.user(`${name}.old`, { emails: [{ value: email, primary: true }] });
      await client.send('DELETE', `/Users/${before}`);
      const after = await client.user(`${name}.new`);
      const context = {
        organizationId: connection.organizationId,
        actor: { kind: 'system', id: null, name: 'sign-in' },
        exchangeId: null,
      } as const;
      const proof =
        evidence === 'subject'
          ? ({ kind: evidence, formerUserId: before } as const)
          : ({ kind: evidence, email: email.toUpperCase() } as const);
      for (let times = 0; times < 2; times += 1) {
        await runWork(directory, context, (work) => recordReturnAs(directory, work, after, proof));
      }
      expect(await stateOf(before)).toEqual({ state: 'returned_as_another', successorId: after });
      expect(told(await storiesOf(before))).toEqual(['removed organization', 'returned_as_another organization']);
    });
  });

  it('is whole after all of this', async () => {
    const { ledger, store } = bridge().core.directory;
    expect(await ledger.verify(store.reader, connection.organizationId)).toMatchObject({
      holds: true,
      firstBreak: null,
    });
  });

  it('keeps beside the chain what the chain adds up to', async () => {
    const { foldEntry } = await import('../../src/ledger/removal.ts');
    const { ledger, store } = bridge().core.directory;
    const folded = new Map<string, ReturnType<typeof foldEntry>>();
    for await (const entry of ledger.entries(store.reader, connection.organizationId)) {
      folded.set(entry.removalId, foldEntry(folded.get(entry.removalId), entry));
    }
    expect(folded.size).toBeGreaterThan(5);
    for (const [id, removal] of folded) {
      expect(await store.removals.find(store.reader, connection.organizationId, id)).toEqual(removal);
    }
    const count = (isCounted: (removal: ReturnType<typeof foldEntry>) => boolean): number =>
      [...folded.values()].filter(isCounted).length;
    expect(await store.removals.counts(store.reader)).toMatchObject({
      ...{ left: count(({ state }) => state === 'left'), holds: 0 },
      inventories: { none: count(({ inventory }) => inventory === null), taken: 0, partial: 0, failed: 0 },
    });
  });
});
