/** Real API keys, of a service account of the organization and of an admin whom nobody manages. */
import { createPersonalKey, createServiceKey } from '../../src/directory/keys/api-keys.ts';
import { operatorOf, type Scope } from '../../src/directory/principal.ts';
import { giveRoles } from '../../src/directory/roles/grants.ts';
import { runWork } from '../../src/directory/work.ts';
import type { TestBridge } from './bridge.ts';

let made = 0;

export async function makeServiceKey(
  { core }: TestBridge,
  options: { readonly organizationId?: string; readonly scopes?: readonly Scope[]; readonly expiresAt?: number } = {},
): Promise<{ readonly secret: string; readonly keyId: string; readonly organizationId: string }> {
  const { directory, store } = core;
  const organizationId = options.organizationId ?? (await store.organizations.find(store.reader, 'default'))?.id ?? '';
  const principal = operatorOf(organizationId);
  const context = { organizationId, actor: { kind: 'cli', id: null, name: 'test' }, exchangeId: null } as const;
  made += 1;
  const account = { id: directory.newId(), organizationId, teamId: null, name: `script ${made}` };
  return runWork(directory, context, async (work) => {
    await store.serviceAccounts.insert(work.db, { ...account, createdAt: work.at, removedAt: null });
    const input = {
      name: 'test',
      scopes: options.scopes ?? ['everything' as const],
      expiresAt: options.expiresAt ?? null,
    };
    const { key, secret } = await createServiceKey(directory, work, principal, account.id, input);
    return { secret, keyId: key.id, organizationId };
  });
}

/** An admin whom no connection manages, and a key of theirs. */
export async function makeAdmin(
  { core }: TestBridge,
  userName: string,
): Promise<{ readonly id: string; readonly secret: string }> {
  const { directory, store } = core;
  const organizationId = (await store.organizations.find(store.reader, 'default'))?.id ?? '';
  const principal = { ...operatorOf(organizationId), kind: 'user', id: directory.newId(), name: userName } as const;
  const context = { organizationId, actor: { kind: 'cli', id: null, name: 'test' }, exchangeId: null } as const;
  return runWork(directory, context, async (work) => {
    const { id } = principal;
    const base = { id, organizationId, connectionId: null, externalId: null, attributes: JSON.stringify({ userName }) };
    const names = { userName, displayName: userName, displayNameKey: null, emails: [] };
    const state = { active: true, role: 'member' as const, version: 1, createdAt: work.at, updatedAt: work.at };
    await store.users.insert(work.db, { ...base, ...names, ...state });
    const card = { id, organizationId, userName, name: userName, externalId: null, email: null, active: true };
    const admin = { scope: 'organization', teamId: null, teamName: null, role: 'admin', origin: 'setup' } as const;
    const byNobody = { ruleId: null, connectionId: null, groupId: null };
    await giveRoles(directory, work, [{ ...card, role: 'member' }], [{ ...admin, ...byNobody }]);
    const input = { name: 'test', scopes: ['everything' as const], expiresAt: null };
    const { secret } = await createPersonalKey(directory, work, principal, id, input);
    return { id, secret };
  });
}
