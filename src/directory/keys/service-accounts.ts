/**
 * Service accounts: non-people with API keys, of a team or of the organization. They take no seat and hold no grants: what they may do
 * stands in the policy table, narrowed by the scopes of their keys.
 *
 * Owns: making, listing and removing them. Does not own: their keys (api-keys.ts), in whose name they act (attribution.ts).
 */
import { AppError } from '../../errors.ts';
import type { Subject } from '../../synclog/change.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import { foldCase } from '../people/user.ts';
import { authorize, type PolicySubject } from '../policy.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';
import { endKeysOf } from './api-keys.ts';
import type { ServiceAccount } from './service-account.ts';

export interface NewServiceAccount {
  readonly name: string;
  /** Null: of the organization. */
  readonly teamId: string | null;
}

const NAME_MAX = 100;

const subjectOfTeam = (teamId: string | null): PolicySubject => (teamId === null ? {} : { teamId });

/** @throws AppError `forbidden`, `invalid_value`, `not_found` for the team, `conflict` when it is archived, `uniqueness` */
export async function createServiceAccount(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  { name: given, teamId }: NewServiceAccount,
): Promise<ServiceAccount> {
  authorize(principal, 'service_accounts.create', subjectOfTeam(teamId));
  const name = given.trim();
  if (name === '' || name.length > NAME_MAX) {
    throw new AppError('invalid_value', `A service account needs a name of at most ${NAME_MAX} characters.`);
  }
  const { organizationId } = work.context;
  const related = teamId === null ? organization(organizationId) : await teamOf(parts, work, teamId);
  await parts.store.organizations.lock(work.db, organizationId);
  if ((await parts.store.serviceAccounts.findByName(work.db, organizationId, foldCase(name))) !== undefined) {
    throw new AppError('uniqueness', `There is a service account named "${name}" already.`);
  }
  if (await isNameOfPerson(parts, work.db, organizationId, name)) {
    throw new AppError('uniqueness', `"${name}" is the name or address of a person. Give the service account another.`);
  }
  const account = { id: parts.newId(), organizationId, teamId, name, createdAt: work.at, removedAt: null };
  await parts.store.serviceAccounts.insert(work.db, account);
  work.changes.push({ kind: 'service_account.created', subject: subjectOf(account), related, after: { name } });
  return account;
}

/**
 * Whether somebody has, or had, this user name or address. A tracker is told who asks by name: an account that is
 * called like a person would be that person there, and an admin of a team may make one.
 */
export async function isNameOfPerson(
  { store }: DirectoryParts,
  db: Handle,
  organizationId: string,
  name: string,
): Promise<boolean> {
  const key = foldCase(name);
  const byName = await store.persons.ofUserName(db, organizationId, key);
  return byName.length > 0 || (await store.persons.ofEmail(db, organizationId, key)).length > 0;
}

async function teamOf({ store }: DirectoryParts, { db, context }: Work, id: string): Promise<Subject> {
  const team = await store.teams.find(db, context.organizationId, id);
  if (team === undefined) throw new AppError('not_found', 'There is no such team in this organization.');
  if (team.archivedAt !== null) throw new AppError('conflict', `The team ${team.name} is archived.`);
  return { type: 'team', id, name: team.name };
}

/**
 * By name.
 * @param teamId of one team; null: of the organization itself; without it: all
 * @throws AppError `forbidden`
 */
export async function listServiceAccounts(
  { store }: DirectoryParts,
  principal: Principal,
  teamId?: string | null,
): Promise<readonly ServiceAccount[]> {
  authorize(principal, 'service_accounts.list', subjectOfTeam(teamId ?? null));
  return store.serviceAccounts.list(store.reader, principal.organizationId, teamId);
}

/** @throws AppError `forbidden`, `not_found` */
export async function readServiceAccount(
  { store }: DirectoryParts,
  principal: Principal,
  id: string,
): Promise<ServiceAccount> {
  const account = await store.serviceAccounts.find(store.reader, principal.organizationId, id);
  authorize(principal, 'service_accounts.list', subjectOfTeam(account?.teamId ?? null));
  if (account === undefined || account.removedAt !== null) throw noSuchAccount();
  return account;
}

/** Ends all its keys. What it did stays in the change log under its name. @throws AppError `forbidden`, `not_found` */
export async function removeServiceAccount(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  id: string,
): Promise<void> {
  const account = await parts.store.serviceAccounts.lock(work.db, work.context.organizationId, id);
  authorize(principal, 'service_accounts.remove', subjectOfTeam(account?.teamId ?? null));
  if (account === undefined || account.removedAt !== null) throw noSuchAccount();
  await parts.store.serviceAccounts.markRemoved(work.db, id, work.at);
  await endKeysOf(parts, work, { kind: 'service_account', id, name: account.name });
  work.changes.push({ kind: 'service_account.removed', subject: subjectOf(account), before: { name: account.name } });
}

function noSuchAccount(): AppError {
  return new AppError('not_found', 'There is no such service account in this organization.');
}

function subjectOf({ id, name }: ServiceAccount): Subject {
  return { type: 'service_account', id, name };
}

function organization(id: string): Subject {
  return { type: 'organization', id, name: 'the organization' };
}
