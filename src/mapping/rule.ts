/**
 * Mapping rules: which groups and which users get which roles.
 *
 * Owns: the form of a rules document and everything that can be wrong with one. Does not own: applying rules to groups
 * and users (resolve.ts), storing them (directory/). This room is pure. Called by directory/, cli/ and scim/.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError, type FieldFault, isAppError } from '../errors.ts';
import { userSchema } from '../schema/attribute.ts';
import type { Filter } from '../schema/filter.ts';
import { parseFilter } from '../schema/parse-filter.ts';
import { isTeamRole, ORGANIZATION_ROLES, TEAM_ROLES } from './roles.ts';
import { faultsOfPattern, GROUP_PLACE, parseTemplate } from './template.ts';

const text = z.string().trim().min(1).max(500);

const ROLES = ORGANIZATION_ROLES.join(', ');

/** Which groups or users. */
const condition = z.union(
  [
    /** The group of exactly this name, in any letter case. */
    z.strictObject({ group: text }),
    /** Groups by a template: `ml-{team}-{role}`, `research-*`. */
    z.strictObject({ groupPattern: text }),
    /** Users by a SCIM filter on what the identity provider sent about them. */
    z.strictObject({ user: z.string().trim().min(1).max(4096) }),
    /** Each pushed group that no earlier rule matched by name or pattern. */
    z.strictObject({ everyOtherGroup: z.literal(true) }),
  ],
  { error: 'give one of {"group": name}, {"groupPattern": pattern}, {"user": filter}, {"everyOtherGroup": true}' },
);

/** Which role, where. */
const gift = z.union(
  [
    /** A team by name or template (`{group}`, captures), and a role by name or as a `{capture}`. */
    z.strictObject({ team: text, role: text }),
    z.strictObject({ organizationRole: z.enum(ORGANIZATION_ROLES) }),
  ],
  { error: `give {"team": name, "role": role} or {"organizationRole": role}, where a role is one of ${ROLES}` },
);

/** One rule as it is given; without an id it gets one from its content. */
export const ruleInput = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'use 1 to 64 letters, digits, dots, hyphens and underscores')
    .optional(),
  when: condition,
  give: gift,
});

export type RuleCondition = z.infer<typeof condition>;
export type RuleGift = z.infer<typeof gift>;

export interface MappingRule {
  /** Grants name their rule by it. */
  readonly id: string;
  readonly when: Readonly<RuleCondition>;
  readonly give: Readonly<RuleGift>;
}

/** Each pushed group gives the team of its own name, with role member. */
export const defaultRules: readonly MappingRule[] = [
  { id: 'default', when: { everyOtherGroup: true }, give: { team: `{${GROUP_PLACE}}`, role: 'member' } },
];

export const RULES_MAX = 500;
const FAULTS_SHOWN = 50;
const documentForm = z.strictObject({ rules: z.array(z.unknown()).max(RULES_MAX) });

/** Names of custom roles that rules may give; `any`: they were checked when the rules were saved. */
export type KnownRoles = readonly string[] | 'any';

/**
 * Reads a rules document `{"rules": [...]}`. Rules without an id get one from their content, so that it stays the same.
 * @param customRoles what the organization has; a rule may write them in any letter case
 * @throws AppError `invalid_value` with every fault and the index of its rule
 */
export function parseRules(document: unknown, customRoles: KnownRoles = []): readonly MappingRule[] {
  const form = documentForm.safeParse(document);
  if (!form.success) {
    throw new AppError(
      'invalid_value',
      `Give a document {"rules": [...]} with at most ${RULES_MAX} rules, and nothing beside.`,
    );
  }
  const faults: string[] = [];
  const rules = form.data.rules.flatMap((entry, index) => {
    const rule = toRule(entry);
    faults.push(
      ...(Array.isArray(rule) ? rule : faultsOfRule(rule, customRoles)).map((fault) => `rules[${index}]${fault}`),
    );
    return Array.isArray(rule) ? [] : [{ rule, index }];
  });
  faults.push(...faultsOfIds(rules));
  if (faults.length === 0) return rules.map(({ rule }) => rule);
  const more = faults.length > FAULTS_SHOWN ? [`and ${faults.length - FAULTS_SHOWN} more`] : [];
  throw new AppError(
    'invalid_value',
    `The rules are not valid: ${[...faults.slice(0, FAULTS_SHOWN), ...more].join('; ')}.`,
    { fields: faults.slice(0, FAULTS_SHOWN).map(toField) },
  );
}

