/** The verbs for people, invites and keys over a real database: what an operator does before anybody can sign in. */
import { expect, it } from 'vitest';
import { createInviteServices } from '../../src/cli/invite-services.ts';
import { createKeyServices } from '../../src/cli/key-services.ts';
import { createPeopleServices } from '../../src/cli/people-services.ts';
import { acceptInvite } from '../../src/directory/invites/invite-acceptance.ts';
import { authenticateKey } from '../../src/directory/keys/api-keys.ts';
import { isAllowed } from '../../src/directory/policy.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { contentOf } from '../../src/ledger/entry.ts';
import { describeDirectory } from '../support/directory.ts';

describeDirectory('the command line', (directory) => {
  it('makes the first key of an automation, which may do everything in its organization', async () => {
    const { id, parts } = await directory().organization();
    const keys = createKeyServices(parts);
    const input = { account: 'automation', name: 'first', scopes: ['everything'] } as const;
    const { secret } = await keys.create(id, input);
    const principal = (await authenticateKey(parts, secret)) as Principal;
    expect(principal).toMatchObject({ kind: 'service_account', name: 'automation', organizationId: id });
    expect(isAllowed(principal, 'people.change_role')).toBe(true);
    const second = await keys.create(id, { ...input, name: 'second', expiresInDays: 1 });
    expect(second.key.ownerId).toBe(principal.id);
    expect((await keys.list(id)).map(({ owner, name }) => [owner, name])).toEqual([
      ['automation', 'first'],
      ['automation', 'second'],
    ]);
    await keys.revoke(id, second.key.id);
    expect(await authenticateKey(parts, second.secret)).toMatchObject({ code: 'token_revoked' });
  });

  it('keeps the accounts of teams apart from those of the organization', async () => {
    const organization = await directory().organization();
    await organization.team('vision');
    const keys = createKeyServices(organization.parts);
    const input = { account: 'ci', name: 'k', scopes: ['read'] } as const;
    const { secret } = await keys.create(organization.id, { ...input, team: 'vision' });
    expect(await authenticateKey(organization.parts, secret)).toMatchObject({ role: 'none' });
    await expect(keys.create(organization.id, input)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('finds people by userName, address or id, also after they were removed', async () => {
    const organization = await directory().organization();
    const people = createPeopleServices(organization.parts);
    const ada = await organization.person('Ada@cli.example');
    const ref = { organization: organization.id, person: 'ada@CLI.example' };
    expect((await people.setRole(ref, 'viewer')).role).toBe('viewer');
    expect((await people.remove(ref, 'left')).status).toBe('removed');
    expect((await people.list(organization.id, { status: 'removed', limit: 10 })).map(({ id }) => id)).toEqual([
      ada.id,
    ]);
    await people.reactivate(ref, { againstConnection: false });
    await people.remove(ref, undefined);
    await people.reactivate({ ...ref, person: ada.id ?? '' }, { againstConnection: false });
    expect(await people.list(organization.id, { limit: 10 })).toMatchObject([{ id: ada.id, status: 'active' }]);
    await expect(people.remove({ ...ref, person: 'nobody' }, undefined)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is on record in the ledger with whom it removed, why, and whom it brought back', async () => {
    const organization = await directory().organization();
    const { store, ledger } = organization.parts;
    const people = createPeopleServices(organization.parts);
    const ada = await organization.person('ada@cli.example');
    await organization.team('vision', { admin: [ada] });
    const ref = { organization: organization.id, person: 'ada@cli.example' };
    await people.remove(ref, 'project ended');
    await expect(people.remove(ref, 'again')).rejects.toMatchObject({ code: 'not_found' });
    await people.reactivate(ref, { againstConnection: false });
    const entries = await store.ledger.ofUser(store.reader, organization.id, ada.id ?? '');
    const told = entries.map((entry) => ({ ...contentOf(entry), by: JSON.parse(entry.actor).name as string }));
    const scopes = told.map(({ kind, scope, cause, reason, by }) => [kind, scope, cause, reason, by]);
    expect(scopes).toEqual([
      ['removed', 'organization', 'deleted', 'project ended', 'command line'],
      ['returned', 'organization', 'reactivated', null, 'command line'],
    ]);
    expect(told[0]?.held).toMatchObject({ organizationRole: 'member', teams: [{ name: 'vision', role: 'admin' }] });
    expect(await ledger.verify(store.reader, organization.id)).toMatchObject({ holds: true, checked: 2 });
  });

  it('invites with a link to hand over where there is no mail server', async () => {
    const organization = await directory().organization();
    await organization.team('vision');
    const invites = createInviteServices(organization.parts, 'https://drawbridge.example');
    const teams = [{ team: 'vision', role: 'admin' }];
    const answers = await invites.send(organization.id, { addresses: ['a@cli.example', 'no'], role: 'member', teams });
    expect(answers).toMatchObject([
      {
        address: 'a@cli.example',
        outcome: 'invited',
        url: expect.stringMatching(/^https:\/\/drawbridge\.example\/auth\/invite\?key=/),
      },
      { address: 'no', outcome: 'not_an_address', url: null },
    ]);
  });

  it('lists invites with their state, sends one again whose old link then is dead, and revokes it', async () => {
    const organization = await directory().organization();
    const { id, parts } = organization;
    const invites = createInviteServices(parts, 'https://drawbridge.example');
    const addresses = ['a@cli.example', 'b@cli.example'];
    const [first] = await invites.send(id, { addresses, role: 'viewer', teams: [] });
    const newest = await invites.list(id, { limit: 10 });
    expect(newest).toMatchObject([
      { email: 'b@cli.example', role: 'viewer', state: 'pending', serverReply: null, invitedBy: 'command line' },
      { email: 'a@cli.example' },
    ]);
    const secretOf = (url: string | null | undefined) => url?.split('key=')[1] ?? '';
    const again = await invites.resend({ organization: id, invite: 'A@cli.example' });
    expect(again).toMatchObject({ email: 'a@cli.example', expiresAt: expect.any(Number) });
    const accept = (url: string | null | undefined) =>
      organization.run((work) => acceptInvite(parts, work, secretOf(url), { displayName: null }));
    await expect(accept(first?.url)).rejects.toMatchObject({ code: 'gone' });
    await accept(again.url);
    const revoked = await invites.revoke({ organization: id, invite: newest[0]?.id ?? '' });
    expect(revoked.email).toBe('b@cli.example');
    expect((await invites.list(id, { state: 'revoked', limit: 10 })).map(({ email }) => email)).toEqual([
      revoked.email,
    ]);
    expect(await invites.list(id, { state: 'pending', limit: 10 })).toEqual([]);
    // An address means what waits; what was answered has an id.
    for (const invite of ['a@cli.example', 'nobody@cli.example'])
      await expect(invites.resend({ organization: id, invite })).rejects.toMatchObject({ code: 'not_found' });
    await expect(invites.revoke({ organization: id, invite: newest[1]?.id ?? '' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await organization.changes()).filter((change) => change.startsWith('invite.'))).toHaveLength(5);
  });
});
