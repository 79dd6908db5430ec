/**
 * The form of mapping rules: a row for each, in order, and what it would do. Every button submits the form, so that it works
 * without JavaScript; htmx brings the preview while one types.
 */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '../../errors.ts';
import { type MappingRule, parseRules } from '../../mapping/rule.ts';
import { fieldOf, fieldsOf } from '../forms.ts';

export const CONDITIONS = {
  group: 'group named',
  groupPattern: 'groups like',
  user: 'people matching a filter',
  everyOtherGroup: 'every other group',
} as const;
export type ConditionKind = keyof typeof CONDITIONS;

/** One row as it stands in the form: nothing is checked yet. */
export interface RuleRow {
  readonly id: string;
  readonly condition: ConditionKind;
  readonly value: string;
  /** Empty: a role in the organization. */
  readonly team: string;
  readonly role: string;
}

export const EMPTY_ROW: RuleRow = { id: '', condition: 'group', value: '', team: '', role: 'member' };

export function toRow({ id, when, give }: MappingRule): RuleRow {
  const [condition, value] =
    'group' in when
      ? (['group', when.group] as const)
      : 'groupPattern' in when
        ? (['groupPattern', when.groupPattern] as const)
        : 'user' in when
          ? (['user', when.user] as const)
          : (['everyOtherGroup', ''] as const);
  return 'organizationRole' in give
    ? { id, condition, value, team: '', role: give.organizationRole }
    : { id, condition, value, team: give.team, role: give.role };
}

function isCondition(text: string): text is ConditionKind {
  return Object.hasOwn(CONDITIONS, text);
}

export function readRows(request: Request): readonly RuleRow[] {
  const [ids, values, teams, roles] = ['id', 'value', 'team', 'role'].map((name) => fieldsOf(request, name));
  return fieldsOf(request, 'condition').map((condition, n) => ({
    id: ids?.[n] ?? '',
    condition: isCondition(condition) ? condition : 'group',
    value: values?.[n] ?? '',
    team: teams?.[n] ?? '',
    role: roles?.[n] ?? '',
  }));
}

/** What was asked about is what is saved: whoever changes a row after the question is asked anew. */
export function digestOf(rows: readonly RuleRow[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('base64url');
}

/** Applies the button that was pressed: `add`, `remove:2`, `up:2`, `down:2`. Anything else leaves the rows alone. */
export function applyButton(rows: readonly RuleRow[], button: string): readonly RuleRow[] {
  if (button === 'add') return [...rows, EMPTY_ROW];
  const [verb, number] = button.split(':');
  const at = Number(number);
  const row = rows[at];
  if (row === undefined) return rows;
  if (verb === 'remove') return rows.toSpliced(at, 1);
  const to = verb === 'up' ? at - 1 : at + 1;
  if ((verb !== 'up' && verb !== 'down') || to < 0 || to >= rows.length) return rows;
  return rows.toSpliced(at, 1).toSpliced(to, 0, row);
}

/** People count from one, and know rows. */
export function inRowWords(message: string): string {
  return message.replaceAll(/rules\[(\d+)\]\.?/g, (_, n: string) => `rule ${Number(n) + 1}: `);
}

/**
 * Which custom roles there are is asked where the rules are saved or previewed.
 * @throws AppError `invalid_value` that names the row
 */
export function toRules(rows: readonly RuleRow[]): readonly MappingRule[] {
  const rules = rows.map(({ id, condition, value, team, role }) => ({
    ...(id === '' ? {} : { id }),
    when: condition === 'everyOtherGroup' ? { everyOtherGroup: true } : { [condition]: value },
    give: team === '' ? { organizationRole: role } : { team, role },
  }));
  try {
    return parseRules({ rules }, 'any');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError('invalid_value', inRowWords(error.message), { cause: error });
  }
}

export function buttonOf(request: Request): string {
  return fieldOf(request, 'button');
}
