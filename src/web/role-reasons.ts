/** Why somebody has a role, in words: the same on a person's own page and in the console. */
import type { ExplainedGrant } from '../directory/roles/explain.ts';

/** The rest of a sentence that starts with the role. */
export function reasonOf({ grant, group }: ExplainedGrant): string {
  switch (grant.origin) {
    case 'rule':
      return group === null ? `mapping rule ${grant.ruleId ?? ''}` : `member of the group ${group}`;
    case 'invite':
      return 'by invite';
    case 'admin':
      return 'given by an admin';
    case 'signin':
      return 'from the groups of the sign-in';
    case 'setup':
      return 'from setting up this installation';
    default:
      return grant.origin satisfies never;
  }
}