/** `rules[3].give.team: ...` as a JSON pointer with what is wrong there. */
function toField(fault: string): FieldFault {
  const [place = '', ...detail] = fault.split(': ');
  const at = place.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('.', '/');
  return { in: 'body', at: `/${at}`, detail: detail.join(': ') };
}

/** Rules as they were stored, as JSON text. What does not parse was not written by parseRules: a fault of ours. */
export function parseStoredRules(json: string): readonly MappingRule[] {
  try {
    return parseRules(JSON.parse(json), 'any');
  } catch (cause) {
    throw new AppError('internal', undefined, { cause });
  }
}

/** The filter of a user condition. @throws AppError `invalid_filter` */
export function parseUserCondition(filter: string): Filter {
  return parseFilter(filter, userSchema);
}

/** The rule, or what is wrong with its form. */
function toRule(entry: unknown): MappingRule | string[] {
  const parsed = ruleInput.safeParse(entry);
  if (!parsed.success) {
    return parsed.error.issues.map(
      ({ path, message }) => `${path.map((key) => `.${String(key)}`).join('')}: ${message}`,
    );
  }
  const { id, when, give } = parsed.data;
  return { id: id ?? hashOf(when, give), when, give };
}

function hashOf(when: RuleCondition, give: RuleGift): string {
  const content = JSON.stringify([when, give]);
  return `rule-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}

function faultsOfRule({ when, give }: MappingRule, customRoles: KnownRoles): readonly string[] {
  const captures = 'user' in when ? [] : [GROUP_PLACE];
  const faults: string[] = [];
  if ('groupPattern' in when) {
    const pattern = parseTemplate(when.groupPattern, { wildcard: true });
    captures.push(...pattern.places.filter((place) => place !== null));
    faults.push(...faultsOfPattern(pattern).map((fault) => `.when.groupPattern: ${fault}`));
  }
  if ('user' in when) faults.push(...faultsOfCondition(when.user).map((fault) => `.when.user: ${fault}`));
  if ('team' in give) faults.push(...faultsOfGift(give, captures), ...faultsOfRole(give.role, customRoles));
  return faults;
}

function faultsOfGift(give: Extract<RuleGift, { team: string }>, captures: readonly string[]): readonly string[] {
  const { fixed, places } = parseTemplate(give.team, { wildcard: false });
  const known =
    captures.length === 0
      ? 'a user condition captures nothing'
      : `known are ${captures.map((name) => `{${name}}`).join(', ')}`;
  const faults = places
    .filter((place) => !captures.includes(place ?? ''))
    .map((place) => `.give.team: {${place}} is not captured; ${known}`);
  if (fixed.some((part) => /[{}]/.test(part))) faults.push('.give.team: there is a brace without its other half');
  const capture = /^\{(.*)\}$/.exec(give.role)?.[1];
  if (capture !== undefined && !captures.includes(capture))
    faults.push(`.give.role: {${capture}} is not captured; ${known}`);
  return faults;
}

function faultsOfRole(role: string, customRoles: KnownRoles): readonly string[] {
  if (/^\{.*\}$/.test(role) || isTeamRole(role) || customRoles === 'any') return [];
  if (customRoles.some((name) => name.toLowerCase() === role.toLowerCase())) return [];
  const known = [...TEAM_ROLES, ...customRoles].join(', ');
  return [`.give.role: "${role}" is no role; use one of ${known} or a {capture}`];
}

/** Conditions see what the identity provider sent; the rest is ours and may change without it sending anything. */
const NOT_SENT: readonly string[] = ['id', 'meta', 'groups', 'schemas'];

function faultsOfCondition(filter: string): readonly string[] {
  try {
    const names = new Set([...attributeNames(parseUserCondition(filter))].filter((name) => NOT_SENT.includes(name)));
    return [...names].map(
      (name) => `${name} is not sent by the identity provider, so that no condition can be put on it`,
    );
  } catch (error) {
    if (isAppError(error, 'invalid_filter')) return [error.message.replace(/\.$/, '')];
    throw error;
  }
}

function attributeNames(filter: Filter): readonly string[] {
  if ('filters' in filter) return filter.filters.flatMap(attributeNames);
  return filter.kind === 'not' ? attributeNames(filter.filter) : [filter.attribute.name];
}

function faultsOfIds(rules: readonly { readonly rule: MappingRule; readonly index: number }[]): readonly string[] {
  const firsts = new Map<string, number>();
  return rules.flatMap(({ rule: { id }, index }) => {
    const first = firsts.get(id);
    if (first === undefined) firsts.set(id, index);
    return first === undefined ? [] : [`rules[${index}]: the same id or the same content as rules[${first}] (${id})`];
  });
}
