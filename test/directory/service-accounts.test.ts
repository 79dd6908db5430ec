/** Service accounts: who makes them, what they may do, that they take no seat, and in whose name they act. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { authenticateKey, createServiceKey, listServiceKeys, revokeKey } from '../../src/directory/keys/api-keys.ts';
import { attribute } from '../../src/directory/keys/attribution.ts';
import {
  createServiceAccount,
  listServiceAccounts,
  readServiceAccount,
  removeServiceAccount,
} from '../../src/directory/keys/service-accounts.ts';
import { cardOf } from '../../src/directory/people/person.ts';
import { removePerson } from '../../src/directory/people/person-removal.ts';
import { countSeats } from '../../src/directory/people/seats.ts';
import { isAllowed } from '../../src/directory/policy.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { giveRoles } from '../../src/directory/roles/grants.ts';
import { AppError } from '../../src/errors.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const KEY = { name: 'ci', scopes: ['everything'], expiresAt: null } as const;

function make({ run, parts, operator }: TestOrganization, name: string, teamId: string | null, by = operator) {
  return run((work) => createServiceAccount(parts, work, by, { name, teamId }), by);
}

/** A service account and who its key is. */
async function signedIn(organization: TestOrganization, name: string, teamId: string | null) {
  const { run, parts, operator } = organization;
  const account = await make(organization, name, teamId);
  const made = await run((work) => createServiceKey(parts, work, operator, account.id, KEY));
  const principal = await authenticateKey(parts, made.secret);
  if (principal instanceof AppError) throw principal;
  return { account, principal, ...made };
}

