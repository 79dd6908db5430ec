/** The verbs for API keys over the core, whether or not a server runs: the first key of an automation comes from here. */

import { findOrganization } from '../directory/connections/organizations.ts';
import { createServiceKey, listPersonalKeys, listServiceKeys, revokeKey } from '../directory/keys/api-keys.ts';
import { createServiceAccount, listServiceAccounts } from '../directory/keys/service-accounts.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { foldCase } from '../directory/people/user.ts';
import { operatorOf } from '../directory/principal.ts';
import { findHeirRef } from '../directory/removals/handovers.ts';
import { findPerson } from '../directory/roles/explain.ts';
import { AppError } from '../errors.ts';
import type { KeyLine, KeyServices } from './people-contract.ts';
import { asOperator } from './people-services.ts';

const DAY_MS = 86_400_000;

export function createKeyServices(directory: DirectoryParts): KeyServices {
  const { store } = directory;
  return {
    async create(name, { account: accountName, team, name: keyName, scopes, expiresInDays }) {
      const { id: organizationId } = await findOrganization(directory, name);
      const teamId = team === undefined ? null : (await findHeirRef(directory, organizationId, 'team', team)).id;
      return asOperator(directory, name, async (work, operator) => {
        const known = await store.serviceAccounts.findByName(work.db, organizationId, foldCase(accountName));
        if (known !== undefined && known.teamId !== teamId) {
          throw new AppError('conflict', `The service account ${accountName} is not of that team or organization.`);
        }
        const account = known ?? (await createServiceAccount(directory, work, operator, { name: accountName, teamId }));
        const expiresAt = expiresInDays === undefined ? null : work.at + expiresInDays * DAY_MS;
        const input = { name: keyName, scopes, expiresAt };
        const { key, secret } = await createServiceKey(directory, work, operator, account.id, input);
        return { key: { ...key, owner: account.name }, secret };
      });
    },
    async list(name, person) {
      const { id } = await findOrganization(directory, name);
      const operator = operatorOf(id);
      if (person !== undefined) {
        const user = await findPerson(directory, id, person);
        const keys = await listPersonalKeys(directory, operator, user.id);
        return keys.map((key) => ({ ...key, owner: user.userName }));
      }
      const lines: KeyLine[] = [];
      for (const account of await listServiceAccounts(directory, operator)) {
        for (const key of await listServiceKeys(directory, operator, account.id))
          lines.push({ ...key, owner: account.name });
      }
      return lines;
    },
    revoke: (name, id) => asOperator(directory, name, (work, operator) => revokeKey(directory, work, operator, id)),
  };
}
