/**
 * Runs that begin anew although nobody saved rules: a custom role came or went that a rule takes from a group's name, or a
 * large group got another name. A worker takes every step, so that what causes the run stays short.
 */
import { AppError } from '../../errors.ts';
import { canCapture } from '../../mapping/captured-role.ts';
import type { WantedGrant } from '../../mapping/resolve.ts';
import { type MappingRule, parseStoredRules } from '../../mapping/rule.ts';
import type { Subject } from '../../synclog/change.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { Connection } from '../connections/connection.ts';
import type { Group } from '../groups/group.ts';
import type { DirectoryParts } from '../parts.ts';
import type { CustomRole } from '../roles/custom-role.ts';
import type { Work } from '../work.ts';
import { type AdminAfter, adminAfter } from './admin-after.ts';
import { beginRun, markRun } from './rule-begin.ts';
import type { RuleRun } from './rule-run.ts';
import { alignPeople, scopeOf } from './rule-steps.ts';

/** In the transaction of the role's change, after the versions of the connections were moved. */
export async function rerunRulesThatCapture(
  parts: DirectoryParts,
  work: Work,
  role: CustomRole,
  happened: 'made' | 'deleted',
): Promise<void> {
  const related: Subject = { type: 'role', id: role.id, name: role.name };
  const because = `the custom role ${role.name} was ${happened}`;
  for (const { connection } of await rulesCapturing(parts, work.db, role)) {
    await leaveToWorker(parts, work, await beginRun(parts, work, connection), { connection, related, because });
  }
}

/**
 * In the transaction of the new name, after it was stored.
 * @throws AppError `last_admin` when the old name made the last admin and the new one makes nobody
 */
export async function rerunRulesOfRenamed(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  group: Group,
  formerName: string,
): Promise<void> {
  const { store } = parts;
  const rules = await parts.rules.of(work.db, connection.id);
  const begun = await beginRun(parts, work, connection);
  const run = rules.grantsOfGroup({ displayName: formerName }).some(makesAdmin)
    ? await keepAdmin(parts, work, begun, await adminAfter(store, work.db, scopeOf(begun), rules))
    : begun;
  const related: Subject = { type: 'group', id: group.id, name: group.displayName };
  const because = `the group ${formerName} is now called ${group.displayName}`;
  await leaveToWorker(parts, work, run, { connection, related, because });
}

function makesAdmin({ scope, role }: WantedGrant): boolean {
  return scope === 'organization' && role === 'admin';
}

async function keepAdmin(parts: DirectoryParts, work: Work, run: RuleRun, after: AdminAfter): Promise<RuleRun> {
  if (after.kind === 'none') throw new AppError('last_admin');
  return after.kind === 'heir' ? alignPeople(parts, work, run, [after.person.id]) : run;
}

async function leaveToWorker(
  parts: DirectoryParts,
  work: Work,
  run: RuleRun,
  cause: { readonly connection: Connection; readonly related: Subject; readonly because: string },
): Promise<void> {
  const { connection, related, because } = cause;
  await parts.store.ruleRuns.save(work.db, run);
  await markRun(parts, work, run);
  const subject: Subject = { type: 'connection', id: connection.id, name: connection.name };
  work.changes.push({ kind: 'connection.rules_rerun', subject, related, after: { because } });
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