describeDirectory('service accounts', (directory) => {
  it('of a team are made by its admins, and of the organization by admins only', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@service.example');
    const bob = await organization.person('bob@service.example');
    const vision = await organization.team('vision', { admin: [ada], member: [bob] });
    const other = await organization.team('other');
    const now = async (who: Principal) => organization.principal(who.id ?? '');
    const account = await make(organization, 'ci', vision, await now(ada));
    expect(account).toMatchObject({ name: 'ci', teamId: vision });
    await expect(make(organization, 'x', vision, await now(bob))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(make(organization, 'x', other, await now(ada))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(make(organization, 'x', null, await now(ada))).rejects.toMatchObject({ code: 'forbidden' });
    const { parts } = organization;
    expect(await listServiceAccounts(parts, await now(ada), vision)).toEqual([account]);
    await expect(listServiceAccounts(parts, await now(ada))).rejects.toMatchObject({ code: 'forbidden' });
    expect(await listServiceAccounts(parts, organization.operator, null)).toEqual([]);
  });

  it('are not called as a person is, by user name or address', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('boss@service.example');
    const team = await organization.team('vision', { admin: [ada] });
    const connection = await organization.connection();
    const emails = [{ value: 'chief@service.example', primary: true }];
    await organization.managed(connection, { userName: 'chief', emails } as { userName: string });
    for (const name of ['Boss@Service.example ', 'chief', 'chief@service.example']) {
      const made = make(organization, name, team, await organization.principal(ada.id ?? ''));
      await expect(made, name).rejects.toMatchObject({ code: 'uniqueness' });
    }
  });

  it('have a name of their own in the organization, that can be given again after a removal', async () => {
    const organization = await directory().organization();
    const { run, parts, operator } = organization;
    const first = await make(organization, 'ci', null);
    await expect(make(organization, 'CI', null)).rejects.toMatchObject({ code: 'uniqueness' });
    await run((work) => removeServiceAccount(parts, work, operator, first.id));
    expect((await make(organization, 'ci', null)).id).not.toBe(first.id);
    await expect(make(organization, ' ', null)).rejects.toMatchObject({ code: 'invalid_value' });
    await expect(make(organization, 'x', 'nowhere')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('take no seat', async () => {
    const organization = await directory().organization({ seats: 1 });
    await organization.person('ada@service.example');
    await make(organization, 'ci', null);
    expect(await countSeats(organization.parts, organization.parts.store.reader, organization.id)).toMatchObject({
      active: 1,
    });
  });

  it('lose their keys when they are removed', async () => {
    const organization = await directory().organization();
    const { run, parts, operator } = organization;
    const { account, secret } = await signedIn(organization, 'ci', null);
    await run((work) => removeServiceAccount(parts, work, operator, account.id));
    expect(await authenticateKey(parts, secret)).toMatchObject({ code: 'token_revoked' });
    await expect(readServiceAccount(parts, operator, account.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(run((work) => createServiceKey(parts, work, operator, account.id, KEY))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('of a team do nothing outside of it, and are locked out when it is archived', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const vision = await organization.team('vision');
    const { principal, secret } = await signedIn(organization, 'ci', vision);
    expect(isAllowed(principal, 'team_members.list', { teamId: vision })).toBe(true);
    expect(isAllowed(principal, 'people.list')).toBe(false);
    expect(isAllowed(principal, 'team_members.invite', { teamId: vision })).toBe(false);
    await parts.store.write(async (db) => {
      await sql`update teams set archived_at = 1 where id = ${vision}`.execute(db as never);
    });
    expect(await authenticateKey(parts, secret)).toMatchObject({ code: 'unauthorized' });
  });

  it('have keys that a team admin sees and revokes, and nobody from another team', async () => {
    const organization = await directory().organization();
    const { run, parts } = organization;
    const ada = await organization.person('ada@service.example');
    const eve = await organization.person('eve@service.example');
    const vision = await organization.team('vision', { admin: [ada] });
    await organization.team('other', { admin: [eve] });
    const { account, key, secret } = await signedIn(organization, 'ci', vision);
    const [admin, stranger] = [await organization.principal(ada.id ?? ''), await organization.principal(eve.id ?? '')];
    await expect(listServiceKeys(parts, stranger, account.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(run((work) => revokeKey(parts, work, stranger, key.id))).rejects.toMatchObject({ code: 'forbidden' });
    expect((await listServiceKeys(parts, admin, account.id)).map(({ hint }) => hint)).toEqual([secret.slice(-4)]);
    await run((work) => revokeKey(parts, work, admin, key.id), admin);
    expect(await authenticateKey(parts, secret)).toMatchObject({ code: 'token_revoked' });
  });
});

describeDirectory('attribution', (directory) => {
  async function setUp() {
    const organization = await directory().organization();
    const ada = await organization.person('ada@attribution.example');
    const bob = await organization.person('bob@attribution.example');
    const gone = await organization.person('gone@attribution.example');
    const vision = await organization.team('vision', { member: [ada, gone] });
    const { run, parts, operator } = organization;
    await run((work) => removePerson(parts, work, operator, gone.id ?? ''));
    const team = await signedIn(organization, 'ci', vision);
    const whole = await signedIn(organization, 'sync', null);
    return { organization, parts, ada, bob, vision, team: team.principal, whole: whole.principal };
  }
  const claim = (userName: string | null, email: string | null = null) => ({ userName, email });

  it('is to the named member of the team, by user name before e-mail address', async () => {
    const { parts, team, ada, vision } = await setUp();
    const byName = await attribute(parts, team, claim('ADA@attribution.example', 'bob@attribution.example'));
    expect(byName).toMatchObject({ kind: 'attributed', by: 'user_name', person: { id: ada.id } });
    expect(byName.kind === 'attributed' && [...byName.teams]).toEqual([[vision, 'member']]);
    const byEmail = await attribute(parts, team, claim(null, 'Ada@attribution.example'));
    expect(byEmail).toMatchObject({ kind: 'attributed', by: 'email', person: { id: ada.id } });
    expect(await attribute(parts, team, claim(null))).toEqual({ kind: 'none' });
    expect(await attribute(parts, team, claim(' ', ''))).toEqual({ kind: 'none' });
  });

  it('is refused with the reason', async () => {
    const { parts, team } = await setUp();
    const reasonFor = async (userName: string | null, email: string | null = null) => {
      const outcome = await attribute(parts, team, claim(userName, email));
      return outcome.kind === 'refused' ? [outcome.reason, outcome.message] : outcome.kind;
    };
    expect(await reasonFor('bob@attribution.example')).toEqual([
      'not_in_team',
      '"bob@attribution.example" is not a member of the team; the request cannot be theirs.',
    ]);
    expect((await reasonFor('nobody'))[0]).toBe('unknown_person');
    expect((await reasonFor(null, 'gone@attribution.example'))[0]).toBe('no_access');
    // The user name wins, even when it is wrong.
    expect((await reasonFor('nobody', 'ada@attribution.example'))[0]).toBe('unknown_person');
  });

  it('by an account of the organization is for its people, or for the members of the team that is named', async () => {
    const { parts, whole, vision } = await setUp();
    expect(await attribute(parts, whole, claim('bob@attribution.example'))).toMatchObject({ kind: 'attributed' });
    expect(await attribute(parts, whole, claim('bob@attribution.example'), vision)).toMatchObject({
      ...{ kind: 'refused', reason: 'not_in_team' },
    });
  });

  it('tells people of the same name apart by the team, or not at all', async () => {
    const { organization, parts, team, whole, vision } = await setUp();
    const ids: string[] = [];
    for (const name of ['Okta', 'Entra']) {
      const connection = await organization.connection(name);
      ids.push(await organization.managed(connection, { userName: 'twin' }));
    }
    expect(await attribute(parts, whole, claim('twin'))).toMatchObject({ kind: 'refused', reason: 'ambiguous' });
    await organization.run(async (work) => {
      const person = await parts.store.persons.find(work.db, organization.id, ids[0] ?? '');
      const origin = { origin: 'admin', ruleId: null, connectionId: null, groupId: null } as const;
      if (person !== undefined)
        await giveRoles(
          parts,
          work,
          [cardOf(person)],
          [{ scope: 'team', teamId: vision, teamName: 'vision', role: 'viewer', ...origin }],
        );
    });
    expect(await attribute(parts, team, claim('twin'))).toMatchObject({ kind: 'attributed', person: { id: ids[0] } });
  });

  it('is not for people: they act for themselves', async () => {
    const { parts, ada } = await setUp();
    await expect(attribute(parts, ada, claim('bob@attribution.example'))).rejects.toMatchObject({ code: 'forbidden' });
  });
});
