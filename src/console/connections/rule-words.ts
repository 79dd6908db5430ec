/** A mapping rule as a sentence. */
import type { MappingRule } from '../../mapping/rule.ts';
import { type View, view } from '../../web/view.ts';

function describeCondition({ when }: MappingRule): View {
  if ('group' in when) return view`Members of the group <strong>${when.group}</strong>`;
  if ('groupPattern' in when) return view`Members of groups like <code>${when.groupPattern}</code>`;
  if ('user' in when) return view`People for whom <code>${when.user}</code>`;
  return view`Members of every other pushed group`;
}

function shownRole(role: string): string {
  return role === 'viewer' ? 'View-Only' : role;
}

export function describeRule(rule: MappingRule): View {
  const { give } = rule;
  const gift =
    'organizationRole' in give
      ? view`are <strong>${give.organizationRole}</strong> of the organization`
      : view`are <strong>${shownRole(give.role)}</strong> in the team ${give.team === '{group}' ? 'of the same name' : view`<strong>${give.team}</strong>`}`;
  return view`${describeCondition(rule)} ${gift}.`;
}
