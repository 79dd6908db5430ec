/**
 * Mapping rules of each connection, compiled once per version. The version is read inside the transaction, so that a
 * rule that another process changed a moment ago is never missed. It grows with the organization's custom roles, too.
 */
import { type CompiledRules, compileRules } from '../../mapping/resolve.ts';
import { parseStoredRules } from '../../mapping/rule.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { CustomRoleStore } from '../roles/custom-role.ts';
import type { ConnectionStore } from '../store.ts';

export interface RuleBook {
  of(db: Handle, connectionId: string): Promise<CompiledRules>;
}

/** @param capacity how many connections' rules are kept compiled */
export function createRuleBook(
  { connections, customRoles }: { readonly connections: ConnectionStore; readonly customRoles: CustomRoleStore },
  capacity = 256,
): RuleBook {
  const compiled = new Map<string, { readonly version: number; readonly rules: CompiledRules }>();
  return {
    async of(db, connectionId) {
      const version = await connections.version(db, connectionId);
      const known = compiled.get(connectionId);
      if (known?.version === version) return known.rules;
      const names = await customRoles.namesForConnection(db, connectionId);
      const rules = compileRules(parseStoredRules(await connections.rules(db, connectionId)), names);
      if (compiled.size >= capacity) compiled.clear();
      compiled.set(connectionId, { version, rules });
      return rules;
    },
  };
}
