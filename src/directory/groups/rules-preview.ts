/** What new mapping rules would do, and what they did: who gains and loses which role. */
import { type MappingRule, parseRules } from '../../mapping/rule.ts';
import type { NewChange } from '../../synclog/change.ts';
import type { Context } from '../actor.ts';
import type { Connection } from '../connections/connection.ts';
import { setRules } from '../connections/connections.ts';
import type { DirectoryParts } from '../parts.ts';
import { runWork } from '../work.ts';

export interface RoleChange {
  readonly user: string;
  readonly scope: 'organization' | 'team';
  readonly team: string | null;
  readonly role: string;
}

export interface RulesEffect {
  readonly gains: readonly RoleChange[];
  readonly losses: readonly RoleChange[];
  readonly counts: { readonly gains: number; readonly losses: number; readonly users: number };
}

/** A rules document, which may give the organization's custom roles. @throws AppError `invalid_value` */
export async function parseRulesFor(
  { store }: DirectoryParts,
  organizationId: string,
  document: unknown,
): Promise<readonly MappingRule[]> {
  const roles = await store.customRoles.list(store.reader, organizationId);
  return parseRules(
    document,
    roles.map((role) => role.name),
  );
}

/** Thrown to take a preview back. */
class PreviewDone extends Error {}

/** A preview is the change itself, taken back: what it tells is what would happen. */
export async function previewRules(
  parts: DirectoryParts,
  context: Context,
  connection: Connection,
  rules: readonly MappingRule[],
): Promise<RulesEffect> {
  let changes: readonly NewChange[] = [];
  const run = runWork(
    parts,
    context,
    async (work) => {
      await setRules(parts, work, connection, rules);
      changes = work.changes;
      throw new PreviewDone();
    },
    connection.id,
  );
  await run.catch((error: unknown) => {
    if (!(error instanceof PreviewDone)) throw error;
  });
  return effectOf(changes);
}

/** The grants among the changes of setting rules. */
export function effectOf(changes: readonly NewChange[]): RulesEffect {
  const gains = changes.filter((change) => change.kind === 'grant.added').map(toRoleChange);
  const losses = changes.filter((change) => change.kind === 'grant.removed').map(toRoleChange);
  const grants = changes.filter((change) => change.kind.startsWith('grant.'));
  const users = new Set(grants.map((change) => change.subject.id));
  return { gains, losses, counts: { gains: gains.length, losses: losses.length, users: users.size } };
}

function toRoleChange({ subject, related, after }: NewChange): RoleChange {
  const grant = after?.grant as { role?: unknown } | undefined;
  const team = related?.type === 'team' ? related.name : null;
  return {
    user: subject.name,
    scope: team === null ? 'organization' : 'team',
    team,
    role: String(grant?.role ?? ''),
  };
}
