/** Rules put to groups and to users: which roles they give. Every rule that matches gives its own; nothing is taken. */
import type { JsonObject } from '../schema/json.ts';
import { matchFilter } from '../schema/match-filter.ts';
import { isTeamRole, type OrganizationRole } from './roles.ts';
import { type MappingRule, parseUserCondition } from './rule.ts';
import { fillTemplate, GROUP_PLACE, matchTemplate, parseTemplate, type Template } from './template.ts';

export type WantedGrant =
  | { readonly ruleId: string; readonly scope: 'organization'; readonly role: OrganizationRole }
  | {
      readonly ruleId: string;
      readonly scope: 'team';
      /** As the rule says it; not yet safe for the tracker. */
      readonly team: string;
      /** The team bound to the group that is asked about: the rule says `{group}` and nothing else. */
      readonly ownTeam: boolean;
      /** A team role that is always there, or the name of a custom one. */
      readonly role: string;
    };

export interface CompiledRules {
  readonly rules: readonly MappingRule[];
  /** Whether any rule is about users by themselves. */
  readonly hasUserRules: boolean;
  /** What each member of the group gets. */
  grantsOfGroup(group: GroupName): readonly WantedGrant[];
  /** What matched and gave nothing all the same, in words: a captured role that is none. */
  warningsOfGroup(group: GroupName): readonly string[];
  /** @param resource what the identity provider sent about the user */
  grantsOfUser(resource: JsonObject): readonly WantedGrant[];
}

interface GroupName {
  readonly displayName: string;
}

type Captures = ReadonlyMap<string, string>;

/** The role that a text means; undefined for none. */
type RoleOf = (text: string) => string | undefined;

interface CompiledRule {
  /** The captures, or undefined when the rule is not about this group; `named`: an earlier rule matched it by name. */
  readonly ofGroup: (displayName: string, named: boolean) => Captures | undefined;
  readonly ofUser: ((resource: JsonObject) => boolean) | undefined;
  readonly catchesRest: boolean;
  readonly give: (captures: Captures) => WantedGrant | { readonly warning: string };
}

/**
 * Compiles rules that parseRules has passed.
 * @param customRoles names of the organization's custom roles; a rule may write them in any letter case
 */
export function compileRules(rules: readonly MappingRule[], customRoles: readonly string[] = []): CompiledRules {
  const named = new Map(customRoles.map((name) => [name.toLowerCase(), name]));
  const roleOf = (text: string): string | undefined => {
    const wanted = text.toLowerCase();
    return isTeamRole(wanted) ? wanted : named.get(wanted);
  };
  const compiled = rules.map((rule) => compileRule(rule, roleOf));
  const resultsOf = (group: GroupName) => giftsOfGroup(compiled, group.displayName);
  return {
    rules,
    hasUserRules: compiled.some(({ ofUser }) => ofUser !== undefined),
    grantsOfGroup: (group) => resultsOf(group).filter(isGrant),
    warningsOfGroup: (group) => resultsOf(group).flatMap((result) => (isGrant(result) ? [] : [result.warning])),
    grantsOfUser: (resource) =>
      compiled
        .filter(({ ofUser }) => ofUser?.(resource) === true)
        .map(({ give }) => give(new Map()))
        .filter(isGrant),
  };
}

/** Whether members of a group keep what they have when it gets another name; a group's own team goes along with it. */
export function givesTheSame({ grantsOfGroup }: CompiledRules, before: GroupName, after: GroupName): boolean {
  const [was, is] = [before, after].map((group) =>
    JSON.stringify(
      grantsOfGroup(group).map((gift) => ('ownTeam' in gift && gift.ownTeam ? { ...gift, team: null } : gift)),
    ),
  );
  return was === is;
}

type Given = ReturnType<CompiledRule['give']>;

function isGrant(result: Given): result is WantedGrant {
  return 'ruleId' in result;
}

function giftsOfGroup(rules: readonly CompiledRule[], displayName: string): readonly Given[] {
  let named = false;
  return rules.flatMap(({ ofGroup, catchesRest, give }) => {
    const captures = ofGroup(displayName, named);
    if (captures === undefined) return [];
    if (!catchesRest) named = true;
    return [give(new Map([...captures, [GROUP_PLACE, displayName]]))];
  });
}

function compileRule(rule: MappingRule, roleOf: RoleOf): CompiledRule {
  const { when } = rule;
  const common = { ofUser: undefined, catchesRest: false, give: compileGift(rule, roleOf) };
  if ('user' in when) {
    const filter = parseUserCondition(when.user);
    return { ...common, ofGroup: () => undefined, ofUser: (resource) => matchFilter(filter, resource) };
  }
  if ('everyOtherGroup' in when) {
    return { ...common, ofGroup: (_name, named) => (named ? undefined : new Map()), catchesRest: true };
  }
  const template: Template =
    'group' in when ? { fixed: [when.group], places: [] } : parseTemplate(when.groupPattern, { wildcard: true });
  return { ...common, ofGroup: (name) => matchTemplate(template, name) };
}

function compileGift({ id: ruleId, give }: MappingRule, roleOf: RoleOf): CompiledRule['give'] {
  if ('organizationRole' in give) {
    return () => ({ ruleId, scope: 'organization', role: give.organizationRole });
  }
  const [team, role] = [give.team, give.role].map((text) => parseTemplate(text, { wildcard: false }));
  if (team === undefined || role === undefined) throw new TypeError(`Rule ${ruleId} has no team or role.`);
  const ownTeam = give.team === `{${GROUP_PLACE}}`;
  return (captures) => {
    const wanted = fillTemplate(role, captures);
    const known = roleOf(wanted);
    if (known !== undefined) {
      return { ruleId, scope: 'team', team: fillTemplate(team, captures), ownTeam, role: known };
    }
    const group = captures.get(GROUP_PLACE);
    const warning = `The group "${group}" names the role "${wanted}", which is none: its members get nothing by the rule "${ruleId}".`;
    return { warning };
  };
}
