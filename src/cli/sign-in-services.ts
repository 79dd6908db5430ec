/** The verbs about signing in, over the core. */

import { findOrganization } from '../directory/connections/organizations.ts';
import { endOtherSessions, listSessions } from '../directory/entry/sessions.ts';
import { readSignInRules, setSignInRules } from '../directory/entry/sign-in-grants.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { actorOf, operatorOf } from '../directory/principal.ts';
import { findPerson } from '../directory/roles/explain.ts';
import { runWork } from '../directory/work.ts';
import { parseRules } from '../mapping/rule.ts';
import type { SignInServices } from './sign-in-contract.ts';

/** The command line does not know the idle limit of the servers: it shows every session that has not run out. */
const ANY_IDLE = { lengthMs: 0, idleMs: Number.MAX_SAFE_INTEGER };

export function createSignInServices(directory: DirectoryParts): SignInServices {
  const { store } = directory;

  async function operatorIn(name: string) {
    const { id: organizationId } = await findOrganization(directory, name);
    const operator = operatorOf(organizationId);
    return { operator, context: { organizationId, actor: actorOf(operator), exchangeId: null } };
  }

  return {
    async rules(organization) {
      const { id } = await findOrganization(directory, organization);
      const { rules } = await readSignInRules(directory, store.reader, id);
      return { rules };
    },
    async setRules(organization, document) {
      const rules = parseRules(document);
      const { operator, context } = await operatorIn(organization);
      await runWork(directory, context, (work) => setSignInRules(directory, work, operator, rules));
    },
    async sessions({ organization, person }) {
      const { operator } = await operatorIn(organization);
      const user = await findPerson(directory, operator.organizationId, person);
      return listSessions(directory, ANY_IDLE, operator, user.id);
    },
    async endSessions({ organization, person }) {
      const { operator, context } = await operatorIn(organization);
      const { id, organizationId, displayName, userName } = await findPerson(
        directory,
        operator.organizationId,
        person,
      );
      const owner = { id, organizationId, name: displayName ?? userName };
      return runWork(directory, context, (work) => endOtherSessions(directory, work, operator, owner, null));
    },
  };
}
