/**
 * Runs that begin anew although nobody saved rules: a custom role came or went, and a rule that takes the role from a
 * group's name gives something else from then on. A worker takes every step: making or deleting a role stays short.
 */
import { canCapture } from '../../mapping/captured-role.ts';
import { type MappingRule, parseStoredRules } from '../../mapping/rule.ts';
import type { Subject } from '../../synclog/change.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import type { CustomRole } from '../roles/custom-role.ts';
import type { Work } from '../work.ts';
import { beginRun, markRun } from './rule-begin.ts';

/** In the transaction of the role's change, after the versions of the connections were moved. */
export async function rerunRulesThatCapture(
  parts: DirectoryParts,
  work: Work,
  role: CustomRole,
  happened: 'made' | 'deleted',
): Promise<void> {
  const related: Subject = { type: 'role', id: role.id, name: role.name };
  for (const { connection } of await rulesCapturing(parts, work.db, role)) {
    const run = await beginRun(parts, work, connection);
    await parts.store.ruleRuns.save(work.db, run);
    await markRun(parts, work, run);
    work.changes.push({
      kind: 'connection.rules_rerun',
      subject: { type: 'connection', id: connection.id, name: connection.name },
      related,
      after: { because: `the custom role ${role.name} was ${happened}` },
    });
  }
}

/** Connections with rules that would give the role by a capture, and those rules. */
export async function rulesCapturing(
  { store }: DirectoryParts,
  db: Handle,
  { organizationId, name }: CustomRole,
): Promise<readonly { readonly connection: Connection; readonly rules: readonly MappingRule[] }[]> {
  const found: { connection: Connection; rules: readonly MappingRule[] }[] = [];
  for (const connection of await store.connections.list(db, organizationId)) {
    const all = parseStoredRules(await store.connections.rules(db, connection.id));
    const rules = all.filter((rule) => canCapture(rule, name));
    if (rules.length > 0) found.push({ connection, rules });
  }
  return found;
}
