/** Which roles a rule may give by what it captures of a group's name: `{role}` in `ml-{team}-{role}`. */
import type { MappingRule } from './rule.ts';
import { GROUP_PLACE, matchTemplate, parseTemplate, type Template } from './template.ts';

/**
 * Whether some group's name would give this role by a capture. Tried with a name that has the role in its place and one
 * character in every other: captures are found from the end, so where that one does not lead back to the role, none does.
 */
export function canCapture({ when, give }: MappingRule, role: string): boolean {
  if ('user' in when || !('team' in give)) return false;
  const [place] = parseTemplate(give.role, { wildcard: false }).places;
  if (place === undefined || place === null) return false;
  if ('everyOtherGroup' in when) return true;
  if ('group' in when) return isSame(when.group, role);
  const pattern = parseTemplate(when.groupPattern, { wildcard: true });
  if (place === GROUP_PLACE) return matchTemplate(pattern, role) !== undefined;
  return isSame(matchTemplate(pattern, nameWith(pattern, place, role))?.get(place), role);
}

function nameWith({ fixed, places }: Template, place: string, role: string): string {
  return fixed.reduce((name, part, index) => {
    const before = places[index - 1];
    return name + (before === place ? role : before === null ? '' : 'x') + part;
  });
}

function isSame(text: string | undefined, role: string): boolean {
  return text?.toLowerCase() === role.toLowerCase();
}
