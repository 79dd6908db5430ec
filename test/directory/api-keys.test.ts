/** Keys of people and of service accounts: who makes them, who they are, and how they end. */
import { expect, it } from 'vitest';
import {
  authenticateKey,
  createPersonalKey,
  createServiceKey,
  listPersonalKeys,
  type NewApiKey,
  revokeKey,
} from '../../src/directory/keys/api-keys.ts';
import { deleteUser, updateUser } from '../../src/directory/people/users.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { hashSecret } from '../../src/directory/secret.ts';
import { AppError } from '../../src/errors.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const KEY: NewApiKey = { name: 'laptop', scopes: ['everything'], expiresAt: null };
const HOUR = 3_600_000;

function makeKey(organization: TestOrganization, owner: Principal, input: Partial<NewApiKey> = {}) {
  const given = { ...KEY, ...input };
  return organization.run((work) => createPersonalKey(organization.parts, work, owner, owner.id ?? '', given), owner);
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.catch((error: unknown) => error);
  return outcome instanceof AppError ? outcome.code : 'accepted';
}

describeDirectory('API keys', (directory) => {
  it('sign in as their owner, with the roles that they hold now and the scopes of the key', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@keys.example', 'viewer');
    const vision = await organization.team('vision', { admin: [ada] });
    const { secret } = await makeKey(organization, ada, { scopes: ['read', 'teams'] });
    const principal = await authenticateKey(organization.parts, secret);
    expect(principal).toMatchObject({ kind: 'user', id: ada.id, name: 'ada@keys.example', role: 'viewer' });
    expect([...(principal as Principal).teams]).toEqual([[vision, 'admin']]);
    expect([...(principal as Principal).scopes]).toEqual(['read', 'teams']);
  });

  it('are stored by hash only, and listed with their last four characters', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@keys.example');
    const { secret, key } = await makeKey(organization, ada);
    expect(secret).toMatch(/^drawbridge_key_[\w-]{43}$/);
    const { store } = organization.parts;
    expect(await store.apiKeys.findByHash(store.reader, secret)).toBeUndefined();
    expect((await store.apiKeys.findByHash(store.reader, hashSecret(secret)))?.id).toBe(key.id);
    const [listed] = await listPersonalKeys(organization.parts, ada, ada.id ?? '');
    expect(listed?.hint).toBe(secret.slice(-4));
    expect(JSON.stringify(listed)).not.toContain(secret);
  });

  it('end at their expiry, which is told from a key that was revoked and from one that never was', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@keys.example');
    const { clock } = directory();
    const { secret } = await makeKey(organization, ada, { expiresAt: clock.now + HOUR });
    expect(await authenticateKey(organization.parts, secret)).toMatchObject({ id: ada.id });
    clock.now += HOUR;
    expect(await authenticateKey(organization.parts, secret)).toMatchObject({ code: 'token_expired' });
    const other = await makeKey(organization, ada);
    await organization.run((work) => revokeKey(organization.parts, work, ada, other.key.id), ada);
    expect(await authenticateKey(organization.parts, other.secret)).toMatchObject({ code: 'token_revoked' });
    expect(await authenticateKey(organization.parts, `${other.secret}x`)).toMatchObject({ code: 'unauthorized' });
  });

  it('note their last use, to the minute', async () => {
    const organization = await directory().organization();
    const { clock } = directory();
    const ada = await organization.person('ada@keys.example');
    const { secret, key } = await makeKey(organization, ada);
    const lastUse = async () => {
      await authenticateKey(organization.parts, secret);
      const { store } = organization.parts;
      const person = await store.persons.find(store.reader, organization.id, ada.id ?? '');
      const found = await store.apiKeys.find(store.reader, organization.id, key.id);
      return [found?.lastUsedAt, person?.lastSeenAt];
    };
    const first = clock.now;
    expect(await lastUse()).toEqual([first, first]);
    clock.now += 59_000;
    expect(await lastUse()).toEqual([first, first]);
    clock.now += 1_000;
    expect(await lastUse()).toEqual([clock.now, clock.now]);
  });

  it('are at most 100 that can be used', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@keys.example');
    const made = await organization.run(async (work) => {
      const keys = [];
      for (let n = 0; n < 99; n += 1)
        keys.push(await createPersonalKey(organization.parts, work, ada, ada.id ?? '', KEY));
      return keys;
    });
    const outcomes = await Promise.all([1, 2, 3].map(() => codeOf(makeKey(organization, ada))));
    expect(outcomes.toSorted()).toEqual(['accepted', 'conflict', 'conflict']);
    await organization.run((work) => revokeKey(organization.parts, work, ada, made[0]?.key.id ?? ''), ada);
    expect(await codeOf(makeKey(organization, ada))).toBe('accepted');
  });

  it.each([
    ['no name', { name: ' ' }],
    ['a name that is too long', { name: 'x'.repeat(101) }],
    ['no scope', { scopes: [] }],
    ['an expiry in the past', { expiresAt: 1 }],
  ])('are refused with %s', async (_what, input) => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@keys.example');
    expect(await codeOf(makeKey(organization, ada, input))).toBe('invalid_value');
  });

  it('of somebody else can be revoked by an admin, and made by nobody', async () => {
    const organization = await directory().organization();
    const [ada, bob] = [await organization.person('ada@keys.example'), await organization.person('bob@keys.example')];
    const admin = await organization.person('eve@keys.example', 'admin');
    const { key, secret } = await makeKey(organization, ada);
    const { parts } = organization;
    expect(await codeOf(organization.run((work) => revokeKey(parts, work, bob, key.id), bob))).toBe('forbidden');
    expect(await codeOf(listPersonalKeys(parts, bob, ada.id ?? ''))).toBe('forbidden');
    const forAda = (work: Parameters<typeof createPersonalKey>[1]) =>
      createPersonalKey(parts, work, admin, ada.id ?? '', KEY);
    expect(await codeOf(organization.run(forAda, admin))).toBe('forbidden');
    await organization.run((work) => revokeKey(parts, work, admin, key.id), admin);
    expect(await authenticateKey(parts, secret)).toMatchObject({ code: 'token_revoked' });
  });

  it('of another organization do not exist', async () => {
    const [one, two] = [await directory().organization(), await directory().organization()];
    const ada = await one.person('ada@keys.example');
    const stranger = await two.person('eve@keys.example', 'admin');
    const { key } = await makeKey(one, ada);
    expect(await codeOf(two.run((work) => revokeKey(two.parts, work, stranger, key.id), stranger))).toBe('not_found');
    expect(await codeOf(listPersonalKeys(two.parts, stranger, ada.id ?? ''))).toBe('not_found');
  });

  it('end in the transaction that deactivates or deletes their owner, and stay ended when they return', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const okta = await organization.connection();
    const scope = { organizationId: organization.id, connectionId: okta.id };
    for (const end of ['deactivate', 'delete'] as const) {
      const attributes = { userName: `${end}@keys.example`, active: true };
      const owner = await organization.principal(await organization.managed(okta, attributes));
      const { secret } = await makeKey(organization, owner);
      const change = (active: boolean) =>
        organization.run(async (work) => {
          const user = await parts.store.users.lock(work.db, scope, owner.id ?? '');
          if (user === undefined) throw new Error('gone');
          if (end === 'delete') await deleteUser(parts, work, okta, user);
          else await updateUser(parts, work, okta, user, { ...attributes, active });
          return work.changes.map(({ kind }) => kind);
        });
      expect(await change(false)).toContain('api_key.revoked');
      if (end === 'deactivate') await change(true);
      expect(await authenticateKey(parts, secret)).toMatchObject({ code: 'token_revoked' });
    }
  });

  it('cannot be made for somebody without access, nor slip in while access ends', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const okta = await organization.connection();
    const attributes = { userName: 'race@keys.example', active: true };
    const owner = await organization.principal(await organization.managed(okta, attributes));
    const scope = { organizationId: organization.id, connectionId: okta.id };
    const deactivate = organization.run(async (work) => {
      const user = await parts.store.users.lock(work.db, scope, owner.id ?? '');
      if (user !== undefined) await updateUser(parts, work, okta, user, { ...attributes, active: false });
    });
    const makings = Array.from({ length: 8 }, () => makeKey(organization, owner).catch(() => undefined));
    const [made] = await Promise.all([Promise.all(makings), deactivate]);
    const keys = await parts.store.apiKeys.ofOwner(parts.store.reader, owner.id ?? '');
    expect(keys.filter((key) => key.revokedAt === null)).toEqual([]);
    expect(keys).toHaveLength(made.filter((one) => one !== undefined).length);
    expect(await codeOf(makeKey(organization, owner))).toBe('conflict');
  });

  it('that is revoked while it is used is refused from then on', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const ada = await organization.person('ada@keys.example');
    const { secret, key } = await makeKey(organization, ada);
    let revokedAt = Number.POSITIVE_INFINITY;
    const late: string[] = [];
    const use = async () => {
      for (let n = 0; n < 40; n += 1) {
        const startedAt = performance.now();
        const outcome = await authenticateKey(parts, secret);
        if (!(outcome instanceof AppError) && startedAt > revokedAt) late.push('let in');
      }
    };
    const revoke = async () => {
      await organization.run((work) => revokeKey(parts, work, ada, key.id), ada);
      revokedAt = performance.now();
    };
    await Promise.all([use(), use(), use(), revoke()]);
    expect(late).toEqual([]);
    expect(await authenticateKey(parts, secret)).toMatchObject({ code: 'token_revoked' });
  });

  it('of a service account act in its place', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const teamId = await organization.team('vision');
    const insert = (id: string, ofTeam: string | null) =>
      parts.store.write((db) =>
        parts.store.serviceAccounts.insert(db, {
          ...{ id, organizationId: organization.id, teamId: ofTeam, name: id, createdAt: 1, removedAt: null },
        }),
      );
    await insert(`ci-${organization.id}`, teamId);
    await insert(`sync-${organization.id}`, null);
    const keyOf = (id: string) =>
      organization.run((work) => createServiceKey(parts, work, organization.operator, id, KEY));
    const ci = await authenticateKey(parts, (await keyOf(`ci-${organization.id}`)).secret);
    expect(ci).toMatchObject({ kind: 'service_account', role: 'none', teams: new Map([[teamId, 'service']]) });
    const sync = await authenticateKey(parts, (await keyOf(`sync-${organization.id}`)).secret);
    expect(sync).toMatchObject({ kind: 'service_account', role: 'service', teams: new Map() });
  });
});
