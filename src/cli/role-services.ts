/** What `role <verb>` does, over the core. */

import { findOrganization } from '../directory/connections/organizations.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { actorOf, operatorOf, type Principal } from '../directory/principal.ts';
import type { CustomRole } from '../directory/roles/custom-role.ts';
import { deleteCustomRole, effectOfDeletion } from '../directory/roles/custom-role-deletion.ts';
import { createCustomRole, findCustomRole, listCustomRoles } from '../directory/roles/custom-roles.ts';
import { runWork } from '../directory/work.ts';
import type { RunRules } from './save-rules.ts';
import type { RoleServices, RoleSummary } from './services.ts';

/** @param runRules applies again the rules that mean a role by a group's name, whether or not a server runs */
export function createRoleServices(directory: DirectoryParts, runRules: RunRules): RoleServices {
  const { store } = directory;
  const operatorIn = async (organization: string): Promise<Principal> =>
    operatorOf((await findOrganization(directory, organization)).id);
  const contextOf = (operator: Principal) => ({
    organizationId: operator.organizationId,
    actor: actorOf(operator),
    exchangeId: null,
  });

  async function summaryOf(role: CustomRole): Promise<RoleSummary> {
    const { id, name, description, inherits, permissions } = role;
    const holders = await store.customRoles.countHolders(store.reader, role);
    return { id, name, description, inherits, permissions, ...holders };
  }

  return {
    async list(organization) {
      const roles = await listCustomRoles(directory, store.reader, await operatorIn(organization));
      return Promise.all(roles.map(summaryOf));
    },
    async create(organization, input) {
      const operator = await operatorIn(organization);
      const role = await runWork(directory, contextOf(operator), (work) =>
        createCustomRole(directory, work, operator, input),
      );
      await runRules();
      return summaryOf(role);
    },
    async delete(organization, role, { preview }) {
      const operator = await operatorIn(organization);
      const found = await findCustomRole(directory, store.reader, operator, role);
      const page = { afterGrantId: '', limit: 1 };
      const { captured } = await effectOfDeletion(directory, store.reader, operator, found, page);
      const before = { ...(await summaryOf(found)), captured };
      if (!preview) {
        await runWork(directory, contextOf(operator), (work) => deleteCustomRole(directory, work, operator, { role }));
        await runRules();
      }
      return before;
    },
  };
}
