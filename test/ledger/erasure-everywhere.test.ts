/** After an erasure nothing that names the person is left in any table, but where docs/ledger.md says so. */
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { createTargetParts } from '../../src/app/targets.ts';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { effectOfErasure, erasePerson } from '../../src/directory/removals/erasure.ts';
import { runWork, type Work } from '../../src/directory/work.ts';
import { createTarget } from '../../src/targets/targets.ts';
import { missingPostgres } from '../support/postgres.ts';
import { BULK, GROUP, PATCH, type ScimClient, scimClient, USER } from '../support/scim-client.ts';
import { type SignInBridge, startSignInBridge } from '../support/sign-in-bridge.ts';
import { type SmallScim, startSmallScim } from '../support/small-scim-server.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const ADDRESS = 'lovelace@erased.example';
const NAMES = /lovelace|ext-1815|countess/i;

/** Documented: mails stay, changes say who made them, subjects keep removed people removed, reasons are chained. */
const KEPT = new Set(['mails.recipient', 'mails.content', 'changes.actor_name', 'identity_links.subject']);

describe.each(['sqlite', 'postgres'] as const)('erasing somebody with a long story (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let place: SignInBridge;
  let smtp: TestSmtp;
  let small: SmallScim;
  let client: ScimClient;

  afterEach(async () => {
    await place?.stop();
    await smtp?.close();
    await small?.stop();
  });

  const run = <T>(work: (work: Work) => Promise<T>): Promise<T> => {
    const actor = actorOf(operatorOf(place.organizationId));
    return runWork(
      place.bridge.core.directory,
      { organizationId: place.organizationId, actor, exchangeId: null },
      work,
    );
  };

  /** Where a name stands: `table.column: the cell`. */
  async function found(): Promise<string[]> {
    const db = place.bridge.core.engine.reader;
    const places: string[] = [];
    for (const { name } of await db.introspection.getTables()) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
      for (const row of rows)
        for (const [column, value] of Object.entries(row)) {
          const text = typeof value === 'string' ? value : JSON.stringify(value);
          if (NAMES.test(text) || NAMES.test(decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'))))
            places.push(`${name}.${column}: ${text.slice(0, 300)}`);
        }
    }
    return places.toSorted();
  }

  const tablesIn = (places: readonly string[]) => new Set(places.map((each) => each.split('.')[0]));

  async function tellStory(): Promise<{ ada: string; bob: string; vision: string }> {
    const { directory } = place.bridge.core;
    place.add('o-1815', { email: ADDRESS, preferred_username: ADDRESS, name: 'Ada Lovelace' });
    place.add('root');
    await place.signIn('root');
    const operator = operatorOf(place.organizationId);
    await run((work) => invitePeople(directory, work, operator, { addresses: ADDRESS, role: 'viewer', teams: [] }));
    place.add('o-1816', { ...place.people['o-1815'], sub: 'o-1816', email_verified: false });
    for (const subject of ['o-1815', 'o-1816']) await place.signIn(subject);
    const them = {
      displayName: 'Ada Lovelace',
      externalId: 'ext-1815',
      name: { formatted: 'Countess Ada Lovelace' },
      emails: [{ value: ADDRESS, primary: true }],
    };
    const ada = await client.user(ADDRESS, them);
    const bob = await client.user('babbage@erased.example', { displayName: 'Charles Babbage' });
    expect((await client.send('POST', '/Users', { schemas: [USER], userName: ADDRESS, ...them })).status).toBe(409);
    const display = 'Ada Lovelace';
    const vision = await client.group('vision');
    await client.patch(`/Groups/${vision}`, { op: 'add', path: 'members', value: [{ value: ada, display }] });
    const members = [{ value: ada, display }, { value: bob }];
    await client.send('PUT', `/Groups/${vision}`, { schemas: [GROUP], displayName: 'vision', members });
    await client.send('PUT', `/Groups/${vision}`, { schemas: [GROUP], displayName: 'vision', members });
    await client.send('PUT', `/Groups/${vision}`, { schemas: [GROUP], displayName: '', members });
    const rename = (value: string) => ({
      schemas: [PATCH],
      Operations: [{ op: 'replace', path: 'displayName', value }],
    });
    await client.send('POST', '/Bulk', {
      schemas: [BULK],
      Operations: [
        { method: 'PATCH', path: `/Users/${ada}`, data: rename('Ada, Countess of Lovelace') },
        { method: 'PATCH', path: `/Users/${bob}`, data: rename('Charles') },
        { method: 'POST', path: '/Users', bulkId: 'a', data: { schemas: [USER], userName: ADDRESS, ...them } },
      ],
    });
    const filter = `userName eq "${ADDRESS}"`;
    for (const each of [filter, 'externalId eq "ext-1815"'])
      expect((await client.get(`/Users?filter=${encodeURIComponent(each)}`)).status).toBe(200);
    await client.send('POST', '/Users/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter,
    });
    await client.get(`/Users/${ada}`);
    await scimClient({ scimUrl: place.bridge.scimUrl, token: 'old' }).get(
      `/Users?filter=${encodeURIComponent(filter)}`,
    );
    await place.signIn('o-1815');
    return { ada, bob, vision };
  }

  it('leaves no name of theirs in any table, and what others did where it was', async (context) => {
    context.skip(missing !== undefined, missing);
    smtp = await startSmtp();
    small = await startSmallScim();
    place = await startSignInBridge({
      engine,
      env: { SMTP_URL: smtp.url, MAIL_FROM: 'bridge@erased.example', TARGET_NETWORKS: '127.0.0.0/8' },
    });
    client = scimClient(await place.bridge.createConnection({ dialect: 'generic', name: 'Okta' }));
    const { core } = place.bridge;
    const { store } = core;
    const operator = operatorOf(place.organizationId);
    const targetParts = await createTargetParts(core);
    const settings = { url: small.url, requestsPerSecond: 0 };
    const given = { kind: 'scim', name: 'other', settings, secrets: { token: 'small' } } as const;
    await run((work) => createTarget(targetParts, work, operator, given));
    const { ada, bob, vision } = await tellStory();
    await expect.poll(() => JSON.stringify([...small.users.values()]), { timeout: 20_000 }).toContain('Lovelace');
    await client.send('DELETE', `/Users/${ada}`);
    await place.signIn('o-1815');
    await expect.poll(() => JSON.stringify([...small.users.values()]), { timeout: 20_000 }).toContain('"active":false');
    await expect
      .poll(async () => tablesIn(await found()), { timeout: 10_000 })
      .toEqual(
        new Set([
          ...['changes', 'exchanges', 'invites', 'ledger_entries', 'ledger_removals', 'mails', 'read_batches'],
          ...['target_links', 'target_pushes', 'identity_links', 'users'],
        ]),
      );
    const foreseen = await effectOfErasure(core.directory, store.reader, place.organizationId, ada);
    const naming = (await found()).filter((each) => each.startsWith('exchanges.'));
    expect(foreseen.exchanges).toBeGreaterThanOrEqual(naming.filter((each) => each.includes('.search_text')).length);
    const { pseudonym } = await run((work) => erasePerson(core.directory, work, ada, null));
    await expect.poll(() => JSON.stringify([...small.users.values()]), { timeout: 20_000 }).not.toMatch(/lovelace/i);
    expect((await found()).filter((each) => !KEPT.has(each.split(':')[0] ?? ''))).toEqual([]);
    const told = await store.syncLog.listExchanges({ organizationId: place.organizationId, limit: 200 });
    const summaries = told.map(({ summary }) => summary);
    expect(summaries).toContain(`Okta added ${pseudonym} to group vision`);
    expect(summaries).toContain('Okta created Charles Babbage');
    expect(summaries.filter((each) => each.includes('Charles'))).not.toHaveLength(0);
    const bulk = told.find(({ operation }) => operation === 'bulk');
    expect(bulk?.summary).toBe('Okta sent 3 operations in bulk, 1 of them refused');
    expect(bulk?.errorDetail).toContain(`Operations[2]: `);
    expect((await store.syncLog.changesOfExchange(place.organizationId, bulk?.id ?? '', 9)).length).toBe(2);
    expect((await client.get(`/Groups/${vision}`)).body.members).toMatchObject([{ value: bob }]);
  }, 90_000);
});
