/**
 * What new mapping rules would do: who gains and loses which role, which teams would be made, whether they would be refused.
 * Reads what is committed, a page at a time, and keeps nobody from writing.
 */
import { AppError } from '../../errors.ts';
import { compileRules } from '../../mapping/resolve.ts';
import { type MappingRule, parseRules } from '../../mapping/rule.ts';
import type { NewChange } from '../../synclog/change.ts';
import type { Connection } from '../connections/connection.ts';
import { pagesOf } from '../pages.ts';
import type { DirectoryParts } from '../parts.ts';
import { adminAfter } from './admin-after.ts';
import { foreseeTeams } from './foreseen-teams.ts';
import { eachGroup } from './group-walk.ts';
import { createRuleReader, type PersonDifference } from './person-differences.ts';

export interface RoleChange {
  readonly user: string;
  readonly scope: 'organization' | 'team';
  readonly team: string | null;
  readonly role: string;
}

export interface RulesEffect {
  /** The first SHOWN_MAX; counts has them all. */
  readonly gains: readonly RoleChange[];
  readonly losses: readonly RoleChange[];
  readonly counts: { readonly gains: number; readonly losses: number; readonly users: number };
  /** Teams that are made for it; names of the first SHOWN_MAX. */
  readonly newTeams: { readonly count: number; readonly names: readonly string[] };
  /** Why saving these rules would be refused; null where it would not. */
  readonly refusal: string | null;
}

/** What new rules would do. */
export interface ForeseenRulesEffect extends RulesEffect {
  /** Groups that a rule is about and whose members get nothing by it all the same, in words; the first SHOWN_MAX. */
  readonly warnings: { readonly count: number; readonly texts: readonly string[] };
}

/** As many of each kind as somebody may want to look through. */
export const SHOWN_MAX = 200;
const PAGE = 500;

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

/**
 * @param signal whoever asked has gone: nobody wants to know any more
 * @throws AppError `invalid_value` for a rule that gives a role which is not there
 */
export async function previewRules(
  { store }: DirectoryParts,
  connection: Connection,
  rules: readonly MappingRule[],
  signal?: AbortSignal,
): Promise<ForeseenRulesEffect> {
  const db = store.reader;
  const { id: connectionId, organizationId } = connection;
  const scope = { organizationId, connectionId };
  const customRoles = await store.customRoles.namesForConnection(db, connectionId);
  parseRules({ rules }, customRoles);
  const compiled = compileRules(rules, customRoles);
  const teams = await foreseeTeams(store, db, organizationId);
  const reader = createRuleReader(store, db, { connectionId, rules: compiled, teams });
  const after = await adminAfter(store, db, scope, compiled);
  // In the order of a run, so that names of new teams are the same: the heir first, then groups, then everybody.
  if (after.kind === 'heir') await reader.differencesOf([after.person]);
  const warnings = { count: 0, texts: [] as string[] };
  for await (const group of eachGroup(store, db, scope)) {
    await reader.ofGroup(group);
    const texts = compiled.warningsOfGroup(group);
    warnings.count += texts.length;
    warnings.texts.push(...texts.slice(0, SHOWN_MAX - warnings.texts.length));
  }
  const tally = createTally();
  for await (const people of pagesOf((afterId) => store.rulePeople.page(db, scope, afterId, PAGE), PAGE)) {
    signal?.throwIfAborted();
    tally.add(await reader.differencesOf(people));
  }
  const newTeams = { count: teams.made.length, names: teams.made.slice(0, SHOWN_MAX) };
  const refusal = after.kind === 'none' ? new AppError('last_admin').message : null;
  return { ...tally.result(), newTeams, warnings, refusal };
}

/** Counts all, keeps the first. */
function createTally() {
  const [gains, losses]: [RoleChange[], RoleChange[]] = [[], []];
  const counts = { gains: 0, losses: 0, users: 0 };
  type Gift = { scope: RoleChange['scope']; teamName: string | null; role: string };
  const keep = (list: RoleChange[], user: string, gifts: readonly Gift[]): void => {
    for (const { scope, teamName, role } of gifts.slice(0, SHOWN_MAX - list.length)) {
      list.push({ user, scope, team: teamName, role });
    }
  };
  return {
    add(differences: readonly PersonDifference[]): void {
      for (const { person, given, taken } of differences) {
        counts.users += 1;
        counts.gains += given.length;
        counts.losses += taken.length;
        keep(gains, person.name, given);
        keep(losses, person.name, taken);
      }
    },
    result: () => ({ gains, losses, counts }),
  };
}

/** What was done: the grants and teams among changes. */
export function effectOf(changes: readonly NewChange[]): RulesEffect {
  const of = (kind: NewChange['kind']) => changes.filter((change) => change.kind === kind);
  const [gained, lost, made] = [of('grant.added'), of('grant.removed'), of('team.created')];
  const users = new Set([...gained, ...lost].map(({ subject }) => subject.id));
  return {
    gains: gained.slice(0, SHOWN_MAX).map(toRoleChange),
    losses: lost.slice(0, SHOWN_MAX).map(toRoleChange),
    counts: { gains: gained.length, losses: lost.length, users: users.size },
    newTeams: { count: made.length, names: made.slice(0, SHOWN_MAX).map(({ subject }) => subject.name) },
    refusal: null,
  };
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
