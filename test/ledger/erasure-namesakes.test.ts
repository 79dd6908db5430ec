/** An erasure takes nothing from others who have the same name, or whose texts hold it by chance. */
import { afterEach, describe, expect, it } from 'vitest';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { erasePerson } from '../../src/directory/removals/erasure.ts';
import { runWork } from '../../src/directory/work.ts';
import { missingPostgres } from '../support/postgres.ts';
import { GROUP, scimClient, USER } from '../support/scim-client.ts';
import { type SignInBridge, startSignInBridge } from '../support/sign-in-bridge.ts';

describe.each(['sqlite', 'postgres'] as const)('erasing somebody called Max (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let place: SignInBridge;
  afterEach(() => place?.stop());

  it.skipIf(missing !== undefined).each(['max', 'user'])(
    'under the user name "%s" leaves what is about others',
    async (userName) => {
      place = await startSignInBridge({ engine });
      const client = scimClient(await place.bridge.createConnection({ dialect: 'generic', name: 'Okta' }));
      const { directory } = place.bridge.core;
      const max = await client.user(userName, { displayName: 'Max' });
      const other = await client.user('max@other.example', { displayName: 'Max' });
      await client.group('crew', [other]);
      const members = [{ value: max, display: 'Max' }, { value: other }];
      await client.send('PUT', '/Groups/nosuch', { schemas: [GROUP], displayName: 'crew', members });
      await client.send('POST', '/Users', { schemas: [USER], userName, displayName: 'Max' });
      await client.send('DELETE', `/Users/${max}`);
      const told = async () => {
        const { store } = place.bridge.core;
        const all = await store.syncLog.listExchanges({ organizationId: place.organizationId, limit: 100 });
        const whole = all.map(({ id }) => store.syncLog.findExchange(place.organizationId, id));
        return (await Promise.all(whole)).filter((each) => each !== undefined);
      };
      const refusedIn = (list: Awaited<ReturnType<typeof told>>) => list.filter(({ outcome }) => outcome === 'refused');
      await expect.poll(async () => refusedIn(await told()).length).toBe(2);
      const before = await told();
      const operator = operatorOf(place.organizationId);
      await runWork(
        directory,
        { organizationId: place.organizationId, actor: actorOf(operator), exchangeId: null },
        (work) => erasePerson(directory, work, max, null),
      );
      const after = await told();
      const about = (id: string | null, list: typeof after) => list.filter(({ subject }) => subject?.id === id);
      expect(about(other, after)).toEqual(about(other, before));
      const crew = (list: typeof after) => list.filter(({ summary }) => summary.includes('created group crew'));
      expect(crew(after)).toEqual(crew(before));
      expect(crew(after)).toHaveLength(1);
      for (const { summary, requestBody } of about(max, after)) {
        expect(summary).not.toMatch(/max/i);
        expect(requestBody).toBeNull();
      }
      // What names them beside others, in quotes: both say "Max".
      expect(refusedIn(after).map(({ requestBody }) => requestBody)).toEqual([null, null]);
    },
  );
});
