/** What an admin may set for the whole organization. */
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';

export interface OrganizationSettings {
  /** Whether somebody nobody knows is created at their first sign-in. The environment may forbid it all the same. */
  readonly provisionOnSignIn: boolean;
  /** Grows with each change. */
  readonly version: number;
}

/** What is left out stays as it is. */
export interface SettingsChange {
  readonly provisionOnSignIn?: boolean | undefined;
}

/** What was never set stands as its default; keys of a later version of Drawbridge stay. */
const stored = z.looseObject({ provisionOnSignIn: z.boolean().default(true), version: z.int().default(1) });

export async function readSettings(
  { store }: Pick<DirectoryParts, 'store'>,
  db: Handle,
  organizationId: string,
): Promise<OrganizationSettings> {
  const { provisionOnSignIn, version } = await readStored({ store }, db, organizationId);
  return { provisionOnSignIn, version };
}

async function readStored({ store }: Pick<DirectoryParts, 'store'>, db: Handle, organizationId: string) {
  return stored.parse(JSON.parse(await store.organizations.settings(db, organizationId)));
}

/**
 * @param check called with the version that is there, before anything is changed
 * @throws AppError `not_found`, and what `check` throws
 */
export async function changeSettings(
  parts: DirectoryParts,
  work: Work,
  change: SettingsChange,
  check: (version: number) => void,
): Promise<OrganizationSettings> {
  const { store } = parts;
  const { organizationId } = work.context;
  await store.organizations.lock(work.db, organizationId);
  const organization = await store.organizations.find(work.db, organizationId);
  if (organization === undefined) throw new AppError('not_found', 'There is no such organization.');
  const before = await readStored(parts, work.db, organizationId);
  check(before.version);
  const { provisionOnSignIn = before.provisionOnSignIn } = change;
  if (provisionOnSignIn === before.provisionOnSignIn) return before;
  const after = { ...before, provisionOnSignIn, version: before.version + 1 };
  await store.organizations.setSettings(work.db, organizationId, JSON.stringify(after));
  work.changes.push({
    kind: 'organization.changed',
    subject: { type: 'organization', id: organizationId, name: organization.name },
    before: { provisionOnSignIn: before.provisionOnSignIn },
    after: { provisionOnSignIn },
  });
  return after;
}
